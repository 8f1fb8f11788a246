"""What a population is put through, and living it: one piece of people at a time, LANES of them abreast.

A piece is decided by the study and its number alone, so that workers, their number and their order change no bit,
and so that a study that was stopped can go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from metabosim.body import vector
from metabosim.claims import Bench
from metabosim.engine import Body, Run, make_body, simulate
from metabosim.engine.abreast import Life, Lived, lived_abreast
from metabosim.engine.lanes_rest import find_rests
from metabosim.engine.run import FASTING, Resolution, parameters_of
from metabosim.errors import (
    InputError,
    SimulationError,
)
from metabosim.levers import constants
from metabosim.population.sampler import TRIES, Sampler
from metabosim.protocol.meals import DAY
from metabosim.scenario import Arm

if TYPE_CHECKING:
    import pandas as pd

PIECE = 128  # people; fixed, whatever the number of workers
REST_TOLERANCE = 1e-7  # what people differ by is thousands of times as much as this is off
MEASURES = ("start", "end", "mean", "lowest", "highest")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Study:
    """Arms, who lives them and what is kept of it.

    Everybody lives every arm, or, if `randomised`, one of them. `observables` are what is kept.
    """

    arms: Mapping[str, Arm]
    control: str
    sampler: Sampler
    seed: int
    subjects: int
    observables: tuple[str, ...]
    randomised: bool = False
    resolution: Resolution = "averaged"  # of runs longer than four weeks
    piece_size: int = PIECE

    @property
    def pieces(self) -> int:
        """How many pieces the people make."""
        return -(-self.subjects // self.piece_size)

    def numbers(self, piece: int) -> range:
        """The people of a piece."""
        first = piece * self.piece_size
        return range(first, min(first + self.piece_size, self.subjects))

    def arm_of(self, number: int) -> str | None:
        """The arm that somebody is in, drawn so that every run of as many people as arms has each once; None: all."""
        if not self.randomised:
            return None
        names = sorted(self.arms)
        group, place = divmod(number, len(names))
        order = np.random.default_rng((self.seed, group, TRIES)).permutation(len(names))
        return names[int(order[place])]

    @cached_property
    def abreast(self) -> bool:
        """Whether the arms can be lived abreast: nothing in them is held or replayed."""
        return not any(arm.references() for arm in self.arms.values())


@dataclass(frozen=True)
class Person:
    """Somebody: what their parameters are multiplied by, and how many were refused before."""

    number: int
    factors: Floats
    refused: int


def live(study: Study, piece: int) -> pd.DataFrame:
    """A row for each person of a piece in each of their arms.

    Columns: subject, arm, refused (draws before this one that were implausible), failed (why, or empty), the
    parameters that differ as `parameter.NAME`, and for each observable the MEASURES as `NAME.MEASURE`.
    """
    import pandas as pd

    people, bodies = _drawn(study, study.numbers(piece))
    rows: list[dict[str, Any]] = []
    for name, arm in study.arms.items():
        mine = [p for p in people if study.arm_of(p.number) in (None, name)]
        for person, outcome in _lived(study, arm, name, mine, bodies):
            row = {"subject": person.number, "arm": name, "refused": person.refused, "failed": ""}
            row |= {f"parameter.{k}": v for k, v in _parameters(study, arm, person).items()}
            if isinstance(outcome, SimulationError):
                row["failed"] = str(outcome)
                outcome = dict.fromkeys(_columns(study), np.nan)
            rows.append(row | outcome)
    return pd.DataFrame(rows).sort_values(["subject", "arm"], ignore_index=True)


def _columns(study: Study) -> list[str]:
    return [f"{name}.{measure}" for name in study.observables for measure in MEASURES]


def _parameters(study: Study, arm: Arm, person: Person) -> dict[str, float]:
    """What somebody's body has instead of what the arm's subject has."""
    return study.sampler.person(parameters_of(arm.subject) | arm.parameters, person.factors)


# --- who ------------------------------------------------------------------------------------------

_Key = tuple[str, tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]
_Bodies = dict[tuple[_Key, int], "Body | SimulationError"]


def _key(arm: Arm) -> _Key:
    """What decides a person's rest in an arm."""
    return (
        arm.subject.id,
        tuple(sorted(arm.parameters.items())),
        tuple(sorted(arm.lifelong.items())),
    )


def _drawn(study: Study, numbers: Iterable[int]) -> tuple[list[Person], _Bodies]:
    """The people of these numbers, near enough in the control arm's body, and these bodies.

    Whose rest does not go over into the subject's is another kind of person, too.
    """
    control = study.arms[study.control]
    accepted: dict[int, Person] = {}
    bodies: _Bodies = {}
    own = _at_seven(study, make_body(control.subject, **_lasting(control)))
    waiting = list(numbers)
    for attempt in range(TRIES):
        people = [
            Person(n, study.sampler.factors(study.seed, n, attempt), attempt) for n in waiting
        ]
        for person, body in zip(people, _near_bodies(study, control, people), strict=True):
            if body is not None and study.sampler.accepts(_at_seven(study, body), own):
                accepted[person.number] = person
                bodies[_key(control), person.number] = body
        waiting = [n for n in waiting if n not in accepted]
        if not waiting:
            return [accepted[n] for n in sorted(accepted)], bodies
    raise InputError(
        f"after {TRIES} draws nobody was plausible as subject {waiting[0]} of seed {study.seed}; "
        f"the spreads and bounds of sampler '{study.sampler.id}' do not fit '{control.subject.id}'"
    )


