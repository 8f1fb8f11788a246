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
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.body import STATES, vector
from metabosim.engine import integrate as code
from metabosim.engine.integrate import integrate, observe_rows
from metabosim.engine.plan import Plan
from metabosim.engine.rest import RESTING, SCALE, Rest
from metabosim.protocol.meals import DAY

Floats = NDArray[np.float64]

DAY_TOLERANCE = 10.0  # of a day that is lived through, over that of a full run
# Relative difference between a step and its correction at a full run's usual tolerance, and with the root of
# it, since the correction is of second order; three times as much is refused.
ALLOWED, USUAL_TOLERANCE = 1.5e-3, 1e-7
FAST = -0.5  # states of which a day leaves less than half are fast: a tenth as much weight
FEWEST, LONGEST = 2, 60  # days of a step
FIRST = 4  # days of the first step
LEAD = (
    6  # days lived through when a stretch begins; under doses further apart, an interval and a day
)
SHORT, FEW = 8, 28  # days: a stretch, and a run, no longer than this is lived through
RIPPLE = 5e-3  # of a drug's reach within a stretch: less is none

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
class _Days:
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
            raise _Fails(status, at, fault)
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


class _Fails(Exception):
    """A day that could not be lived through: status, minute and state as `integrate` gives them."""


def averaged(
    plan: Plan, c: Floats, y: Floats, rest: Rest, out: Floats, tolerance: float = USUAL_TOLERANCE
) -> tuple[Floats, Floats, int] | None:
    """States (n, s) and readings (n, r) at `out`, and the evaluations used; from midnight `y`.

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
    days = _Days(plan, c, count, looked_at, tolerance)
    jacobian = _jacobian(rest)
    days.memory[BODY] = np.clip(1.0 + np.diag(jacobian), 1e-9, 1.0)
    now = y
    try:
        for first, last, apart in days.stretches():
            now = _Stretch(days, jacobian, first, last, apart, exactly).cross(now)
    except _Fails:
        return None
    return (*_recorded(days, out, day_of), days.found.evaluations)


def _chain(flow: Floats, span: Floats) -> Floats:
    """The exponential of a chain of three, `flow` (3, 3), over each `span` (n,): Bateman's solution (n, 3, 3)."""
    a, b, c = np.diag(flow)
    gaps = np.abs([a - b, b - c, a - c])
    if np.min(gaps) < 1e-3 * np.max(
        np.abs([a, b, c])
    ):  # where rates meet it would lose all its digits
        from scipy.linalg import expm

        return np.array(expm(flow * span[:, None, None]))
    found = np.zeros((span.size, 3, 3))
    of_a, of_b, of_c = np.exp(a * span), np.exp(b * span), np.exp(c * span)
    found[:, 0, 0], found[:, 1, 1], found[:, 2, 2] = of_a, of_b, of_c
    ab, bc = (of_a - of_b) / (a - b), (of_b - of_c) / (b - c)
    found[:, 1, 0], found[:, 2, 1] = flow[1, 0] * ab, flow[2, 1] * bc
    found[:, 2, 0] = flow[1, 0] * flow[2, 1] * (ab - bc) / (a - c)
    return found


