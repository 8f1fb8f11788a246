"""How a run answers to small changes of where it begins and of its parameters: the variational equations.

With dy/dt = f(y, c), the slopes S of the states by anything x follow dS/dt = (df/dy) S + df/dx. They are carried
along with the states from event to event; an event's amount may itself depend on parameters and states. Changes are
relative (dy / d log x), so that parameters of any size and unit compare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.body import PARAMETERS, STATES, vector
from metabosim.engine import integrate as code
from metabosim.engine.jacobian import rates_slopes, readings_slopes
from metabosim.engine.kernel import HOISTED, observe, prepare, rates
from metabosim.engine.rest import SCALE
from metabosim.errors import SolverFailed

Floats = NDArray[np.float64]
Timeline = Sequence[tuple[float, int, int, float]]

TOLERANCE = 1e-8
NUDGE = 1e-3  # relative; a plan's amounts are at most quadratic in a parameter, so its size does not matter
_PLACE = {name: i for i, name in enumerate(PARAMETERS)}


@dataclass(frozen=True)
class Planned:
    """What happens in a run, in time order, and `slopes` (events, p) of the amounts by each of p parameters."""

    events: Timeline
    slopes: Floats


def planned(
    plan: Callable[[dict[str, float]], Timeline], own: Mapping[str, float], names: Sequence[str]
) -> Planned:
    """The timeline that `plan` makes of parameters, and how its amounts answer to relative changes of `names`."""
    events = plan(dict(own))
    slopes = np.zeros((len(events), len(names)))
    for j, name in enumerate(names):
        low, high = (plan({**own, name: own[name] * (1.0 + way * NUDGE)}) for way in (-1.0, 1.0))
        assert [e[:3] for e in low] == [e[:3] for e in high] == [e[:3] for e in events]
        slopes[:, j] = [(b[3] - a[3]) / (2.0 * NUDGE) for a, b in zip(low, high, strict=True)]
    return Planned(events, slopes)


@dataclass(frozen=True)
class Varied:
    """A moment of a run: states `y` (s,) and constants `c`, and how they answer to k changes.

    `slopes` (s, k) are the states', `meal_slopes` (k,) those of the last meal's size. The last changes are those
    of `parameters`; any before them are of where the run began.
    """

    y: Floats
    c: Floats
    slopes: Floats
    meal_slopes: Floats
    parameters: tuple[str, ...]

    def readings(self) -> Floats:
        """Every observable and signal (r,), in declared units."""
        seen, lasting = np.empty(len(vector.READING)), np.empty(HOISTED)
        prepare(self.c, lasting)
        observe(self.y, self.c, lasting, seen)
        return seen

    def readings_slopes(self) -> Floats:
        """How they answer (r, k)."""
        partial = readings_slopes(self.y, self.c)
        whole = partial.by_state @ self.slopes + np.outer(partial.by_meal_size, self.meal_slopes)
        whole[:, self._parametric] += partial.by_parameter[:, self._columns] * self._sizes
        return np.asarray(whole)

    @property
    def _parametric(self) -> slice:
        return slice(self.slopes.shape[1] - len(self.parameters), None)

    @property
    def _columns(self) -> list[int]:
        return [_PLACE[name] for name in self.parameters]

    @property
    def _sizes(self) -> Floats:
        """The parameters' values in inside units."""
        return self.c[[vector.CONSTANT["parameter", name] for name in self.parameters]]

    def carried(self, plan: Planned, start: float, stop: float) -> Varied:
        """The moment `stop`, with all that is planned from `start` on and before it.

        Raises SolverFailed where the solver does.
        """
        now, t = self, start
        for event, slopes in zip(plan.events, plan.slopes, strict=True):
            if start <= event[0] < stop:
                now, t = now._on(t, event[0])._after(event, slopes), event[0]
        return now._on(t, stop)

    def _on(self, start: float, stop: float) -> Varied:
        """Carried from one event to the next, by SciPy's DOP853."""
        if start == stop:
            return self
        from scipy.integrate import DOP853

        n, k = self.slopes.shape
        columns, sizes, lasting = self._columns, self._sizes, np.empty(HOISTED)
        prepare(self.c, lasting)

        def change(t: float, z: Floats) -> Floats:
            y = z[:n]
            out = np.empty((n, 1 + k))
            moved = out[:, 0].copy()
            rates(y, self.c, lasting, moved)
            partial = rates_slopes(y, self.c)
            slopes = partial.by_state @ z[n:].reshape(n, k)
            slopes[:, self._parametric] += partial.by_parameter[:, columns] * sizes
            return np.concatenate([moved, slopes.ravel()])

        atol: Any = TOLERANCE * np.concatenate([1e-3 * SCALE, np.repeat(SCALE, k)])
        z = np.concatenate([self.y, self.slopes.ravel()])
        solver = DOP853(change, start, z, stop, rtol=TOLERANCE, atol=atol)
        while solver.status == "running":
            message = solver.step()
        if solver.status != "finished":
            worst = list(STATES)[int(np.argmax(np.abs(solver.f[:n] / SCALE)))]
            raise SolverFailed(worst, float(solver.t), str(message))
        return self._with(solver.y[:n], solver.y[n:].reshape(n, k))

    def _after(self, event: tuple[float, int, int, float], slopes: Floats) -> Varied:
        """Just after an event, whose amount answers to the parameters by `slopes`."""
        _, kind, index, amount = event
        y, c, carried = self.y.copy(), self.c.copy(), self.slopes.copy()
        meal = self.meal_slopes
        if kind == code.ADD:
            y[index] += amount
            carried[index, self._parametric] += slopes
        elif kind == code.ADD_MEAL:
            appetite, diet = self.readings()[code.APPETITE], c[code.DIET]
            y[index] += amount * appetite * diet
            carried[index] += amount * diet * self.readings_slopes()[code.APPETITE]
            carried[index, self._parametric] += appetite * diet * slopes
        elif kind == code.MARK_MEAL:
            c[code.MEAL_SIZE] = max(y[code.STOMACH], 1e-9)
            meal = carried[code.STOMACH].copy()
        elif kind == code.SET_CONSTANT and not np.any(slopes):
            c[index] = amount
        else:
            raise NotImplementedError(f"events of kind {kind} are not differentiated")
        return Varied(y, c, carried, meal, self.parameters)

    def _with(self, y: Floats, slopes: Floats) -> Varied:
        return Varied(y, self.c, slopes, self.meal_slopes, self.parameters)
