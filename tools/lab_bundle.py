"""Writes the lab's bundles, and with --vendor the libraries they are made with: `python tools/lab_bundle.py`.

Needs Node.js and what tools/page/package.json names: `npm ci --prefix tools/page`. The bundles are committed, so
that writing a page needs none of it. Each begins with a hash of its sources, by which a test without Node.js sees
whether it is fresh; a test with Node.js makes it anew and compares.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAB = ROOT / "src" / "metabosim" / "lab"
PAGE = LAB / "page"
VENDOR = PAGE / "vendor"
BUNDLE = LAB / "bundle"
TOOLS = ROOT / "tools" / "page"
ESBUILD = TOOLS / "node_modules" / ".bin" / "esbuild"

ENTRIES = {"page.js": PAGE / "main.js", "worker.js": PAGE / "worker.js"}
TARGET = "es2022"
# what of each library the page uses, and whose licences that takes
LIBRARIES = {
    "d3.js": """
export { axisBottom, axisLeft } from 'd3-axis';
export { scaleLinear } from 'd3-scale';
export { select } from 'd3-selection';
export { line } from 'd3-shape';
""",
    "yaml.js": """
export { Document, LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
""",
}
LICENSED = (
    "d3-axis", "d3-scale", "d3-selection", "d3-shape", "d3-array", "d3-color", "d3-format", "d3-interpolate",
    "d3-path", "d3-time", "d3-time-format", "internmap", "yaml",
)  # fmt: skip
IMPORT = re.compile(
    r"""^(?:import|export)\s[^'"]*?from\s+['"](\.[^'"]+)['"]|^import\s+['"](\.[^'"]+)['"]""",
    re.MULTILINE,
)


def sources(entry: Path) -> list[Path]:
    """The modules that an entry is made of, itself first, in the order they are met."""
    found: dict[Path, None] = {}
    waiting = [entry]
    while waiting:
        path = waiting.pop().resolve()
        if path in found:
            continue
        found[path] = None
        text = path.read_text(encoding="utf-8")
        waiting += [path.parent / (one or other) for one, other in IMPORT.findall(text)]
    return list(found)


def fingerprint(entry: Path) -> str:
    """A hash of everything that an entry is made of."""
    digest = hashlib.sha256()
    for path in sorted(sources(entry)):
        digest.update(
            path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
        )
    return digest.hexdigest()


def head(name: str) -> str:
    """The first line of a bundle."""
    return (
        f"/* metabosim lab: {name}, made by tools/lab_bundle.py of sources {fingerprint(ENTRIES[name])}. "
        "Licences of d3 and yaml: LICENCES.txt. */"
    )


def bundle(name: str) -> str:
    """A bundle as text. CalledProcessError with esbuild's words if it cannot be made."""
    made = _esbuild(
        str(ENTRIES[name]), "--bundle", "--format=iife", f"--target={TARGET}", "--charset=utf8",
        "--minify-whitespace", "--minify-syntax", "--legal-comments=none", "--log-level=error",
    )  # fmt: skip
    # no line that an editor chokes on
    return f"{head(name)}\n{made.strip()}\n".replace("<!--", "<\\!--").replace(
        "</script", "<\\/script"
    )


def library(name: str) -> str:
    """The part of a library that the page uses, as one module."""
    made = _esbuild(
        "--bundle", "--format=esm", f"--target={TARGET}", "--charset=utf8", "--legal-comments=none",
        "--minify-whitespace", "--log-level=error", stdin=LIBRARIES[name],
    )  # fmt: skip
    head = f"// Of {versions(name)}; licences: LICENCES.txt. Made by tools/lab_bundle.py."
    return f"// @ts-nocheck\n{head}\n{made.strip()}\n"


def versions(name: str) -> str:
    """The packages of a library with their versions, as package.json pins them."""
    pinned = re.findall(r'"([\w-]+)": "([\d.]+)"', (TOOLS / "package.json").read_text())
    wanted = re.findall(r"from '([\w-]+)'", LIBRARIES[name])
    return ", ".join(f"{package} {version}" for package, version in pinned if package in wanted)


def licences() -> str:
    """The licences of everything that is in the bundles."""
    parts = []
    for package in LICENSED:
        text = (TOOLS / "node_modules" / package / "LICENSE").read_text(encoding="utf-8")
        parts.append(f"{package}\n\n{text.strip()}\n")
    return "\n----\n\n".join(parts)


def _esbuild(*arguments: str, stdin: str | None = None) -> str:
    done = subprocess.run(
        [str(ESBUILD), *arguments], cwd=TOOLS, input=stdin, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def main() -> None:
    """Write everything."""
    if not ESBUILD.exists():
        sys.exit("esbuild is not there: npm ci --prefix tools/page")
    if "--vendor" in sys.argv:
        for name in LIBRARIES:
            (VENDOR / name).write_text(library(name), encoding="utf-8")
        (BUNDLE / "LICENCES.txt").write_text(licences(), encoding="utf-8")
    for name in ENTRIES:
        (BUNDLE / name).write_text(bundle(name), encoding="utf-8")


if __name__ == "__main__":
    main()
