"""Averaged resolution: some days are lived through in full, and the body is stepped across those between.

From one midnight to the next a body changes by what its day does to it. While days are alike (the same meals,
pulses and inputs) that change is nearly affine in where the day begins and in how far drugs reach:

    change(x, reach) = change there + J (x - x there) + B (reach - reach there),

with J the Jacobian that was found with the rest, and *there* the last day that was lived through. Day by day
this costs nothing, and it is exact for states that have long settled as well as for those that drift. At the end
of a step a day is lived through from where the step led. By how much its change is not as predicted says by how
much J and B were wrong; the step is done again with that fault growing from zero, which makes it second order,
and what it differs by is the error that decides how long steps may be. Drugs are linear and known exactly.

Days that differ (a diet that starts, a test meal) are lived through, and so are the first days after a change and
those across which no step can be trusted. Between two days lived through, what happens within a day is taken to
go over from the one to the other. Not for runs in which something is held: what is held changes the Jacobian.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from metabosim.engine import integrate as code
from metabosim.engine.averaging.days import BODY, Days, Fails, Floats
from metabosim.engine.averaging.record import errors_of, recorded
from metabosim.engine.averaging.stretch import USUAL_TOLERANCE, Stretch, jacobian_of
from metabosim.engine.plan import Plan
from metabosim.engine.rest import Rest
from metabosim.protocol.meals import DAY

__all__ = ["FEW", "Averaged", "averaged"]

FEW = 28  # days: a run no longer than this is lived through


@dataclass(frozen=True)
class Averaged:
    """An averaged run: states (n, s) and readings (n, r) at the minutes asked for, and how it was come by."""

    states: Floats
    readings: Floats
    evaluations: int
    days: Days

    @cached_property
    def errors(self) -> Floats:
        """How far off the daily mean, lowest and highest of each reading may be (3, r), estimated."""
        return errors_of(self.days)


def averaged(
    plan: Plan, c: Floats, y: Floats, rest: Rest, out: Floats, tolerance: float = USUAL_TOLERANCE
) -> Averaged | None:
    """The run of a `plan` under constants `c` from midnight `y`, looked at at minutes `out`.

    None where it does not apply (a run of few days, something held, a start after midnight, a day that fails): then
    the run has to be integrated in full. Days that `out` looks at otherwise than at most are lived through.
    """
    count = int(np.ceil(plan.stop / DAY))
    if plan.tables or plan.clock or out.size == 0 or count <= FEW:
        return None
    day_of = np.minimum((out // DAY).astype(int), count - 1)
    edges = np.searchsorted(day_of, np.arange(count + 1))
    minutes = [tuple(out[a:b] - day * DAY) for day, (a, b) in enumerate(pairwise(edges.tolist()))]
    usual = Counter(minutes).most_common(1)[0][0]
    exactly = {day for day, seen in enumerate(minutes) if seen and seen != usual} | {count - 1}
    eaten = {t % DAY for t, kind, _, _ in plan.timeline() if kind == code.MARK_MEAL}
    common = np.unique([0.0, *usual, *eaten])
    looked_at = {
        day: np.union1d(common, seen) if day in exactly else common
        for day, seen in enumerate(minutes)
    }
    days = Days(plan, c, count, looked_at, tolerance)
    jacobian = jacobian_of(rest)
    days.memory[BODY] = np.clip(1.0 + np.diag(jacobian), 1e-9, 1.0)
    now = y
    try:
        for first, last, apart in days.stretches():
            now = Stretch(days, jacobian, first, last, apart, exactly).cross(now)
    except Fails:
        return None
    return Averaged(*recorded(days, out, day_of), days.found.evaluations, days)
