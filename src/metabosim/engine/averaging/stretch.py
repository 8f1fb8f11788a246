"""A stretch of days that are alike but for drugs, and stepping across it; the package's docstring has the idea."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metabosim.engine.averaging.days import BODY, Days, Floats
from metabosim.engine.averaging.drugs import DRUG_STATES
from metabosim.engine.averaging.loops import done_by_rates, stepped
from metabosim.engine.rest import RESTING, SCALE, Rest

REFUSED = 2.5  # times what is allowed
ALLOWED = 1e-3  # relative difference between a step and its correction
# What a day makes of a difference in a state, less that difference: those that it leaves 95 % of are slow, those
# that it leaves less than half of are fast, and those that it has forgotten matter least.
PACE = FORGOTTEN, FAST, SLOW = -0.6, -0.4, -0.05
WEIGHTS = (0.03, 0.1, 0.3, 4.0)  # of an error in them
FEWEST, LONGEST = 2, 50  # days of a step
FIRST = 4  # days of the first step
LEAD = 6  # days lived through when a stretch begins; more where doses are days apart
SHORT = 8  # days: a stretch no longer than this is lived through
RIPPLE = 5e-3  # of a drug's reach within a stretch: less is none
TELLING = (
    3e-4  # relative change between two days from which something can be learned; less is noise
)
REACH = 0.2  # of a drug, as large a change as one of a state by its own size


MOVED_BY_DRUGS = np.flatnonzero(~np.isin(BODY, np.flatnonzero(RESTING)))
NUDGE = 1e-3  # of a state's scale


def jacobians_of(rests: Sequence[Rest]) -> Floats:
    """The rests' Jacobians in the states' own units, over the body's states (bodies, n, n)."""
    lasting = np.flatnonzero(RESTING)
    place = np.searchsorted(BODY, lasting)
    found = np.zeros((len(rests), BODY.size, BODY.size))
    for one, rest in zip(found, rests, strict=True):
        size = np.maximum(np.abs(rest.states[0][lasting]), 1e-6 * SCALE[lasting])
        one[np.ix_(place, place)] = rest.jacobian * size[:, None] / size[None, :]
    return found


class Model:
    """What a day does to the bodies, as far as is known: affine in its midnight and in the reach of drugs."""

    def __init__(self, days: Days, jacobian: Floats) -> None:
        self.days, self.jacobian = days, jacobian.copy()
        self.per_reach = np.zeros((days.bodies, BODY.size, 2))
        # what drugs do to slow states by themselves, each day (bodies, days, n)
        self.direct = np.zeros((days.bodies, days.count, BODY.size))
        # where it is right: the last day lived through, its midnight, and what it changed
        self.base = 0
        self.there = np.zeros((days.bodies, BODY.size))
        self.change = np.zeros_like(self.there)
        self.size = np.ones_like(self.there)  # of each state
        self._seen = (self.base, self.there, self.change)  # by the last sample
        self._learned = (np.zeros_like(self.jacobian), np.zeros_like(self.per_reach))
        pace = np.digitize(np.einsum("bii->bi", jacobian), PACE)
        pace[:, MOVED_BY_DRUGS] = PACE.index(SLOW)
        self.weight = np.array(WEIGHTS)[pace]  # of an error relative to a state's size

    def live(self, x: Floats, day: int) -> Floats:
        """The midnight (bodies, n) after a day that is lived through from `x`; it is where the model is right."""
        after = self.days.live(x, day)
        self.days.midnights[:, day, BODY], self.days.midnights[:, day + 1, BODY] = x, after
        self.base, self.there, self.change = day, x, after - x
        return after

    def steps(self, x: Floats, first: int, last: int, fault: Floats, growth: Floats) -> Floats:
        """Midnights (bodies, days + 1, n) from `first` to `last`, with the `growth` (days,) of a `fault`."""
        reach = self.days.drugs.reach
        return stepped(
            x,
            self.there,
            self.change,
            self.jacobian,
            self.per_reach,
            reach[:, first:last] - reach[:, self.base, None],
            self.direct[:, first:last] - self.direct[:, self.base, None],
            fault,
            growth,
        )

    def sample(self, x: Floats, day: int) -> Floats:
        """Live a day from `x` (bodies, n), to learn from: what the model was wrong by (bodies, n).

        Infinite for who cannot live it, which may be because nobody would come to be there.
        """
        reach = self.days.drugs.reach
        off, further = x - self.there, reach[:, day] - reach[:, self.base]
        after, failed = self.days.tried(x, day)
        said = self.change + self.direct[:, day] - self.direct[:, self.base]
        said += np.einsum("bij,bj->bi", self.jacobian, off)
        said += np.einsum("bis,bs->bi", self.per_reach, further)
        fault = after - x - said
        # Broyden: the smallest change of what was believed that explains what was seen
        along, reached = off / self.size**2, further / REACH**2
        norm = np.einsum("bi,bi->b", along, off) + np.einsum("bs,bs->b", reached, further)
        share = fault / np.maximum(norm, TELLING**2)[:, None]
        share[:, MOVED_BY_DRUGS] = 0.0  # nothing is missing there
        self._seen = (day, x, after - x)
        self._learned = (share[:, :, None] * along[:, None], share[:, :, None] * reached[:, None])
        fault[failed] = np.where(self.days.going[failed], np.inf, 0.0)[:, None]
        return fault

    def learn(self) -> None:
        """Take over what the last sample showed."""
        self.base, self.there, self.change = self._seen
        self.jacobian += self._learned[0]
        self.per_reach += self._learned[1]

    def begin(self, first: int, lead: int, last: int) -> None:
        """From days lived through: what the rest's Jacobian does not know, and what reach does."""
        at = self.days.midnights[:, first : first + lead + 1][:, :, BODY]
        self.size = np.maximum(np.abs(at[:, -1]), 0.05 * SCALE[BODY])
        changes = np.diff(at, axis=1)
        acting = np.flatnonzero(
            np.max(np.ptp(self.days.drugs.reach[:, first:last], axis=1), axis=0) > RIPPLE
        )
        if acting.size == 0:
            return
        self.act(first, last, first + lead - 1)
        reach = self.days.drugs.reach[:, first : first + lead][:, :, acting]
        left = changes - self.direct[:, first : first + lead]
        left -= left[:, -1:]
        left -= np.einsum("bij,bdj->bdi", self.jacobian, at[:, :-1] - at[:, -2, None])
        columns = reach - reach[:, -1:]
        if lead > acting.size + 2:  # enough days to tell reach from time passing
            time = np.broadcast_to(np.arange(1.0 - lead, 1.0)[:, None], (*reach.shape[:2], 1))
            columns = np.concatenate([columns, time], axis=2)
        else:
            columns, left = columns[:, 1:], left[:, 1:]
        solved = np.linalg.pinv(columns, rcond=1e-3) @ left
        self.per_reach[:, :, acting] = np.moveaxis(solved[:, : acting.size], 1, 2)
        self.per_reach[:, MOVED_BY_DRUGS] = 0.0

    def act(self, first: int, last: int, like: int) -> None:
        """What drugs do by themselves on days `first` to `last`, were these else `like` one that was lived through.

        Also how fast states that only drugs move, and that are not in a rest's Jacobian, forget.
        """
        days = self.days
        minutes = days.seen.get(like, days.usual)
        for body in range(days.bodies):
            course, c = days.courses[like][body], days.constants[like][body]
            levels = days.drugs.during(body, minutes)
            here, memory = levels[like : like + 1], np.ones(course.shape[1])
            for k in MOVED_BY_DRUGS:
                state, nudged = BODY[k], course.copy()
                nudge = NUDGE * SCALE[state]
                nudged[:, state] += nudge
                plain, moved = (
                    done_by_rates(one, minutes, DRUG_STATES, here, memory, c)[0, state]
                    for one in (course, nudged)
                )
                self.jacobian[body, k, k] = np.expm1(min((moved - plain) / nudge, 0.0))
            forgets = np.clip(np.diag(self.jacobian[body]), FORGOTTEN, 0.0)
            memory[BODY] = 1.0 + forgets
            alone = forgets > FAST
            alone[MOVED_BY_DRUGS] = True
            done = done_by_rates(course, minutes, DRUG_STATES, levels[first:last], memory, c)
            self.direct[body, first:last] = np.where(alone, done[:, BODY], 0.0)


