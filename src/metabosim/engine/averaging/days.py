"""The days of plans that are alike: which of them are the same, and living through one."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from metabosim.body import STATES
from metabosim.engine import integrate as code
from metabosim.engine.averaging.drugs import DEPOTS, DRUG_STATES, Doses, Drugs
from metabosim.engine.integrate import integrate
from metabosim.engine.lanes import Alike, run_abreast
from metabosim.engine.plan import Plan, some_of
from metabosim.engine.rest import SCALE
from metabosim.protocol.meals import DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Of a day that is lived through. Slow states are off by less than 1e-8 of themselves a day, glucose by 1e-5: much less
# than what is made of the days between.
DAY_TOLERANCE = 1e-4
BUDGET = 100_000  # evaluations of a day

BODY = np.setdiff1d(np.arange(len(STATES)), DRUG_STATES)
_COURSES = Plan(0.0).arrays()[1]  # nothing is held


class Days:
    """The days of `plans` under constants `c` (bodies, k), seen at `out`: what happens on each, and what came of it.

    `midnights` (bodies, days + 1, s) are filled in by and by; `courses` has the states (bodies, n, s) of each day
    that was lived through at its minutes `seen` (n,). Bodies that are no longer `going` (bodies,) failed on a day.
    """

    def __init__(self, plans: Alike, c: Floats, out: Floats, tolerance: float) -> None:
        self.plans, self.c, self.tolerance = plans, c, min(DAY_TOLERANCE, tolerance)
        self.bodies, self.count = plans.bodies, int(np.ceil(plans.stop / DAY))
        self.time, self.kind, self.index, _ = plans.events
        self.edges = np.searchsorted(self.time, DAY * np.arange(self.count + 1))
        self.edges[-1] = self.time.size
        starts = np.repeat(DAY * np.arange(self.count), np.diff(self.edges))
        self.minute = np.round(self.time - starts, 6)  # of its day, of each event
        self.constants = self._constants()
        given = (self.kind == code.ADD) & np.isin(self.index, DEPOTS)
        self.drugs = Drugs(c, self._doses(given), self.count)
        self.likeness = [self._likeness(day, given) for day in range(self.count)]
        self.seen, self.usual, self.wanted = self._looked_at(out)
        self.rows = np.cumsum([0, *(places.size for places in self.wanted)])  # of each day in `out`
        self.midnights = np.zeros((self.bodies, self.count + 1, len(STATES)))
        self.midnights[:, :, DRUG_STATES] = self.drugs.midnights
        self.courses: dict[int, Floats] = {}
        self.going = np.ones(self.bodies, bool)
        self.evaluations = np.zeros(self.bodies, np.int64)

    def events_of(self, day: int) -> slice:
        """Which of the events happen on a day."""
        return slice(int(self.edges[day]), int(self.edges[day + 1]))

    def _constants(self) -> list[Floats]:
        """The constants (bodies, k) with which each day begins; one array where nothing changes."""
        now, found = self.c, []
        setting = self.kind == code.SET_CONSTANT
        for day in range(self.count):
            found.append(now)
            here = self.events_of(day)
            if np.any(setting[here]):
                now = now.copy()
                for event in here.start + np.flatnonzero(setting[here]):
                    now[:, self.index[event]] = self.plans.values[event]
        return found

    def _doses(self, given: NDArray[np.bool_]) -> dict[int, Doses]:
        found = {}
        for slot, depot in enumerate(DEPOTS, 1):
            mine = np.flatnonzero(given & (self.index == depot))
            if mine.size:
                minute = self.time[mine]
                found[slot] = Doses(
                    minute, (minute // DAY).astype(np.int64), self.plans.values[mine]
                )
        return found

    def _likeness(self, day: int, given: NDArray[np.bool_]) -> tuple[bytes, ...]:
        """Equal for days on which the same happens, doses aside, under the same constants."""
        here = self.events_of(day)
        kept = ~given[here]
        return (
            self.minute[here][kept].tobytes(),
            self.kind[here][kept].tobytes(),
            self.index[here][kept].tobytes(),
            self.plans.values[here][kept].tobytes(),
            str(id(self.constants[day])).encode(),
        )

    def _looked_at(self, out: Floats) -> tuple[dict[int, Floats], Floats, list[Ints]]:
        """The minutes recorded of days that are looked at in their own way, those of all others, and what is wanted."""
        day_of = np.minimum((out // DAY).astype(np.int64), self.count - 1)
        bounds = np.searchsorted(day_of, np.arange(self.count + 1))
        minutes = [out[a:b] - day * DAY for day, (a, b) in enumerate(pairwise(bounds.tolist()))]
        keys = [np.round(some, 6).tobytes() for some in minutes]
        usual = Counter(keys).most_common(1)[0][0]
        eaten = np.unique(self.minute[self.kind == code.MARK_MEAL])
        common = np.unique(np.concatenate([[0.0], np.frombuffer(usual), eaten]))
        seen, wanted, known = {}, [], {}
        for day, (key, some) in enumerate(zip(keys, minutes, strict=True)):
            here = common
            if (some.size and key != usual) or day == self.count - 1:
                here = seen[day] = np.union1d(common, np.round(some, 6))
            if (pair := (key, here.size)) not in known:
                known[pair] = np.searchsorted(here, some - 1e-6)
            wanted.append(known[pair])
        return seen, common, wanted

    def live(self, x: Floats, day: int) -> Floats:
        """The midnight (bodies, n) of the body's states after a day that began with `x`; the day is recorded.

        Who cannot be integrated through it is no longer `going`. Raises Fails if nobody is.
        """
        after, failed = self.tried(x, day)
        self.going &= ~failed
        if not np.any(self.going):
            raise Fails
        return after

    def tried(self, x: Floats, day: int) -> tuple[Floats, NDArray[np.bool_]]:
        """The same, and who could not be integrated (bodies,); they stay where they were, out of the others' way."""
        y = self.midnights[:, day].copy()
        y[:, BODY] = x
        span = (day * DAY, min((day + 1) * DAY, self.plans.stop))
        out = np.minimum(span[0] + self.seen.get(day, self.usual), span[1])
        here, c = self.events_of(day), self.constants[day]
        if self.bodies == 1:
            events = some_of(self.plans.events, here)
            after = y.copy()
            status, _, _, used, states, _ = integrate(
                span[0], after[0], c[0].copy(), span[1], events, _COURSES, out,
                self.tolerance, SCALE, BUDGET,
            )  # fmt: skip
            failed, course = np.array([status != code.DONE]), states[None]
            self.evaluations += used
        else:
            block = run_abreast(
                self.plans, y, c, out, self.tolerance, BUDGET, span=span, events=here
            )
            failed, course, after = block.status != code.DONE, block.states, block.last
            self.evaluations += block.evaluations
        after[failed], course[failed] = y[failed], y[failed, None]
        self.courses[day] = course
        return after[:, BODY], failed


class Fails(Exception):
    """A day that nobody could live through."""
