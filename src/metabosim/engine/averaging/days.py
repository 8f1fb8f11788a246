"""The days of a plan: which are alike, living through one, and the drugs, which are linear and known exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.body import STATES, vector
from metabosim.engine import integrate as code
from metabosim.engine.integrate import integrate
from metabosim.engine.plan import Plan
from metabosim.engine.rest import SCALE
from metabosim.protocol.meals import DAY

Floats = NDArray[np.float64]

DAY_TOLERANCE = 10.0  # of a day that is lived through, over that of a full run

DRUG_STATES = np.array(
    [vector.STATE[f"drug{n}_{part}"] for n in (1, 2) for part in ("depot", "centre", "effect")]
)
BODY = np.setdiff1d(np.arange(len(STATES)), DRUG_STATES)


@dataclass
class Sampled:
    """What an averaged run knows: the state at every midnight, and the days it lived through."""

    midnights: Floats  # (days + 1, states)
    days: dict[int, Floats]  # states at the minutes looked at, of each day lived through
    # for days [first, last): how the states at the minutes looked at answer to reach (minutes, states, slots)
    responses: list[tuple[int, int, Floats]] = field(default_factory=list)
    evaluations: int = 0
    worst: float = 0.0  # largest relative correction of a step that was accepted


@dataclass
class Days:
    """The days of a plan: what happens on each, and living through one."""

    plan: Plan
    c: Floats
    count: int
    looked_at: dict[int, Floats]  # minutes to record, by day
    tolerance: float
    found: Sampled = field(init=False)
    flows: dict[int, Floats] = field(init=False, default_factory=dict)  # of each slot in use, 1/min
    spent: dict[tuple[int, bytes], Floats] = field(init=False, default_factory=dict)
    doses: dict[int, tuple[tuple[float, int, float], ...]] = field(init=False, default_factory=dict)
    fading: dict[bytes, Floats] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        (self.time, self.kind, self.index, self.value), self.courses = self.plan.arrays()
        depots = {int(DRUG_STATES[0]), int(DRUG_STATES[3])}
        happens: list[list[tuple[float, int, int, float]]] = [[] for _ in range(self.count)]
        self.constants = []
        c, event = self.c.copy(), 0
        for day in range(self.count):
            self.constants.append(c.copy())
            while event < self.time.size and self.time[event] < (day + 1) * DAY:
                at = round(float(self.time[event]) - day * DAY, 6)
                kind, index = int(self.kind[event]), int(self.index[event])
                value = float(self.value[event])
                if kind == code.ADD and index in depots:
                    self.doses[day] = (*self.doses.get(day, ()), (at, index, value))
                else:
                    happens[day].append((at, kind, index, value))
                    if kind == code.SET_CONSTANT:
                        c[index] = value
                event += 1
        self.likeness = [
            (tuple(what), now.tobytes()) for what, now in zip(happens, self.constants, strict=True)
        ]
        self.found = Sampled(np.zeros((self.count + 1, len(STATES))), {})
        self.memory = np.ones(len(STATES))  # what a day leaves of a difference at its midnight
        self.drugs, self.reach = self._drugs()
        self.found.midnights[:, DRUG_STATES] = self.drugs

    def live(self, y: Floats, day: int) -> Floats:
        """The midnight after a day that began with `y`; the day is recorded."""
        stop = min((day + 1) * DAY, self.plan.stop)
        here = self.events_of(day)
        state = y.copy()
        out = np.minimum(day * DAY + self.looked_at[day], stop)
        status, at, fault, used, states, _ = integrate(
            day * DAY,
            state,
            self.constants[day].copy(),
            stop,
            (self.time[here], self.kind[here], self.index[here], self.value[here]),
            self.courses,
            out,
            DAY_TOLERANCE * self.tolerance,
            SCALE,
            200_000,
        )
        self.found.evaluations += used
        if status != code.DONE:
            raise Fails(status, at, fault)
        self.found.days[day] = states
        return state

    def left_of(self, minutes: Floats) -> Floats:
        """What is left, at minutes of a day (n,), of a difference in each state at its midnight (n, states)."""
        key = minutes.tobytes()
        if key not in self.fading:
            self.fading[key] = self.memory ** (minutes / DAY)[:, None]
        return self.fading[key]

    def events_of(self, day: int) -> slice:
        """Which events happen on a day."""
        first, last = np.searchsorted(self.time, [day * DAY, (day + 1) * DAY])
        return slice(int(first), int(last))

    def _drugs(self) -> tuple[Floats, Floats]:
        """Drug states at every midnight (days + 1, 6), and how far each slot reaches over each day (days, 2)."""
        states, reach = np.zeros((self.count + 1, 6)), np.zeros((self.count, 2))
        part = DAY / 8.0
        for slot in (1, 2):
            depot = int(DRUG_STATES[3 * slot - 3])
            given = sorted(
                (day * DAY + at, value)
                for day, doses in self.doses.items()
                for at, index, value in doses
                if index == depot
            )
            if not given:
                continue

            def constant(name: str, slot: int = slot) -> float:
                return float(self.c[vector.CONSTANT["parameter", f"drug{slot}_{name}"]])

            absorbed, lost, felt = map(constant, ("absorption", "elimination", "equilibration"))
            entering = absorbed * constant("bioavailability") / constant("volume")
            self.flows[slot] = np.array([[-absorbed, 0, 0], [entering, -lost, 0], [0, felt, -felt]])
            affinity = max(
                constant(f"{name}_affinity") for name in ("glp1", "ghrh", "ghrp", "katp")
            )
            step, now, due = self._spent(slot, part)[0], np.zeros(3), 0
            for k in range(8 * self.count):
                now = step @ now
                while due < len(given) and given[due][0] < (k + 1) * part:
                    at, amount = given[due]
                    now = now + self._spent(slot, (k + 1) * part - at)[0, :, 0] * amount
                    due += 1
                bound = affinity * now[2]
                reach[k // 8, slot - 1] += bound / (1.0 + bound) / 8.0
                if k % 8 == 7:
                    states[k // 8 + 1, 3 * slot - 3 : 3 * slot] = now
        return states, reach

    def _spent(self, slot: int, minutes: Any) -> Floats:
        """What each of `minutes` (n,) does to the three states of a drug slot, as matrices (n, 3, 3)."""
        span = np.atleast_1d(np.asarray(minutes, float))
        key = (slot, span.tobytes())
        if key not in self.spent:
            self.spent[key] = _chain(self.flows[slot], span)
        return self.spent[key]

    def drugs_at(self, day: int, minutes: Floats) -> Floats:
        """Drug states (n, 6) at minutes of a day, after any dose given then."""
        found = np.zeros((minutes.size, 6))
        for slot in self.flows:
            mine = slice(3 * slot - 3, 3 * slot)
            found[:, mine] = self._spent(slot, minutes) @ self.drugs[day, mine]
            for at, index, amount in self.doses.get(day, ()):
                if index == DRUG_STATES[3 * slot - 3]:
                    later = minutes >= at
                    found[later, mine] += self._spent(slot, minutes[later] - at)[:, :, 0] * amount
        return found

    def stretches(self) -> list[tuple[int, int, int]]:
        """(first day, day after the last, days between doses): days that are alike but for drug levels."""
        cuts = {0, self.count}
        cuts |= {d for d in range(1, self.count) if self.likeness[d] != self.likeness[d - 1]}
        dosed = sorted(self.doses)
        for before, day in zip([None, *dosed], dosed, strict=False):
            if before is None or self.doses[before] != self.doses[day]:
                cuts.add(day)
        gaps = np.diff(dosed)
        if dosed:
            usual = int(gaps[-1]) if gaps.size else 1
            cuts.add(min(dosed[-1] + usual, self.count))
        edges = sorted(cuts)
        found = []
        for a, b in pairwise(edges):
            inside = [d for d in dosed if a <= d < b]
            found.append((a, b, int(np.max(np.diff(inside), initial=1))))
        return found


class Fails(Exception):
    """A day that could not be lived through: status, minute and state as `integrate` gives them."""


def _chain(flow: Floats, span: Floats) -> Floats:
    """The exponential of a chain of three, `flow` (3, 3), over each `span` (n,): Bateman's solution (n, 3, 3)."""
    a, b, c = np.diag(flow)
    gaps = np.abs([a - b, b - c, a - c])
    if np.min(gaps) < 1e-3 * np.max(np.abs(np.diag(flow))):  # it would lose all its digits
        from scipy.linalg import expm

        return np.array(expm(flow * span[:, None, None]))
    found = np.zeros((span.size, 3, 3))
    of_a, of_b, of_c = np.exp(a * span), np.exp(b * span), np.exp(c * span)
    found[:, 0, 0], found[:, 1, 1], found[:, 2, 2] = of_a, of_b, of_c
    ab, bc = (of_a - of_b) / (a - b), (of_b - of_c) / (b - c)
    found[:, 1, 0], found[:, 2, 1] = flow[1, 0] * ab, flow[2, 1] * bc
    found[:, 2, 0] = flow[1, 0] * flow[2, 1] * (ab - bc) / (a - c)
    return found