def cross(
    model: Model, x: Floats, first: int, last: int, turns: Sequence[int], lead: int, allowed: float
) -> Floats:
    """The midnight (bodies, n) after days `first` to `last`, from `x`; those between are filled in on the way.

    No step goes past the days at which something `turns`; the first `lead` days are lived through. `allowed` is the
    relative difference between a step and its correction.
    """
    days = model.days
    exactly = sorted(day for day in {*days.seen, *turns} if first <= day < last)
    if last - first <= max(SHORT, lead + FEWEST):
        lead = last - first
    for day in range(first, first + lead):
        x = model.live(x, day)
    if first + lead == last:
        return x
    model.begin(first, lead, last)
    weight = model.weight / model.size
    day, length, patience = first + lead, FIRST, FEWEST
    nothing = np.zeros_like(x)
    ahead = [turn for turn in turns if turn > day]
    while day < last:
        if ahead and day >= ahead[0]:
            model.act(model.base, last, model.base)
            ahead = [turn for turn in turns if turn > day]
        # a day that must be lived through is come to a day early, so that what is fast has settled
        upto = day
        if day in exactly or day + 1 in exactly:
            upto, length = min(day + (1 if day in exactly else 2), last), FIRST
        else:
            stop = min(day + length, last, next((d - 1 for d in exactly if d > day), last))
            sampled = min(stop, last - 1)
            growth = (np.arange(day, stop) - model.base) / max(sampled - model.base, 1)
            predicted = model.steps(x, day, stop, nothing, growth)
            fault = model.sample(predicted[:, sampled - day], sampled)
            corrected = model.steps(x, day, stop, fault, growth)
            off = (np.abs(corrected[:, -1] - predicted[:, -1]) * weight)[days.going]
            error = float(np.max(off)) if np.all(np.isfinite(off)) else np.inf
            if error <= REFUSED * allowed:
                days.midnights[:, day : stop + 1, BODY] = corrected
                model.learn()
                grow = float(np.clip(0.8 * (allowed / max(error, 1e-12)) ** 0.5, 0.4, 2.5))
                length = int(np.clip(length * grow, FEWEST, LONGEST))
                day, x = stop, corrected[:, -1]
                continue
            del days.courses[sampled]  # it began where the body will not be
            if stop - day > FEWEST:
                shrink = max(0.3, 0.8 * (allowed / error) ** 0.5)
                length = max(FEWEST, int((stop - day) * shrink))
            else:  # no step can be trusted here
                upto = min(day + patience, last)
                length, patience = FIRST, min(2 * patience, SHORT)
        for one in range(day, upto):
            x = model.live(x, one)
        day = upto
    return x
