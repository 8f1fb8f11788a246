"""Averaged resolution: some days are lived through in full, and the body is stepped across those between.

From one midnight to the next a body changes by what its day does to it. While days are alike (the same meals,
pulses and inputs) that change is nearly affine in where the day begins and in how far drugs reach:

    change(x, reach) = change there + J (x - x there) + B (reach - reach there),

with J the Jacobian that was found with the rest, B learned from the first days under a drug, and *there* the last day
that was lived through. (What drugs do to slow states by themselves is not affine, and is computed from the rates.)
Day by day this costs nothing, and it is exact for states that have long settled as well as for those that drift. At
the end of a step a day is lived through from where the step led. By how much its change is not as predicted says by
how much J and B were wrong; the step is done again with that fault growing from zero, which makes it second order, and
what it differs by is the error that decides how long steps may be. J and B are corrected by what was seen (Broyden).
Drugs are linear and known exactly.

Days that differ (a diet that starts, a test meal) are lived through, and so are the first days after a change and
those across which no step can be trusted. Between two days lived through, what happens within a day is taken to
go over from the one to the other. Bodies whose plans are alike are stepped together, each with its own model of a
day. Not for runs in which something is held: what is held changes the Jacobian.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from metabosim.body import vector
from metabosim.engine.averaging.days import BODY, Days, Fails, Floats
from metabosim.engine.averaging.record import Record
from metabosim.engine.averaging.stretch import ALLOWED, LEAD, Model, cross, jacobians_of
from metabosim.engine.integrate import TOLERANCE
from metabosim.engine.lanes import Alike, alike
from metabosim.engine.plan import Plan
from metabosim.engine.rest import Rest
from metabosim.protocol.meals import DAY

__all__ = ["FEW", "Averaged", "averaged", "averaged_abreast"]

FEW = 28  # days: a run no longer than this is lived through
FELT = 3  # days after a dose
# of a daily mean, relatively, by the estimate, which is a few times what is seen; a run beyond is run in full
BOUNDS = {
    "glucose_mmol_l": 0.05,
    "insulin_pmol_l": 0.05,
    "igf1_ug_l": 0.05,
    "inflammation_index": 0.02,
    "weight_kg": 0.005,
    "vat_kg": 0.01,
}
_BOUNDS = [(vector.READING[name], most) for name, most in BOUNDS.items()]


@dataclass(frozen=True)
class Averaged:
    """How an averaged run was come by: `evaluations` used, and `lived`, the days lived through."""

    record: Record
    evaluations: int
    lived: tuple[int, ...]

    def is_trusted(self, readings: Floats) -> bool:
        """Whether the daily means of what matters most are estimated to be within BOUNDS of the run's `readings`."""
        size = np.abs(np.mean(readings, axis=0))
        off = self.errors[0]
        return all(off[k] <= most * size[k] for k, most in _BOUNDS)

    @cached_property
    def errors(self) -> Floats:
        """How far off the daily mean, lowest and highest of each reading may be (3, r), estimated."""
        return self.record.errors()


def averaged(
    plan: Plan, c: Floats, y: Floats, rest: Rest, out: Floats, tolerance: float = TOLERANCE
) -> Averaged | None:
    """The run of a `plan` under constants `c` from midnight `y`, looked at at minutes `out`; see averaged_abreast."""
    if plan.tables or plan.clock or not lasts(plan.stop) or (plans := alike([plan])) is None:
        return None
    return averaged_abreast(plans, c[None], y[None], [rest], out, tolerance)[0]


def lasts(minutes: float) -> bool:
    """Whether a run is long enough to be averaged."""
    return int(np.ceil(minutes / DAY)) > FEW


def averaged_abreast(
    plans: Alike,
    c: Floats,
    y: Floats,
    rests: Sequence[Rest],
    out: Floats,
    tolerance: float = TOLERANCE,
) -> list[Averaged | None]:
    """Runs of `plans` under constants `c` (bodies, k) from midnight `y` (bodies, s), looked at at minutes `out`.

    None for whom a day fails: they have to be run in full, which says why. Days that `out` looks at otherwise than at
    most are lived through.
    """
    if out.size == 0:
        return [None] * plans.bodies
    days = Days(plans, c, out, 10.0 * tolerance)
    jacobians = jacobians_of(rests)
    model = Model(days, jacobians)
    edges = _edges(days)
    turns = sorted({day for given in days.drugs.doses.values() for day in given.turns()})
    allowed = ALLOWED * (tolerance / TOLERANCE) ** 0.5
    x = y[:, BODY]
    try:
        for first, last in pairwise(edges):
            x = cross(model, x, first, last, turns, _lead(days, first), allowed)
    except Fails:
        return [None] * plans.bodies
    lived = tuple(sorted(days.courses))
    memory = np.clip(1.0 + np.einsum("bii->bi", jacobians), 1e-9, 1.0)
    return [
        Averaged(
            Record(model, body, memory[body], frozenset(edges)), int(days.evaluations[body]), lived
        )
        if days.going[body]
        else None
        for body in range(plans.bodies)
    ]


def _edges(days: Days) -> list[int]:
    """The days from which days are not like those before, and the last: drugs begun, a diet, a meal left out."""
    cuts = {0, days.count}
    cuts |= {d for d in range(1, days.count) if days.likeness[d] != days.likeness[d - 1]}
    for given in days.drugs.doses.values():
        # under doses a week apart reach never jumps, so that what was learned of it goes on to hold
        cuts |= set(given.turns() if given.apart == 1 else given.turns()[:1])
    return sorted(day for day in cuts if day <= days.count)


def _lead(days: Days, first: int) -> int:
    """Days to live through from an edge: a few, and until a second dose, or a first, has been felt."""
    felt = [
        int(given.day[0]) + given.apart + FELT - first
        for given in days.drugs.doses.values()
        if given.day[0] <= first and given.apart > 1
    ]
    return max([LEAD, *felt])
