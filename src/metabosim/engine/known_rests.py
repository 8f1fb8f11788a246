"""Rests of the bundled subjects, found once and kept: a search takes a million evaluations.

They are known by their constants, so that a changed equation or number leaves none of them in use by mistake (equations
are in the key too). `python tools/rests.py` finds them anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FILE: Final = Path(__file__).with_name("known_rests.json")
EQUATIONS: Final = Path(__file__).with_name("kernel.py")


@dataclass(frozen=True)
class Recorded:
    """The state (s,) at midnight, and how a day answers to the states (see `Rest`)."""

    midnight: NDArray[np.float64]
    jacobian: NDArray[np.float64]


def key(c: NDArray[np.float64]) -> str:
    """What a rest is known by: SHA-256 of the equations and of a body's constants."""
    return hashlib.sha256(_equations() + c.tobytes()).hexdigest()


def of(c: NDArray[np.float64]) -> Recorded | None:
    """The rest under these constants, if it is one of those kept."""
    found = _kept().get(key(c))
    return found and Recorded(np.array(found["midnight"]), np.array(found["jacobian"]))


@cache
def _equations() -> bytes:
    return EQUATIONS.read_bytes()


@cache
def _kept() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text(encoding="utf-8"))) if FILE.exists() else {}
