"""Every check of the project, in one go: lint, types, layers, tests, notebooks and speed.

Run it with a Python that has the `dev` extra installed. All checks run even when one fails;
the exit code is 0 only if all passed. Arguments are handed to pytest: `tools/check.py -k output`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def checks(arguments: list[str]) -> dict[str, list[str]]:
    """Name of each check and its command; `arguments` go to pytest."""
    python = sys.executable
    # import-linter has no `python -m` of its own
    layers = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
    return {
        "lint": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
        "layers": [python, "-c", layers],
        "tests and notebooks": [python, "-m", "pytest", "-n", "2", "--nbmake", *arguments],
        # after the tests, which would take the processor from it
        "speed": [python, "-m", "benchmarks", "--gate"],
    }


def main() -> int:
    """Run every check, print what failed, and return the exit code."""
    # the checks read the working tree, whether or not the package is installed from it
    paths = [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    failed = []
    for name, command in checks(sys.argv[1:]).items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        if subprocess.run(command, cwd=ROOT, env=environment).returncode:
            failed.append(name)
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
