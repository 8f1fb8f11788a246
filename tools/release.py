"""Builds what a teacher without Python is given, ready to be opened: `python tools/release.py [--out FOLDER]`.

report.html with report.json beside it, and lab.html once there is a `metabosim lab`. Nothing is built if a claim
does not hold; what does not fit a page that is passed on (a file that is too large) is said.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from metabosim import cli

ROOT = Path(__file__).resolve().parent.parent
MOST = {"lab.html": 2_000_000, "report.html": 5_000_000}  # bytes


def pages(out: Path, against: Path | None = None) -> dict[str, list[str]]:
    """Each command to run, by the page it makes; those that there are."""
    earlier = ["--against", str(against)] if against else []
    wanted = {
        "report.html": ["report", "--out", str(out), *earlier],
        "lab.html": ["lab", "--out", str(out / "lab.html")],
    }
    return {page: line for page, line in wanted.items() if line[0] in cli.cli.commands}


def main(arguments: list[str] | None = None) -> int:
    """Build every page; the exit code is that of the first command that fails, 1 for a page too large."""
    parser = argparse.ArgumentParser(description="Builds report.html and lab.html for a release.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder to write to")
    parser.add_argument("--against", type=Path, help="the report.json of the release before")
    given = parser.parse_args(arguments)
    for page, line in pages(given.out, given.against).items():
        print(f"== metabosim {' '.join(line)}", flush=True)
        if code := cli.execute(line):
            return code
        size = (given.out / page).stat().st_size
        print(f"== {page}: {size / 1e6:.2f} MB", flush=True)
        if size > MOST[page]:
            print(f"larger than {MOST[page] / 1e6:g} MB", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