def _recorded(days: _Days, out: Floats, day_of: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """States and readings at `out`: as lived through, or between the neighbouring days that were."""
    lived = np.array(sorted(days.found.days))
    states, rows, constants = np.empty((out.size, len(STATES))), np.empty(out.size, np.int64), []
    for day in np.unique(day_of):
        here = np.flatnonzero(day_of == day)
        minutes = out[here] - day * DAY
        place = np.searchsorted(days.looked_at[day], minutes)
        course = _course(days, lived, int(day))
        states[here] = course[place]
        changing = [
            event
            for event in range(*days.events_of(day).indices(days.time.size))
            if days.kind[event] in (code.SET_CONSTANT, code.MARK_MEAL)
        ]
        constants.append(days.constants[day].copy())
        at = days.time[changing] - day * DAY
        rows[here] = len(constants) - 1 + np.searchsorted(at, minutes, side="right")
        for event, minute in zip(changing, at, strict=True):
            c = constants[-1].copy()
            if days.kind[event] == code.SET_CONSTANT:
                c[days.index[event]] = days.value[event]
            else:
                then = int(np.searchsorted(days.looked_at[day], minute))
                c[code.MEAL_SIZE] = max(course[then, code.STOMACH], 1e-9)
            constants.append(c)
        if day + 1 < days.count:  # the last meal is still the last one after midnight
            days.constants[day + 1][code.MEAL_SIZE] = constants[-1][code.MEAL_SIZE]
    return states, observe_rows(states, np.array(constants), rows)


def _course(days: _Days, lived: NDArray[np.int64], day: int) -> Floats:
    """States over a day at the minutes it is looked at."""
    after = min(int(np.searchsorted(lived, day)), lived.size - 1)
    behind = int(lived[after])
    before = day if behind == day else int(lived[max(after - 1, 0)])
    share = (day - before) / (behind - before) if behind > before else 0.0
    usual = days.looked_at[day]

    def lived_through(other: int) -> Floats:
        return days.found.days[other][np.searchsorted(days.looked_at[other], usual)]

    course = (1.0 - share) * lived_through(before) + share * lived_through(behind)
    # What this midnight differs by is forgotten in the course of the day, by each state in its own time.
    left = days.left_of(usual)
    course += (days.found.midnights[day] - course[0]) * left
    if behind != day:
        reach = days.reach[day] - (1.0 - share) * days.reach[before] - share * days.reach[behind]
        for first, last, response in days.found.responses:
            if first <= before and behind < last and len(response) == len(usual):
                course += response @ reach - left * (response[0] @ reach)
        course[:, DRUG_STATES] = days.drugs_at(day, usual)
    return np.array(np.maximum(course, 0.0))


def _jacobian(rest: Rest) -> Floats:
    """The rest's Jacobian in the states' own units, over the body's states."""
    lasting = np.flatnonzero(RESTING)
    size = np.maximum(np.abs(rest.states[0][lasting]), 1e-6 * SCALE[lasting])
    place = np.searchsorted(BODY, lasting)
    found = np.zeros((BODY.size, BODY.size))
    found[np.ix_(place, place)] = rest.jacobian * size[:, None] / size[None, :]
    return found


class _Stretch:
    """Days that are alike, and the model of what such a day does."""

    def __init__(
        self,
        days: _Days,
        jacobian: Floats,
        first: int,
        last: int,
        apart: int,
        exactly: set[int],
    ) -> None:
        self.allowed = ALLOWED * (days.tolerance / USUAL_TOLERANCE) ** 0.5
        self.days, self.first, self.last, self.apart = days, first, last, apart
        self.exactly = sorted(day for day in exactly if first <= day < last)
        self.jacobian = jacobian.copy()
        self.per_reach = np.zeros((BODY.size, 2))
        # where the model is right: the last day lived through, its midnight, and what it changed
        self.base, self.there, self.there_change = first, np.zeros(BODY.size), np.zeros(BODY.size)
        self.size = np.ones(BODY.size)  # of each state

    def cross(self, y: Floats) -> Floats:
        """The state at the end of the stretch that began with `y`; midnights are filled in on the way."""
        lead = LEAD if self.apart == 1 else self.apart + 1
        if self.last - self.first <= max(SHORT, lead + FEWEST):
            return self._live(y, self.first, self.last)
        y = self._live(y, self.first, self.first + lead)
        self.size = np.maximum(np.abs(y[BODY]), 0.05 * SCALE[BODY])
        self._learn(lead)
        weight = np.where(np.diag(self.jacobian) < FAST, 0.1, 1.0) / self.size
        day, x, length, patience = self.first + lead, y[BODY], FIRST, FEWEST
        while day < self.last:
            # a day that must be lived through is come to a day early, so that what is fast has settled
            if day in self.exactly or day + 1 in self.exactly:
                upto = min(day + (1 if day in self.exactly else 2), self.last)
                y = self._live(self._whole(x, day), day, upto)
                day, x = upto, y[BODY]
                continue
            next_exact = next((d for d in self.exactly if d > day), self.last + LONGEST)
            stop = min(day + length, self.last, next_exact - 1)
            predicted = self._steps(x, day, stop, None)
            sampled = min(stop, self.last - 1)
            begin = self._whole(predicted[sampled - day], sampled)
            change = self.days.live(begin, sampled)[BODY] - begin[BODY]
            fault = change - self._change(begin[BODY], sampled)
            corrected = self._steps(x, day, stop, fault)
            error = float(np.max(np.abs(corrected[-1] - predicted[-1]) * weight))
            if error > 3.0 * self.allowed:
                if stop - day > FEWEST:
                    shrink = max(0.3, 0.8 * (self.allowed / error) ** 0.5)
                    length = max(FEWEST, int((stop - day) * shrink))
                else:  # no step can be trusted here
                    upto = min(day + patience, self.last)
                    y = self._live(self._whole(x, day), day, upto)
                    day, x, length = upto, y[BODY], FIRST
                    patience = min(2 * patience, LONGEST)
                continue
            self.days.found.worst = max(self.days.found.worst, error)
            self.days.found.midnights[day : stop + 1, BODY] = corrected
            self._improve(begin[BODY] - self.there, fault)
            self.base, self.there, self.there_change = sampled, begin[BODY], change
            grow = float(np.clip(0.8 * (self.allowed / max(error, 1e-12)) ** 0.5, 0.4, 2.5))
            length = int(np.clip(length * grow, FEWEST, LONGEST))
            day, x = stop, corrected[-1]
        return np.array(self.days.found.midnights[self.last])

    def _whole(self, x: Floats, day: int) -> Floats:
        """The whole state at a midnight: the body's, and what drugs there are."""
        y = np.empty(len(STATES))
        y[BODY], y[DRUG_STATES] = x, self.days.drugs[day]
        return y

    def _live(self, y: Floats, first: int, last: int) -> Floats:
        """Live through days, and take the last of them as where the model is right."""
        midnights = self.days.found.midnights
        for day in range(first, last):
            midnights[day] = y
            y = self.days.live(y, day)
            midnights[day + 1] = y
            self.base, self.there = day, midnights[day][BODY].copy()
            self.there_change = y[BODY] - self.there
        return y

    def _learn(self, lead: int) -> None:
        """From the first days: what the rest's Jacobian does not know, and what reach does."""
        at = self.days.found.midnights[self.first : self.first + lead + 1][:, BODY]
        changes = np.diff(at, axis=0)
        resting = np.isin(BODY, np.flatnonzero(RESTING))
        for k in np.flatnonzero(~resting):
            moved = at[-2, k] - at[-3, k]
            if abs(moved) > 1e-9 * SCALE[BODY[k]]:
                slope = (changes[-1, k] - changes[-2, k]) / moved
                self.jacobian[k, k] = float(np.clip(slope, -1.0, 0.0))
        reach = self.days.reach[self.first : self.last]
        acting = np.flatnonzero(np.ptp(reach, axis=0) > RIPPLE)
        if acting.size == 0:
            return
        left = changes - changes[-1] - (at[:-1] - at[-2]) @ self.jacobian.T
        columns = reach[:lead, acting] - reach[lead - 1, acting]
        if lead > acting.size + 2:  # enough days to tell reach from time passing
            columns = np.column_stack([columns, np.arange(1.0 - lead, 1.0)])
        else:
            columns, left = columns[1:], left[1:]
        solved = np.linalg.lstsq(columns, left, rcond=1e-3)[0]
        self.per_reach[:, acting] = solved[: acting.size].T
        self._learn_swing(lead, acting)

    def _learn_swing(self, lead: int, acting: NDArray[np.intp]) -> None:
        """From the first days: what reach does to the course of a day."""
        lived = [self.days.found.days[self.first + k] for k in range(lead)]
        if lead < acting.size + 3 or len({len(course) for course in lived}) > 1:
            return
        courses = np.array(lived)
        reach = self.days.reach[self.first : self.first + lead, acting]
        columns = np.column_stack([reach, np.arange(lead), np.ones(lead)])
        solved = np.linalg.lstsq(columns, courses.reshape(lead, -1), rcond=1e-3)[0]
        response = np.zeros((*courses.shape[1:], 2))
        response[..., acting] = np.moveaxis(
            solved[: acting.size].reshape(acting.size, *courses.shape[1:]), 0, -1
        )
        self.days.found.responses.append((self.first, self.last, response))

    def _improve(self, moved: Floats, fault: Floats) -> None:
        """Broyden's update: what the Jacobian missed along the way the body moved."""
        along = moved / self.size**2
        norm = float(along @ moved)
        if norm > 0.0:
            self.jacobian += np.outer(fault, along) / norm

    def _change(self, x: Floats, day: int) -> Any:
        reach = self.days.reach[day] - self.days.reach[self.base]
        return self.there_change + self.jacobian @ (x - self.there) + self.per_reach @ reach

    def _steps(self, x: Floats, first: int, last: int, fault: Floats | None) -> Floats:
        """Midnights from `first` to `last`, with the `fault` seen at the end growing from zero."""
        found = np.empty((last - first + 1, BODY.size))
        found[0] = x
        span = max(min(last, self.last - 1) - self.base, 1)
        for k in range(last - first):
            change = self._change(found[k], first + k)
            if fault is not None:
                change = change + fault * (first + k - self.base) / span
            found[k + 1] = np.maximum(found[k] + change, 0.0)
        return found
