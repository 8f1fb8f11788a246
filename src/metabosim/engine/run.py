"""One body, one protocol, one trajectory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from metabosim.body import PARAMETERS, STATES, vector
from metabosim.engine import plan as planning
from metabosim.engine.averaging import Averaged, averaged
from metabosim.engine.integrate import (
    NON_FINITE,
    OVER_BUDGET,
    STEP_TOO_SMALL,
    TOLERANCE,
    integrate,
)
from metabosim.engine.plan import Person, Plan
from metabosim.engine.rest import SCALE, Rest, find_rest
from metabosim.errors import (
    BudgetExceeded,
    Fault,
    InputError,
    NonFinite,
    RestNotFound,
    SimulationError,
    SolverFailed,
    did_you_mean,
)
from metabosim.levers import checked_levers, constants
from metabosim.protocol import Dose, Fast, GlucoseClamp, InsulinInfusion, ProtocolStep
from metabosim.protocol.meals import DAY
from metabosim.subjects import Subject, load_subject
from metabosim.therapies import list_therapies
from metabosim.units import parse_quantity

if TYPE_CHECKING:
    import pandas as pd

FASTING = 420.0  # 07:00, min of the clock
EVALUATIONS_PER_DAY = 200_000  # a hundred times what a day needs
CLAMP_GLUCOSE = 5.0  # mmol/L
CLAMP_LENGTH = 180.0  # min, of which the last third is averaged
MILLIGRAM = 180.156  # of one mmol glucose

Start = Literal["midnight", "fasting"]
Resolution = Literal["full", "averaged"]


@dataclass(frozen=True)
class Body:
    """A subject with everything fixed for one arm, and the rest it starts from."""

    subject: Subject
    parameters: dict[str, float]  # declared units, every one
    levers: dict[str, float]
    variants: tuple[str, ...]
    c: NDArray[np.float64]
    rest: Rest

    def at_rest(self, name: str) -> NDArray[np.float64]:
        """A state, observable or signal over the habitual day from midnight, as often as its rest was recorded (n,).

        That is every minute (1441,), but for a body of a population.
        """
        return _column(self.rest.states, self.rest.readings, name)[self.rest.minute]

    def at_clock(self, name: str, minute: float) -> float:
        """The same at a minute of the habitual day."""
        return float(self.at_rest(name)[int(minute) // self.rest.every])

    def baseline(self, name: str) -> float:
        """Mean over the habitual day."""
        day = self.at_rest(name)
        return float(np.mean(0.5 * (day[1:] + day[:-1])))

    def planned(
        self, protocol: Sequence[ProtocolStep], duration: float, clock: float, meals: bool
    ) -> tuple[Plan, dict[str, int], NDArray[np.float64]]:
        """What is done in a run, the slot of each drug, and the constants (k,) with the drugs in them."""
        plan, slots, drugs = planning.make_plan(protocol, self.person(), duration, clock, meals)
        c = constants(self.parameters | drugs, self.levers, self.variants) if drugs else self.c
        return plan, slots, c

    def planned_from(
        self, start: Start, protocol: Sequence[ProtocolStep], duration: float
    ) -> tuple[Plan, dict[str, int], NDArray[np.float64]]:
        """`planned` for a run that starts at midnight with habitual meals, or fasting at 07:00 without any."""
        return self.planned(protocol, duration, clock_of(start), meals=start != "fasting")

    def person(self) -> Person:
        """What planning needs to know of this body."""
        lean, fat = (self.at_clock(name, 0.0) for name in ("lean", "fat"))
        return Person(
            self.parameters,
            lean + fat,
            lean,
            self.rest.time,
            lambda name: _column(self.rest.states, self.rest.readings, name),
        )


def _column(states: NDArray[Any], readings: NDArray[Any], name: str) -> NDArray[np.float64]:
    if name in vector.READING:
        found: NDArray[np.float64] = readings[:, vector.READING[name]]
    elif name in vector.STATE:
        found = states[:, vector.STATE[name]]
    else:
        raise InputError(
            Fault(
                f"unknown observable '{name}'",
                hint=did_you_mean(name, [*vector.READING, *vector.STATE]),
            )
        )
    return found


def parameters_of(subject: Subject) -> dict[str, float]:
    """Every parameter as a subject has it, in declared units."""
    defaults = {name: float(item.default or 0.0) for name, item in PARAMETERS.items()}
    return defaults | dict(subject.parameters)


def make_body(
    subject: str | Subject = "lean-healthy",
    *,
    levers: Mapping[str, float] | None = None,
    lifelong: Mapping[str, float] | None = None,
    parameters: Mapping[str, float] | None = None,
    variants: Iterable[str] = (),
) -> Body:
    """A body at its habitual rest.

    `levers` act from the start of a run; `lifelong` ones also when the rest is solved. `parameters` (declared
    units) replace the subject's. Raises InputError for unknown names, RestNotFound when there is no rest.
    """
    person = load_subject(subject) if isinstance(subject, str) else subject
    given = dict(parameters or {})
    unknown = [n for n in given if n not in PARAMETERS]
    if unknown:
        raise InputError(
            [
                Fault(
                    f"unknown parameter '{n}'",
                    field=f"parameters.{n}",
                    hint=did_you_mean(n, PARAMETERS),
                )
                for n in unknown
            ]
        )
    wild = [n for n, v in given.items() if not np.isfinite(v)]
    if wild:
        raise InputError(
            [Fault(f"must be finite, got {given[n]}", field=f"parameters.{n}") for n in wild]
        )
    own = parameters_of(person)
    full = own | {n: float(v) for n, v in given.items()}
    always = checked_levers(lifelong or {})
    acting = always | checked_levers(levers or {})
    near = None
    if full != own or always:  # somebody near a subject rests near that subject, if it rests at all
        with suppress(RestNotFound):
            near = find_rest(person.id, own, constants(own))
    rest = find_rest(person.id, full, constants(full, always), near)
    named = tuple(variants)
    return Body(person, full, acting, named, constants(full, acting, named), rest)


@dataclass(frozen=True)
class Run:
    """A trajectory: what was recorded, and what it was made with.

    `time_min` has shape (n,); `run[name]` gives an observable, state or signal of that shape.
    """

    body: Body
    protocol: tuple[ProtocolStep, ...]
    duration_min: float
    start: Start
    tolerance: float
    time_min: NDArray[np.float64]
    states: NDArray[np.float64]
    readings: NDArray[np.float64]
    drugs: dict[str, int]
    c: NDArray[np.float64]
    plan: Plan
    evaluations: int
    averaged: Averaged | None = None  # how it was come by, if not in full

    @property
    def resolution(self) -> Resolution:
        """What it was run at, which may not be what was asked for."""
        return "averaged" if self.averaged else "full"

    def averaging_error(self, name: str) -> tuple[float, float, float]:
        """How far off the daily mean, lowest and highest of an observable may be; zeros if it was run in full."""
        if self.averaged is None:
            return 0.0, 0.0, 0.0
        column = self.averaged.errors[:, vector.READING[name]]
        return float(column[0]), float(column[1]), float(column[2])

    @property
    def subject(self) -> str:
        """The subject's id."""
        return self.body.subject.id

    @property
    def levers(self) -> dict[str, float]:
        """The levers that differ from 1, or were given."""
        return self.body.levers

    @property
    def names(self) -> list[str]:
        """The columns of `frame`: every observable, and a column for each drug given."""
        from metabosim.body import OBSERVABLES

        return [*OBSERVABLES, *(f"drug_{name.replace('-', '_')}_nmol_l" for name in self.drugs)]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        for drug, slot in self.drugs.items():
            if name == f"drug_{drug.replace('-', '_')}_nmol_l":
                return self.states[:, vector.STATE[f"drug{slot}_centre"]]
        if name in {f"drug_{drug.replace('-', '_')}_nmol_l" for drug in list_therapies()}:
            return np.zeros(len(self.time_min))  # not given in this run
        return _column(self.states, self.readings, name)

    @property
    def table(self) -> dict[str, NDArray[np.float64]]:
        """`time_min` and every observable over time; names carry units."""
        return {"time_min": self.time_min, **{name: self[name] for name in self.names}}

    @property
    def frame(self) -> pd.DataFrame:
        """The table with its minutes as index."""
        import pandas as pd

        return pd.DataFrame(self.table).set_index("time_min")

    @cached_property
    def rest(self) -> Run:
        """The habitual day this run started from, minute by minute from midnight."""
        return replace(
            self,
            protocol=(),
            duration_min=DAY,
            start="midnight",
            time_min=np.arange(0.0, DAY + 1.0),
            states=self.body.rest.states[self.body.rest.minute],
            readings=self.body.rest.readings[self.body.rest.minute],
            drugs={},
            plan=Plan(DAY),
        )

    def baseline(self, name: str) -> float:
        """Mean over the habitual day."""
        return self.body.baseline(name)

    def fasting_baseline(self, name: str) -> float:
        """Value at 07:00 of the habitual day."""
        return self.body.at_clock(name, FASTING)

    def state_at(self, at_min: float) -> NDArray[np.float64]:
        """Every state at a minute of the run, integrated on from the last recorded one."""
        if not 0.0 <= at_min <= self.duration_min:
            raise InputError(
                f"{at_min:g} min is outside the run, which ends at {self.duration_min:g} min"
            )
        i = int(np.searchsorted(self.time_min, at_min, side="right")) - 1
        if i >= 0 and self.time_min[i] == at_min:
            return np.array(self.states[i])
        c, since = self.c.copy(), -1.0
        y = starting_state(self.body, self.start)
        timeline = self.plan.timeline()
        if i >= 0:
            since = float(self.time_min[i])
            y, timeline = self.states[i].copy(), self.plan.resumed(since, c)
        past = np.nextafter(at_min, np.inf)  # so that what happens at that minute has happened
        states, _, _ = _integrate(
            self.plan, timeline, y, c, max(since, 0.0), past, np.array([at_min]), self.tolerance
        )
        return np.array(states[0])

    def clamp(
        self,
        at_min: float,
        *,
        glucose: float | str = CLAMP_GLUCOSE,
        insulin_rate: str | float = "1 mU/kg/min",
        length: float | str = CLAMP_LENGTH,
        washout: float | str = 0.0,
    ) -> Run:
        """A hyperinsulinaemic clamp on a copy of the body as it is at `at_min`, drugs still on board.

        `washout` first goes on for that long under the same protocol without further doses. No meals are
        eaten during the clamp; its own time starts at 0.
        """
        away = parse_quantity(washout, "min")
        body, y, clock = self.body, self.state_at(at_min), self.plan.clock + at_min
        kept = [s for s in self.protocol if isinstance(s, Dose)]
        if away > 0.0:
            on = simulate_from(
                body,
                y,
                [_later(s) for s in kept],
                clock,
                away,
                meals=True,
                tolerance=self.tolerance,
            )
            y, clock = on.states[-1], clock + away
        span = parse_quantity(length, "min")
        steps: list[ProtocolStep] = [
            Fast(0.0, span),
            GlucoseClamp([glucose], 0.0, span),
            InsulinInfusion(insulin_rate, 0.0, span),
            *(_later(s) for s in kept),
        ]
        return simulate_from(body, y, steps, clock, span, meals=False, tolerance=self.tolerance)

    def m_value(self, at_min: float, **options: Any) -> float:
        """M, mg/kg/min: mean glucose infusion over the last third of `clamp(at_min, ...)` per kg body weight."""
        run = self.clamp(at_min, **options)
        late = run.time_min >= 2.0 / 3.0 * run.duration_min
        rate = float(np.mean(run["glucose_infusion_mmol_min"][late]))
        return rate * MILLIGRAM / float(run["weight_kg"][0])


