"""The Jacobians as matrices: how rates and readings answer to states and parameters at one moment."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metabosim.body import PARAMETERS, STATES, vector
from metabosim.engine import jacobian_kernel as kernel

Floats = NDArray[np.float64]

_STATES, _PARAMETERS = len(STATES), len(PARAMETERS)
assert kernel.COLUMNS[:_STATES] == tuple(STATES)
assert len(kernel.COLUMNS) == _STATES + _PARAMETERS + 1
_RATES = (np.array(kernel.RATES_ROWS), np.array(kernel.RATES_COLUMNS))
_READINGS = (np.array(kernel.READINGS_ROWS), np.array(kernel.READINGS_COLUMNS))


class Slopes(NamedTuple):
    """Partial derivatives of n rates or readings.

    By state (n, s); by parameter (n, p), in inside units and in the order of PARAMETERS; by what the last meal
    brought the stomach to (n,), the one constant that events set from the states.
    """

    by_state: Floats
    by_parameter: Floats
    by_meal_size: Floats


def rates_slopes(y: Floats, c: Floats) -> Slopes:
    """Of the rates of change (n = s), per minute, at state `y` under constants `c`."""
    entries = np.empty(_RATES[0].size)
    kernel.rates_jacobian(y, c, entries)
    return _parted(entries, _RATES, _STATES)


def readings_slopes(y: Floats, c: Floats) -> Slopes:
    """Of observables and held signals, in the order of `vector.READING` and in declared units."""
    entries = [0.0] * _READINGS[0].size
    kernel.readings_jacobian(y.tolist(), c.tolist(), entries)
    return _parted(np.array(entries), _READINGS, len(vector.READING))


def _parted(entries: Floats, places: tuple[NDArray[np.int64], NDArray[np.int64]], n: int) -> Slopes:
    whole = np.zeros((n, len(kernel.COLUMNS)))
    whole[places] = entries
    return Slopes(whole[:, :_STATES], whole[:, _STATES:-1], whole[:, -1])
