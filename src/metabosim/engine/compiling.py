"""Compiles with numba and keeps the machine code, where it can never be stale (see `machine_code`)."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from metabosim.machine_code import cache_folder, passing_folder

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """`numba.njit` with division as numpy does it, cached in `cache_folder`.

    No fast mathematics, not even fused products and sums: where the compiler fuses depends on what was compiled
    before and what was loaded, and with it the last digits of a run would.
    """
    config: Any = numba.config  # its settings are made at import, out of a type checker's sight
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder() or passing_folder())
    try:
        return cast("Function", numba.njit(cache=True, error_model="numpy")(function))
    finally:
        config.CACHE_DIR = before
