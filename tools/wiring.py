"""Writes docs/img/wiring/: the wiring diagrams and their graph, read off the equations: `python tools/wiring.py`."""

from __future__ import annotations

from pathlib import Path

from metabosim.exchange.wiring import pictures

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "img" / "wiring"


def main() -> None:
    """Write every picture, and remove what is no longer drawn."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = pictures()
    for path in FOLDER.iterdir():
        if path.name not in drawn:
            path.unlink()
    for name, text in drawn.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
