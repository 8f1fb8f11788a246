"""Tries the project on every supported Python and with the oldest dependencies: `python tools/versions.py`.

    python tools/versions.py                  all of what follows
    python tools/versions.py newest oldest    only these

`3.12` and the like: that Python (`newest`: the latest that pyproject.toml names) with everything as new as it gets.
`oldest`: the oldest Python with the oldest of every package that users install (lower bounds, uv's lowest-direct).
`developers`: the same with the oldest of everything that the tests need too.
`audit`: pip-audit over all that users install.

A Python is looked for on the path, then among pyenv's, then asked of uv. Each has an environment of its own, and there
the quick part of the tests is run. What is not to be had (a Python, the database of faults) is said and fails nothing;
a package that cannot be installed, or a test that fails, ends the program with code 1. Needs uv, which is in `dev`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
QUICK = (
    "test_units.py", "test_yamlfile.py", "test_scenario_load.py", "test_protocol.py", "test_levers.py",
    "test_package.py", "test_output.py", "test_safety.py", "test_processes.py", "test_plots.py", "test_cli.py",
    "claims", "body", "engine/test_kernel.py", "engine/test_events.py", "engine/test_against_scipy.py",
    "exchange/test_sbml.py", "sensitivity", "population/test_sampler.py",
)  # fmt: skip
# What the quick tests need besides the package, where it is the package's own bounds that are tried.
TESTERS = (
    "pytest",
    "pytest-xdist",
    "hypothesis",
    "pint",
    "rtamt",
    "jsonschema",
    "hatchling",
    "lark",
)
EXTRAS = ("cluster", "exchange", "population", "sensitivity")  # what users may add
UV = (sys.executable, "-m", "uv")


def project() -> dict[str, Any]:
    """What pyproject.toml says of the project."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def supported() -> list[str]:
    """The Pythons that pyproject.toml names, oldest first."""
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project()["classifiers"]))
    return sorted(named, key=lambda version: int(version[2:]))


def candidates(version: str) -> Iterator[str]:
    """Programs that may be this Python: of the path, and of pyenv, whose own may not be switched on."""
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))


def interpreter(version: str) -> str:
    """A Python that says it is this one; else its number, for uv to find or fetch."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for program in candidates(version):
        told = subprocess.run([program, "-c", ask], capture_output=True, text=True)
        if told.stdout.strip() == version:
            return program
    return version


def run(*command: str, **given: Any) -> subprocess.CompletedProcess[str]:
    """A command in the project's folder, its output as text."""
    return subprocess.run(command, cwd=ROOT, text=True, **given)


def environment(version: str, folder: Path) -> str | None:
    """Makes an environment; its Python, or None with the reason said if there is no such interpreter."""
    made = run(
        *UV, "venv", "-q", "--python", interpreter(version), str(folder), capture_output=True
    )
    if made.returncode:
        print(f"== Python {version} is not to be had here: {last_line(made.stderr)}", flush=True)
        return None
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def last_line(text: str) -> str:
    """The end of what a program said."""
    return (text.strip().splitlines() or ["it said nothing"])[-1].strip()


def tried(name: str, version: str, installs: list[list[str]], more: list[str]) -> bool:
    """Whether the quick tests pass in an environment made by these installs; also if there is no such Python."""
    with tempfile.TemporaryDirectory(prefix="metabosim-versions-") as scratch:
        python = environment(version, Path(scratch) / name)
        if python is None:
            return True
        for packages in installs:
            if run(*UV, "pip", "install", "-q", "--python", python, *packages).returncode:
                print(f"== {name}: cannot be installed", flush=True)
                return False
        settings = os.environ | {"METABOSIM_LAWS": "dev", "PYTHONPATH": str(ROOT / "src")}
        begun = time.monotonic()
        tests = [f"tests/{one}" for one in QUICK]
        command = [python, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *more, *tests]
        failed = run(*command, env=settings).returncode
        print(f"== {name}, Python {version}: {'FAILED' if failed else 'passed'}, "
              f"{time.monotonic() - begun:.0f} s", flush=True)  # fmt: skip
        return not failed


def newest_packages(version: str) -> bool:
    """One Python with the newest of everything, as a developer sets it up."""
    return tried(f"newest-{version}", version, [["-e", ".[dev]"]], [])


# An old library may be told by a new one that it is old; users are not shown that, and it is no fault.
LENIENT = ["-W", "ignore::DeprecationWarning", "-W", "ignore::PendingDeprecationWarning"]


def oldest_packages(extras: tuple[str, ...], testers: tuple[str, ...], name: str) -> bool:
    """The oldest Python with the lower bounds of what these extras need."""
    oldest = ["--resolution", "lowest-direct", "-e", f".[{','.join(extras)}]"]
    installs = [oldest, [*testers]] if testers else [oldest]
    return tried(name, supported()[0], installs, LENIENT)


def audited() -> bool:
    """Whether nothing that users install has a known fault; also if the database does not answer, which is said."""
    extras = [f"--extra={extra}" for extra in EXTRAS]
    listed = run(*UV, "pip", "compile", "-q", "--no-annotate", "--no-header", *extras, "pyproject.toml",
                 stdout=subprocess.PIPE)  # fmt: skip
    if listed.returncode:
        return False
    # one first: where the database is not to be had, it is not asked for every other
    one = next(line for line in listed.stdout.splitlines() if line.startswith("numpy=="))
    for asked in (one, listed.stdout):
        found = _audit(asked)
        if isinstance(found, str):
            print(f"== audit: nothing is known: {found}", flush=True)
            return True
    known = [f"{one['name']} {one['version']}: {', '.join(fault['id'] for fault in one['vulns'])}"
             for one in found if one.get("vulns")]  # fmt: skip
    skipped = [one["name"] for one in found if "skip_reason" in one]
    told = "; ".join(known) or "no known faults"
    more = f"; nothing is known of {', '.join(skipped)}" if skipped else ""
    print(f"== audit of {len(found)} packages: {told}{more}", flush=True)
    return not known


def _audit(requirements: str) -> list[dict[str, Any]] | str:
    """What pip-audit says of each package; in words if its database does not know even one of them."""
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / "requirements.txt"
        listed.write_text(requirements, encoding="utf-8")
        told = run(*UV, "tool", "run", "pip-audit", "-r", str(listed), "--no-deps", "--disable-pip", "-f", "json",
                   "--progress-spinner", "off", capture_output=True)  # fmt: skip
    try:
        found = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError):
        return last_line(told.stderr)
    if all("skip_reason" in one for one in found):
        return "the database of known faults does not answer here"
    return list(found)


def main(arguments: list[str] | None = None) -> int:
    """Try what is asked for; 1 if any of it failed."""
    versions = supported()
    does = {version: lambda version=version: newest_packages(version) for version in versions} | {
        "newest": lambda: newest_packages(versions[-1]),
        "oldest": lambda: oldest_packages(EXTRAS, TESTERS, "oldest"),
        "developers": lambda: oldest_packages(("dev",), (), "developers"),
        "audit": audited,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", metavar="WHAT", help=", ".join(does))
    asked = parser.parse_args(arguments).what or [one for one in does if one != "newest"]
    if unknown := set(asked) - set(does):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; expected {', '.join(does)}")
    if find_spec("uv") is None:
        parser.error('uv is not installed: pip install -e ".[dev]"')
    failed = [one for one in asked if not does[one]()]
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nnothing failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
