"""Compiles with numba and keeps the machine code, where it can never be stale.

numba's own cache does not notice that a function called from another file has changed. So the code is kept
in the user's cache folder under the hash of every source it is made of; where that folder cannot be written,
in a temporary one (compiled anew each time).
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_SOURCES = (
    "kernel.py",
    "integrate.py",
    "jacobian_kernel.py",
    "lanes_kernel.py",
    "lane_functions.py",
    "lanes.py",
    "averaging/loops.py",
    "compiling.py",
)


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))


@cache
def cache_folder() -> Path:
    """Where the machine code of exactly these sources is kept."""
    here = Path(__file__).parent
    made_of = b"".join((here / name).read_bytes() for name in _SOURCES)
    digest = hashlib.sha256(made_of + numba.__version__.encode()).hexdigest()[:16]
    try:
        folder = _user_cache() / "metabosim" / f"compiled-{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return Path(tempfile.mkdtemp(prefix="metabosim-compiled-"))


def compiled(function: Function) -> Function:
    """`numba.njit` with division as numpy does it, cached in `cache_folder`.

    No fast mathematics, not even fused products and sums: where the compiler fuses depends on what was compiled
    before and what was loaded, and with it the last digits of a run would.
    """
    config: Any = numba.config  # its settings are made at import, out of a type checker's sight
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder())
    try:
        return cast("Function", numba.njit(cache=True, error_model="numpy")(function))
    finally:
        config.CACHE_DIR = before
