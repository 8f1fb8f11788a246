"""What an averaged run shows: days that were lived through, those between two of them, and how far off these are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metabosim.body import STATES
from metabosim.engine import integrate as code
from metabosim.engine.averaging.days import DRUG_STATES, Days, Floats
from metabosim.engine.integrate import N_READINGS, observe_rows
from metabosim.protocol.meals import DAY


def recorded(days: Days, out: Floats, day_of: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """States and readings at `out`: as lived through, or between the neighbouring days that were."""
    lived = np.array(sorted(days.found.days))
    states, rows, constants = np.empty((out.size, len(STATES))), np.empty(out.size, np.int64), []
    for day in np.unique(day_of):
        here = np.flatnonzero(day_of == day)
        minutes = out[here] - day * DAY
        place = np.searchsorted(days.looked_at[day], minutes)
        course = course_of(days, lived, int(day))
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


def course_of(days: Days, lived: NDArray[np.int64], day: int) -> Floats:
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


SAFETY = 4.0  # what is seen at some days may be less than the most there is between them


def errors_of(days: Days) -> Floats:
    """How far off the daily mean, lowest and highest of each reading may be (3, readings), in its own unit.

    Two things are added: what each correction of a step moved the day at its end by, and how far each day that was
    lived through is from what its neighbours would have made of it, scaled down by the square of the distance.
    """
    found = np.zeros((3, N_READINGS))
    lived = np.array(sorted(days.found.days))
    edges = {first for first, _, _ in days.stretches()}
    for k in range(1, lived.size - 1):
        before, day, behind = (int(lived[k + step]) for step in (-1, 0, 1))
        if behind - before <= 2 or any(before < edge <= behind for edge in edges):
            continue
        nearer = max(day - before, behind - day) / (behind - before)
        shown = _of_a_day(days, day, course_of(days, lived, day))
        seen = _of_a_day(days, day, days.found.days[day])
        guessed = _of_a_day(days, day, course_of(days, np.delete(lived, k), day))
        found = np.maximum(found, np.abs(shown - seen) + nearer**2 * np.abs(guessed - shown))
    return SAFETY * found


def _of_a_day(days: Days, day: int, course: Floats) -> Floats:
    """Mean, lowest and highest of each reading over a day (3, readings)."""
    minutes = days.looked_at[day]
    rows = np.zeros(minutes.size, np.int64)
    readings = observe_rows(course, days.constants[day][None, :], rows)
    span = max(float(minutes[-1] - minutes[0]), 1.0)
    mean = np.trapezoid(readings, minutes, axis=0) / span
    return np.array([mean, readings.min(axis=0), readings.max(axis=0)])