def _later(dose: Dose) -> Dose:
    """The dose as a later run sees it: only which drug it is matters there."""
    return Dose(dose.therapy, 0.0, 0.0)


def clock_of(start: Start) -> float:
    """The minute past midnight at which a run starts."""
    return FASTING if start == "fasting" else 0.0


def starting_state(body: Body, start: Start) -> NDArray[np.float64]:
    """The states (s,) of a body at rest, at midnight or on a fasting morning."""
    minute = int(clock_of(start))
    return np.array(body.rest.states[body.rest.minute[minute // body.rest.every]])


def budget_of(duration: float) -> int:
    """The evaluations that a run of so many minutes may take."""
    return int(EVALUATIONS_PER_DAY * max(1.0, duration / DAY))


def failure_of(status: int, at: float, fault: int, budget: int) -> SimulationError | None:
    """What the integrator's `status` means, with the state's number and the minute of a `fault`; None if it is done."""
    state = list(STATES)[fault]
    if status == NON_FINITE:
        return NonFinite(state, at)
    if status == STEP_TOO_SMALL:
        return SolverFailed(state, at, "the step became too small")
    if status == OVER_BUDGET:
        return BudgetExceeded(at, f"more than {budget} evaluations")
    return None


def not_finite(readings: NDArray[Any], out: NDArray[Any]) -> NonFinite | None:
    """The first of the readings (n, r) at minutes `out` that is no number, as a fault."""
    if np.all(np.isfinite(readings)):
        return None
    row, column = np.argwhere(~np.isfinite(readings))[0]
    return NonFinite(list(vector.READING)[column], float(out[row]))


def _integrate(
    plan: Plan,
    timeline: list[tuple[float, int, int, float]] | None,
    y: NDArray[Any],
    c: NDArray[Any],
    since: float,
    stop: float,
    out: NDArray[Any],
    tolerance: float,
) -> tuple[NDArray[Any], NDArray[Any], int]:
    """States and readings at `out` and the evaluations used; a failure is an error with state and time."""
    budget = budget_of(stop - since)
    status, at, fault, used, states, readings = integrate(
        since, y, c, stop, *plan.arrays(timeline), out, tolerance, SCALE, budget
    )
    if error := failure_of(status, at, fault, budget):
        raise error
    if error := not_finite(readings, out):
        raise error
    return states, readings, used


def simulate_from(
    body: Body,
    y: NDArray[Any],
    protocol: Sequence[ProtocolStep],
    clock: float,
    duration: float,
    *,
    meals: bool,
    output: NDArray[Any] | None = None,
    tolerance: float = TOLERANCE,
    start: Start = "midnight",
    resolution: Resolution = "full",
) -> Run:
    """A run from any state `y` at `clock` (min past some midnight); a drug of which nothing is given stays on board."""
    plan, slots, c = body.planned(protocol, duration, clock % DAY, meals)
    out = np.arange(0.0, duration + 0.5) if output is None else np.asarray(output, float)
    sampled = averaged(plan, c, y, body.rest, out, tolerance) if resolution == "averaged" else None
    found = (*sampled.record.at(out), sampled.evaluations) if sampled else None
    if sampled is None or found is None or not sampled.is_trusted(found[1]):
        sampled = None
        found = _integrate(plan, None, y.copy(), c.copy(), 0.0, duration, out, tolerance)
    states, readings, used = found
    return Run(
        body,
        tuple(protocol),
        duration,
        start,
        tolerance,
        out,
        states,
        readings,
        slots,
        c,
        plan,
        used,
        sampled,
    )


def default_output(duration: float) -> NDArray[np.float64]:
    """Every minute for up to three days, every hour beyond."""
    step = 1.0 if duration <= 3 * DAY else 60.0
    grid = np.arange(0.0, duration, step)
    return np.append(grid, duration)


def _checked_output(output: Any, span: float) -> NDArray[np.float64]:
    out = np.asarray(output, float)
    rising = (
        out.ndim == 1 and out.size > 0 and np.all(np.isfinite(out)) and np.all(np.diff(out) >= 0.0)
    )
    if not (rising and out[0] >= 0.0 and out[-1] <= span):
        raise InputError(
            Fault(
                f"expected finite, ascending minutes from 0 to the end of the run ({span:g} min)",
                field="output",
            )
        )
    return out


def simulate(
    subject: str | Subject = "lean-healthy",
    protocol: Sequence[ProtocolStep] = (),
    levers: Mapping[str, float] | None = None,
    duration: str | float = "1 d",
    *,
    parameters: Mapping[str, float] | None = None,
    lifelong: Mapping[str, float] | None = None,
    variants: Iterable[str] = (),
    start: Start = "midnight",
    output: Any = None,
    tolerance: float = TOLERANCE,
    resolution: Resolution = "averaged",
) -> Run:
    """Run a protocol on a body that starts at its habitual rest.

    `start="midnight"`: time 0 is midnight and habitual meals are eaten; `"fasting"`: time 0 is 07:00 and nothing is
    eaten but what the protocol gives. `output` is the minutes to record (ascending), by default every minute up to
    three days and every hour beyond. Of a run longer than four weeks only some days are lived through, and those
    between are stepped across (see engine/averaging), unless `resolution="full"`; one that cannot be trusted to that
    is integrated in full, and says so.
    Raises InputError, RestNotFound, or another SimulationError that names the state and the time.
    """
    span = parse_quantity(duration, "min")
    if not span > 0.0:
        raise InputError(Fault(f"must be longer than 0, got {duration}", field="duration"))
    body = make_body(
        subject, levers=levers, lifelong=lifelong, parameters=parameters, variants=variants
    )
    out = default_output(span) if output is None else _checked_output(output, span)
    return simulate_body(
        body,
        tuple(protocol),
        span,
        start=start,
        output=out,
        tolerance=tolerance,
        resolution=resolution,
    )


def simulate_body(
    body: Body,
    protocol: Sequence[ProtocolStep],
    duration: float,
    *,
    start: Start,
    output: NDArray[Any],
    tolerance: float = TOLERANCE,
    resolution: Resolution = "averaged",
) -> Run:
    """What `simulate` does, with a body that is there already: `duration` and `output` in min."""
    return simulate_from(
        body,
        starting_state(body, start),
        protocol,
        clock_of(start),
        duration,
        meals=start != "fasting",
        output=output,
        tolerance=tolerance,
        start=start,
        resolution=resolution,
    )
