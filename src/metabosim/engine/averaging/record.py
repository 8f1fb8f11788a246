"""What an averaged run shows: days that were lived through, those between two of them, and how far off these are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metabosim.engine.averaging.days import BODY, Floats, Ints
from metabosim.engine.averaging.drugs import DRUG_STATES
from metabosim.engine.averaging.loops import between_days, look_between, looked_at
from metabosim.engine.averaging.stretch import RIPPLE, Model
from metabosim.engine.integrate import N_READINGS, N_STATES, Events, observe_rows
from metabosim.engine.kernel import HOISTED, prepare
from metabosim.engine.plan import some_of
from metabosim.protocol.meals import DAY

NEAR = (
    12  # pairs of days lived through, from which is seen how the course of a day answers to a drug
)
LOCAL = 10.0  # days from where it is asked for
SAFETY = 4.0  # what is seen at some days may be less than the most there is between them


@dataclass(frozen=True)
class Record:
    """One `body` of an averaged run."""

    model: Model
    body: int
    memory: Floats  # (n,) what a day leaves of a difference at its midnight
    edges: frozenset[int]  # days from which others are not alike

    def at(self, out: Floats) -> tuple[Floats, Floats]:
        """States (n, s) and readings (n, r) at the minutes that the run is looked at."""
        days, body = self.model.days, self.body
        states, readings = np.empty((out.size, N_STATES)), np.empty((out.size, N_READINGS))
        values = np.ascontiguousarray(days.plans.values[:, body])
        events = (days.minute, days.kind, days.index, values)
        c, lasting = days.c[body].copy(), np.empty(HOISTED)
        prepare(c, lasting)
        lived, before = self.lived, 0
        for day in lived.tolist():
            if day > before + 1:
                self._look_between(lived, before, day, events, c, states, readings)
            row, end = days.rows[day], days.rows[day + 1]
            looked_at(
                days.seen.get(day, days.usual), days.wanted[day], days.courses[day][body],
                some_of(events, days.events_of(day)), c, lasting, states[row:end],
                readings[row:end],
            )  # fmt: skip
            before = day
        return states, readings

    def _look_between(
        self, lived: Ints, before: int, behind: int, events: Events, c: Floats, states: Floats,
        readings: Floats,
    ) -> None:  # fmt: skip
        """The same for the days between two that were lived through."""
        days, first = self.model.days, before + 1
        here = slice(days.rows[first], days.rows[behind])
        usual = next((w for w in days.wanted[first:behind] if w.size), np.empty(0, np.int64))
        look_between(
            self._usual(before), self._usual(behind), days.midnights[self.body, first:behind],
            self.left, self._response(lived, before, behind), self._reach(before, behind),
            self.drugs[first:behind], DRUG_STATES, days.usual, usual,
            days.rows[first : behind + 1] - days.rows[first], days.edges[first : behind + 1],
            events, c, states[here], readings[here],
        )  # fmt: skip

    def _reach(self, before: int, behind: int) -> Floats:
        """How far drugs reach on the days between two, less what these two make of it (days, 2)."""
        reach = self.model.days.drugs.reach[self.body]
        share = ((np.arange(before + 1, behind) - before) / (behind - before))[:, None]
        found: Floats = (
            reach[before + 1 : behind] - (1.0 - share) * reach[before] - share * reach[behind]
        )
        return found

    @cached_property
    def lived(self) -> Ints:
        """The days that were lived through, the first and the last among them."""
        return np.array(sorted(self.model.days.courses))

    @cached_property
    def drugs(self) -> Floats:
        """Drug states at the usual minutes of every day (days, minutes, 6)."""
        return self.model.days.drugs.during(self.body, self.model.days.usual)

    def _response(self, lived: Ints, before: int, behind: int) -> Floats:
        """How states at the usual minutes answer to reach (minutes, s, 2), as seen on days lived through around two."""
        days = self.model.days
        found = np.zeros((days.usual.size, N_STATES, 2))
        first = max((edge for edge in self.edges if edge <= before), default=0)
        last = min((edge for edge in self.edges if edge > before), default=days.count)
        here = lived[(lived >= first) & (lived < last)]
        apart, middle = np.diff(here), 0.5 * (here[1:] + here[:-1])
        away = np.abs(middle - 0.5 * (before + behind))
        pairs = np.sort(np.argsort(away, kind="stable")[:NEAR])
        reach = days.drugs.reach[self.body]
        further = reach[here[pairs + 1]] - reach[here[pairs]]
        acting = np.flatnonzero(np.ptp(further, axis=0) > RIPPLE)
        if acting.size == 0 or pairs.size < acting.size + 2:
            return found
        # days close to each other, and close to these, tell most
        weight = 1.0 / apart[pairs] / (1.0 + (away[pairs] / LOCAL) ** 2)
        columns = np.column_stack([further[:, acting], apart[pairs]]) * weight[:, None]
        moved = np.array([self._usual(int(here[k + 1])) - self._usual(int(here[k])) for k in pairs])
        solved = np.linalg.pinv(columns, rcond=1e-3) @ (
            moved.reshape(pairs.size, -1) * weight[:, None]
        )
        found[:, :, acting] = np.moveaxis(
            solved[: acting.size].reshape(acting.size, *moved.shape[1:]), 0, 2
        )
        return found

    @cached_property
    def left(self) -> Floats:
        """What is left, at the usual minutes, of a difference in each state at midnight (minutes, s)."""
        found = np.ones((self.model.days.usual.size, N_STATES))
        found[:, BODY] = self.memory ** (self.model.days.usual / DAY)[:, None]
        return found

    def _usual(self, day: int) -> Floats:
        """States (minutes, s) at the usual minutes of a day that was lived through."""
        days = self.model.days
        course = days.courses[day][self.body]
        if day in days.seen:
            course = course[np.searchsorted(days.seen[day], days.usual)]
        return np.ascontiguousarray(course)

    def errors(self) -> Floats:
        """How far off the daily mean, lowest and highest of each reading may be (3, r), in its own unit.

        Two things are added: what the correction of a step moved the day at its end by, and how far each day that
        was lived through is from what its neighbours would have made of it, scaled down by the square of the
        distance.
        """
        days, found, lived = self.model.days, np.zeros((3, N_READINGS)), self.lived
        for k in range(1, lived.size - 1):
            before, day, behind = (int(lived[k + step]) for step in (-1, 0, 1))
            if behind - before <= 2 or any(before < edge <= behind for edge in self.edges):
                continue
            nearer = max(day - before, behind - day) / (behind - before)
            seen, without = self._usual(day), np.empty((days.usual.size, N_STATES))
            off = days.midnights[self.body, day] - seen[0]
            off[DRUG_STATES] = 0.0
            between_days(
                self._usual(before), self._usual(behind), (day - before) / (behind - before),
                days.midnights[self.body, day], self.left,
                self._response(np.delete(lived, k), before, behind),
                self._reach(before, behind)[day - before - 1], without,
            )  # fmt: skip
            without[:, DRUG_STATES] = self.drugs[day]
            true, shown, guessed = (
                self._of_a_day(day, course)
                for course in (seen, np.maximum(seen + off * self.left, 0.0), without)
            )
            found = np.maximum(found, np.abs(shown - true) + nearer**2 * np.abs(guessed - shown))
        return SAFETY * found

    def _of_a_day(self, day: int, course: Floats) -> Floats:
        """Mean, lowest and highest of each reading over a day (3, readings)."""
        minutes = self.model.days.usual
        rows = np.zeros(minutes.size, np.int64)
        constants = self.model.days.constants[day][self.body]
        readings = observe_rows(course, constants[None, :], rows)
        span = max(float(minutes[-1] - minutes[0]), 1.0)
        mean = np.trapezoid(readings, minutes, axis=0) / span
        return np.array([mean, readings.min(axis=0), readings.max(axis=0)])
