"""What a broken input is; the folder of the corpus, and the valid scenario in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FAULTS = Path(__file__).parent / "faults"
VALID = FAULTS / "valid.yaml"


class Input(NamedTuple):
    """A broken input: what takes it, how it was broken, the files it is made of, the command line."""

    kind: str
    mutation: str
    files: dict[str, bytes]
    arguments: tuple[str, ...]