def _at_seven(study: Study, body: Body) -> dict[str, float]:
    """What the sampler bounds, at 07:00 of the habitual day."""
    return {name: body.at_clock(name, FASTING) for name in study.sampler.plausible}


def _lasting(arm: Arm) -> dict[str, Any]:
    """What makes the subject's rest in an arm."""
    return {"parameters": arm.parameters, "lifelong": arm.lifelong}


def _near_bodies(study: Study, arm: Arm, people: Sequence[Person]) -> list[Body | None]:
    """Each person's body at rest, with the arm's lifelong levers; None whose rest is not near the subject's."""
    try:
        near = make_body(arm.subject, **_lasting(arm))
    except SimulationError:
        return [None] * len(people)
    full = [near.parameters | _parameters(study, arm, person) for person in people]
    rests = find_rests(full, arm.lifelong, near.parameters, near.rest, REST_TOLERANCE)
    return [
        None
        if rest is None
        else replace(near, parameters=one, c=constants(one, arm.lifelong), rest=rest)
        for one, rest in zip(full, rests, strict=True)
    ]


def _body_in(study: Study, arm: Arm, person: Person, near: Body | None) -> Body | SimulationError:
    """Somebody's body in an arm; searched for alone if it is not `near` the subject's."""
    if near is not None:
        return near
    try:
        own = _lasting(arm) | {"parameters": arm.parameters | _parameters(study, arm, person)}
        return make_body(arm.subject, **own)
    except SimulationError as error:
        return error


# --- what happens to them -------------------------------------------------------------------------

_Outcome = tuple[Person, "dict[str, float] | SimulationError"]


def _lived(
    study: Study, arm: Arm, name: str, people: list[Person], bodies: _Bodies
) -> Iterator[_Outcome]:
    """What becomes of each person in an arm."""
    if not study.abreast:
        for person in people:
            yield person, _alone(study, name, person)
        return
    key = _key(arm)
    if missing := [p for p in people if (key, p.number) not in bodies]:
        for person, near in zip(missing, _near_bodies(study, arm, missing), strict=True):
            bodies[key, person.number] = _body_in(study, arm, person, near)
    fit = []
    for person in people:
        body = bodies[key, person.number]
        if isinstance(body, SimulationError):
            yield person, body
        else:
            fit.append((person, body))
    lives = [
        Life(body, *_acting(body, arm).planned_from(arm.start, arm.protocol, arm.duration))
        for _, body in fit
    ]
    out, averaged = _minutes(arm), study.resolution == "averaged"
    for place, lived in lived_abreast(lives, arm.start, out, averaged=averaged, together=PIECE):
        person, body = fit[place]
        if lived is None:
            yield person, _alone(study, name, person)
        elif isinstance(lived, Lived):
            yield person, _measured(study, arm, body, out, lived.readings)
        else:
            yield person, lived


def _acting(body: Body, arm: Arm) -> Body:
    """A body with the levers and variants of an arm."""
    levers = arm.lifelong | arm.levers
    if levers == body.levers and not arm.variants:
        return body
    c = constants(body.parameters, levers, arm.variants)
    return replace(body, levers=levers, variants=arm.variants, c=c)


def _minutes(arm: Arm) -> Floats:
    """What is looked at: every minute of a short run; of a long one every hour, and the last day every 10 min."""
    if arm.duration <= 2.0 * DAY:
        return np.append(np.arange(0.0, arm.duration), arm.duration)
    last = np.arange(arm.duration - DAY, arm.duration, 10.0)
    return np.unique(np.concatenate([np.arange(0.0, arm.duration, 60.0), last, [arm.duration]]))


def _measured(
    study: Study, arm: Arm, body: Body, time: Floats, readings: Floats
) -> dict[str, float]:
    """The MEASURES of every observable that is kept.

    Over two days and more, `start` is the mean of the habitual day and `end` that of the last day; in shorter runs
    they are the first and the last value. `mean`, `lowest` and `highest` are of the whole run.
    """
    long = arm.duration > 2.0 * DAY
    late = time >= arm.duration - DAY
    found: dict[str, float] = {}
    for name in study.observables:
        course = readings[:, vector.READING[name]]
        found |= dict(
            zip(
                (f"{name}.{measure}" for measure in MEASURES),
                (
                    body.baseline(name) if long else float(course[0]),
                    _mean(time[late], course[late]) if long else float(course[-1]),
                    _mean(time, course),
                    float(np.min(course)),
                    float(np.max(course)),
                ),
                strict=True,
            )
        )
    return found


def _mean(time: Floats, course: Floats) -> float:
    return float(np.trapezoid(course, time) / (time[-1] - time[0]))


def _alone(study: Study, name: str, person: Person) -> dict[str, float] | SimulationError:
    """Somebody in an arm in which something is held or replayed: run by themselves, with the arms it refers to."""
    arms = {
        other: replace(arm, parameters=arm.parameters | _parameters(study, arm, person))
        for other, arm in study.arms.items()
    }
    try:
        run: Run = Bench(arms, study.control, simulate).run(name)
    except SimulationError as error:
        return error
    names = list(study.observables)
    readings = np.zeros((run.time_min.size, len(vector.READING)))
    for one in names:
        readings[:, vector.READING[one]] = run[one]
    return _measured(study, arms[name], run.body, run.time_min, readings)
