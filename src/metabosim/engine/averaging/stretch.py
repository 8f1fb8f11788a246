"""A stretch of days that are alike, and stepping across it; the package's docstring has the idea."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.body import STATES
from metabosim.engine.averaging.days import BODY, DRUG_STATES, Days, Floats
from metabosim.engine.rest import RESTING, SCALE, Rest

# Relative difference between a step and its correction at a full run's usual tolerance, and with the root of
# it, since the correction is of second order; three times as much is refused.
ALLOWED, USUAL_TOLERANCE = 1.5e-3, 1e-7
FAST = -0.5  # states of which a day leaves less than half are fast: a tenth as much weight
FEWEST, LONGEST = 2, 60  # days of a step
FIRST = 4  # days of the first step
LEAD = (
    6  # days lived through when a stretch begins; under doses further apart, an interval and a day
)
SHORT = 8  # days: a stretch no longer than this is lived through
RIPPLE = 5e-3  # of a drug's reach within a stretch: less is none


def jacobian_of(rest: Rest) -> Floats:
    """The rest's Jacobian in the states' own units, over the body's states."""
    lasting = np.flatnonzero(RESTING)
    size = np.maximum(np.abs(rest.states[0][lasting]), 1e-6 * SCALE[lasting])
    place = np.searchsorted(BODY, lasting)
    found = np.zeros((BODY.size, BODY.size))
    found[np.ix_(place, place)] = rest.jacobian * size[:, None] / size[None, :]
    return found


class Stretch:
    """Days that are alike, and the model of what such a day does."""

    def __init__(
        self,
        days: Days,
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
