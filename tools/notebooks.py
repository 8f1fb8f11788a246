"""Runs notebooks/*.py and writes each beside itself as .ipynb, with its pictures.

    python tools/notebooks.py

The script (jupytext's percent format) is the one to edit: changes to it can be read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"


def run(script: Path) -> nbformat.NotebookNode:
    """The notebook of a script, run; its ids and metadata are the same each time."""
    notebook = jupytext.read(script)
    NotebookClient(notebook, resources={"metadata": {"path": str(script.parent)}}).execute()
    notebook.metadata.pop("jupytext", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata.pop("execution", None)
    return notebook


def main() -> int:
    """Run every notebook."""
    for script in sorted(FOLDER.glob("*.py")):
        print(script.name, flush=True)
        nbformat.write(run(script), script.with_suffix(".ipynb"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
