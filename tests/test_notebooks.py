"""Each notebook is the script it is written from; that they run is nbmake's to see."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_notebook_is_its_script(script: Path) -> None:
    """Cell by cell the same text; write it anew with python tools/notebooks.py."""
    cells = [
        [(cell.cell_type, cell.source) for cell in jupytext.read(path).cells]
        for path in (script, script.with_suffix(".ipynb"))
    ]
    assert cells[0] == cells[1]


def test_every_notebook_has_a_script() -> None:
    """None is written by hand alone."""
    scripts, notebooks = ({p.stem for p in FOLDER.glob(f"*.{end}")} for end in ("py", "ipynb"))
    assert scripts == notebooks
    assert notebooks
