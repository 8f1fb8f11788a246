"""From a protocol to what the integrator understands: events in time order, and trajectories to follow.

The habitual day (three meals whose size appetite scales, and the pituitary's pulses) runs under every
protocol unless a step replaces it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim import protocol as steps
from metabosim.body import INPUTS, vector
from metabosim.engine import integrate as code
from metabosim.errors import InputError
from metabosim.protocol import ProtocolStep, Trajectory
from metabosim.protocol.meals import DAY, MJ_PER_MMOL_CARBOHYDRATE
from metabosim.units import Rate

MEAL_TIMES = (480.0, 780.0, 1140.0)  # 08:00, 13:00, 19:00; assumption
MEAL_SHARES = (0.25, 0.35, 0.40)  # of the day's energy; assumption
NIGHT = 60.0  # min, clock of the largest pulses; assumption
NIGHT_WIDTH = 150.0  # min; assumption

_STATE, _CONSTANT = vector.STATE, vector.CONSTANT
_IDLE = {name: item.default for name, item in INPUTS.items()}
_INFUSED = {
    "glucagon": "glucagon_infusion",
    "glp1": "glp1_infusion",
    "gh": "gh_infusion",
    "somatostatin": "somatostatin_infusion",
}


@dataclass(frozen=True)
class Course:
    """A trajectory to follow: knots (min) with values and slopes; equal knots in a row are a jump.

    With a `period` it repeats for ever.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    slopes: NDArray[np.float64]
    period: float = 0.0


def smooth_course(times: NDArray[Any], values: NDArray[Any], period: float = 0.0) -> Course:
    """A course through recorded values: a cubic spline between jumps (two knots at one time)."""
    from scipy.interpolate import CubicSpline

    slopes = np.zeros(len(times))
    jumps = np.flatnonzero(np.diff(times) <= 0.0) + 1
    for part in np.split(np.arange(len(times)), jumps):
        if len(part) > 2:
            slopes[part] = CubicSpline(times[part], values[part])(times[part], 1)
        elif len(part) == 2:
            slopes[part] = (values[part[1]] - values[part[0]]) / (times[part[1]] - times[part[0]])
    return Course(np.asarray(times, float), np.asarray(values, float), slopes, period)


@dataclass
class Plan:
    """Events, inputs and held courses in the order they were planned; `arrays()` is what `integrate` takes."""

    stop: float
    clock: float = 0.0  # min past midnight at run time 0
    happenings: list[tuple[NDArray[np.float64], int, int, float]] = field(default_factory=list)
    windows: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)
    tables: list[tuple[int, int, Course]] = field(default_factory=list)

    def add(
        self, time: float | NDArray[Any], kind: int, index: int = 0, value: float = 0.0
    ) -> None:
        """An event, at one time or many; what comes at or after the end of the run is left to the next one."""
        times = np.atleast_1d(np.asarray(time, float))
        times = times[(times >= 0.0) & (times < self.stop)]
        if times.size:
            self.happenings.append((times, kind, index, value))

    def give(self, time: float | NDArray[Any], kind: int, state: str, amount: float) -> None:
        """An amount added to a state; nothing given is no event."""
        if amount != 0.0:
            self.add(time, kind, _STATE[state], amount)

    def set_input(self, name: str, value: float, start: float, stop: float | None) -> None:
        """An input over a window; where windows overlap they add (diets multiply)."""
        if value != _IDLE[name]:
            self.windows.setdefault(name, []).append(
                (start, np.inf if stop is None else stop, value)
            )

    def follow(self, name: str, course: Course, start: float, stop: float | None) -> None:
        """Hold a state or signal at a course over a window."""
        if name in _STATE:
            kind, index = 0, _STATE[name]
        else:
            kind, index = 1, _CONSTANT["held_at", name]
            self.add(start, code.SET_CONSTANT, _CONSTANT["held", name], 1.0)
            if stop is not None:
                self.add(stop, code.SET_CONSTANT, _CONSTANT["held", name], 0.0)
        self.tables.append((kind, index, course))
        # A step must end where what is held jumps.
        for jump in course.times[1:][np.diff(course.times) == 0.0]:
            at = np.arange(jump, self.stop, course.period) if course.period else jump
            self.add(at, code.PAUSE)
        self.add(start, code.FOLLOW, len(self.tables) - 1)
        if stop is not None:
            self.add(stop, code.LET_GO, len(self.tables) - 1)

    def events(self) -> code.Events:
        """Everything that happens, in time order, the inputs' steps among it; of one moment in the order planned."""
        chunks = []
        for name, windows in self.windows.items():
            for at in sorted(
                {t for start, stop, _ in windows for t in (start, stop) if 0.0 <= t < self.stop}
            ):
                active = [value for start, stop, value in windows if start <= at < stop]
                total = math.prod(active) if name == "diet" else math.fsum(active)
                chunks.append((np.array([at]), code.SET_CONSTANT, _CONSTANT["input", name], total))
        chunks += self.happenings
        sizes = [times.size for times, _, _, _ in chunks]
        time = np.concatenate([np.empty(0), *(times for times, _, _, _ in chunks)])
        order = np.argsort(time, kind="stable")
        kind, index, value = (
            np.repeat(np.array([chunk[place] for chunk in chunks], dtype), sizes)[order]
            for place, dtype in ((1, np.int64), (2, np.int64), (3, float))
        )
        return time[order], kind, index, value

    def timeline(self) -> list[tuple[float, int, int, float]]:
        """The events one by one: time, kind, index, value."""
        return list(zip(*(column.tolist() for column in self.events()), strict=True))

    def resumed(self, since: float, c: NDArray[Any]) -> list[tuple[float, int, int, float]]:
        """What comes after `since`, for a run that goes on from there; `c` is brought up to that minute.

        Courses that are being followed are taken up again first.
        """
        followed: list[int] = []
        timeline = self.timeline()
        for time, kind, index, value in timeline:
            if time > since:
                break
            if kind == code.SET_CONSTANT:
                c[index] = value
            elif kind == code.FOLLOW:
                followed.append(index)
            elif kind == code.LET_GO:
                followed.remove(index)
        return [(since, code.FOLLOW, index, 0.0) for index in followed] + [
            e for e in timeline if e[0] > since
        ]

    def arrays(
        self, timeline: Sequence[tuple[float, int, int, float]] | None = None
    ) -> tuple[code.Events, code.Courses]:
        """Events (all of them, or a `timeline`) and held courses, as `integrate` takes them."""
        events = self.events() if timeline is None else as_events(timeline)
        courses = [course for _, _, course in self.tables]
        knots = [
            np.concatenate([np.empty(0), *(getattr(course, part) for course in courses)])
            for part in ("times", "values", "slopes")
        ]
        return events, (
            np.array([table[0] for table in self.tables], np.int64),
            np.array([table[1] for table in self.tables], np.int64),
            np.cumsum([0, *(len(course.times) for course in courses)]).astype(np.int64),
            np.array([course.period for course in courses], float),
            knots[0],
            knots[1],
            knots[2],
        )


def as_events(timeline: Sequence[tuple[float, int, int, float]]) -> code.Events:
    """A timeline as columns."""
    columns = list(zip(*timeline, strict=True)) if timeline else [()] * 4
    time, kind, index, value = columns
    return (
        np.array(time, float),
        np.array(kind, np.int64),
        np.array(index, np.int64),
        np.array(value, float),
    )


def some_of(events: code.Events, here: slice) -> code.Events:
    """Some of the events."""
    time, kind, index, value = events
    return time[here], kind[here], index[here], value[here]


def pulse_times(pulses_per_day: float, night: float) -> list[tuple[float, float]]:
    """Clock minute and size of each hypothalamic pulse: evenly spaced, largest in early sleep."""
    n = round(pulses_per_day)
    found = []
    for k in range(n):
        at = (k + 0.5) * DAY / n
        apart = min(abs(at - NIGHT), DAY - abs(at - NIGHT))
        found.append((at, 1.0 + (night - 1.0) * float(np.exp(-((apart / NIGHT_WIDTH) ** 2)))))
    return found


def _daily(plan: Plan, clock_time: float) -> NDArray[np.float64]:
    """The run times at which the clock shows `clock_time`."""
    return np.arange((clock_time - plan.clock) % DAY, plan.stop, DAY)


def _eat(
    plan: Plan, at: float | NDArray[Any], carbohydrate: float, energy: float, kind: int
) -> None:
    plan.give(at, kind, "stomach", carbohydrate)
    plan.give(at, kind, "food_energy", energy)
    if carbohydrate > 0.0:
        plan.add(at, code.MARK_MEAL)


def habitual(
    plan: Plan,
    parameters: dict[str, float],
    meals: bool,
    away: Sequence[tuple[float, float | None]] = (),
) -> None:
    """Meals and pulses of the habitual day; within the windows `away` (from, to) no habitual meals are eaten."""
    for clock_time, size in pulse_times(parameters["pulses_per_day"], parameters["night_pulse"]):
        plan.give(_daily(plan, clock_time), code.ADD, "pulse", size)
    if not meals:
        return
    for clock_time, share in zip(MEAL_TIMES, MEAL_SHARES, strict=True):
        energy = parameters["habitual_intake"] * share
        carbohydrate = energy * parameters["carbohydrate_share"] / MJ_PER_MMOL_CARBOHYDRATE
        at = _daily(plan, clock_time)
        for start, stop in away:
            at = at[(at < start) | (at >= (np.inf if stop is None else stop))]
        _eat(plan, at, carbohydrate, energy, code.ADD_MEAL)


@dataclass(frozen=True)
class Person:
    """What planning needs to know of the body that the protocol is done to."""

    parameters: dict[str, float]  # declared units
    weight: float  # kg, at rest
    lean: float  # kg, at rest
    rest_time: NDArray[
        np.float64
    ]  # min of the clock, 0 to 1440, twice where something is eaten or pulses
    rest: Callable[[str], NDArray[np.float64]]  # a state or signal at those minutes


def _total(rate: Rate, person: Person) -> float:
    return rate.value * person.weight if rate.per_kg else rate.value


def make_plan(
    protocol: Sequence[ProtocolStep], person: Person, duration: float, clock: float, meals: bool
) -> tuple[Plan, dict[str, int], dict[str, float]]:
    """The plan, which therapy is in which drug slot, and the slots' parameters (declared units).

    Raises InputError for more than two therapies, or a hold at an arm that was not run first.
    """
    plan = Plan(duration, clock)
    away = [(s.start, s.stop) for s in protocol if isinstance(s, steps.Fast | steps.DailyMeals)]
    slots: dict[str, int] = {}
    slot_parameters: dict[str, float] = {}
    for step in protocol:
        _plan_step(plan, step, person, slots, slot_parameters)
    habitual(plan, person.parameters, meals, away)
    return plan, slots, slot_parameters


def _plan_step(
    plan: Plan,
    step: ProtocolStep,
    person: Person,
    slots: dict[str, int],
    slot_parameters: dict[str, float],
) -> None:
    match step:
        case steps.Meal():
            _eat(plan, step.at, step.carbohydrate, step.energy, code.ADD)
        case steps.OralGlucose():
            _eat(plan, step.at, step.amount, step.amount * MJ_PER_MMOL_CARBOHYDRATE, code.ADD)
        case steps.DailyMeals():
            for i, clock_time in enumerate(step.times):
                at = _daily(plan, clock_time)
                at = at[(at >= step.start) & (at < (np.inf if step.stop is None else step.stop))]
                _eat(plan, at, step.carbohydrate[i], step.energy[i], code.ADD)
        case steps.Fast():
            pass  # habitual meals are left out of the window
        case steps.GlucoseBolus():
            volume = person.parameters["glucose_volume"] * person.lean
            plan.give(step.at, code.ADD, "glucose", step.amount / volume)
            plan.give(
                step.at, code.ADD, "food_energy", step.amount * person.parameters["glucose_energy"]
            )
        case steps.GlucoseInfusion():
            plan.set_input("glucose_infusion", _total(step.rate, person), step.start, step.stop)
        case steps.InsulinInfusion():
            plan.set_input("insulin_infusion", _total(step.rate, person), step.start, step.stop)
        case steps.HormoneInfusion():
            plan.set_input(_INFUSED[step.name], _total(step.rate, person), step.start, step.stop)
        case steps.Activity():
            stop = plan.stop if step.stop is None else step.stop
            plan.set_input("activity", step.energy / (stop - step.start), step.start, step.stop)
        case steps.Diet():
            plan.set_input("diet", step.energy, step.start, step.stop)
        case steps.GlucoseClamp():
            for i, level in enumerate(step.levels):
                end = step.levels[i + 1].start if i + 1 < len(step.levels) else step.stop
                plan.follow("glucose", _constant(level.level), level.start, end)
        case steps.GlucoseProfile():
            if step.frame is None:
                raise InputError(
                    f"arm '{step.arm}' has to be run before its glucose can be replayed"
                )
            plan.follow("glucose", _recorded(step.frame, "glucose_mmol_l"), step.start, step.stop)
        case steps.Hold():
            _plan_hold(plan, step, person)
        case steps.Dose():
            _plan_dose(plan, step, slots, slot_parameters)


def _constant(value: float) -> Course:
    return Course(np.zeros(1), np.array([value]), np.zeros(1))


def _recorded(source: Any, name: str) -> Course:
    """The course of a Run, or of a data frame over minutes; where it was recorded coarsely it does not ring."""
    from scipy.interpolate import PchipInterpolator

    times = np.asarray(source.time_min if hasattr(source, "time_min") else source.index, float)
    values = np.asarray(source[name], float)
    if not (np.all(np.isfinite(values)) and np.all(np.diff(times) > 0.0)):
        raise InputError(
            f"the recorded course of '{name}' cannot be followed; "
            "expected finite values at rising minutes"
        )
    return Course(times, values, PchipInterpolator(times, values).derivative()(times))


def _resting(person: Person, name: str, clock: float) -> Course:
    """The habitual day's course as a run sees it that starts at `clock`."""
    times, values = person.rest_time[:-1], person.rest(name)[:-1]
    shifted = (times - clock) % DAY
    order = np.argsort(shifted, kind="stable")
    return smooth_course(
        np.append(shifted[order], DAY + shifted[order][0]),
        np.append(values[order], values[order][0]),
        DAY,
    )


def _plan_hold(plan: Plan, step: steps.Hold, person: Person) -> None:
    name = steps.HELD_AS.get(step.name, step.name)
    if isinstance(step.at, steps.ArmReference):
        raise InputError(
            f"arm '{step.at.arm}' has to be run before '{step.name}' can be held at it"
        )
    if isinstance(step.at, str):
        course = _resting(person, name, plan.clock)
    elif isinstance(step.at, Trajectory):
        course = _recorded(step.at, name)
    else:
        course = _constant(float(step.at))
    plan.follow(name, course, step.start, step.stop)


def _plan_dose(
    plan: Plan, step: steps.Dose, slots: dict[str, int], slot_parameters: dict[str, float]
) -> None:
    therapy = step.therapy
    if therapy.id not in slots:
        if len(slots) == 2:
            raise InputError(f"a body takes two drugs at once; '{therapy.id}' would be the third")
        slots[therapy.id] = len(slots) + 1
        slot_parameters |= {
            f"drug{len(slots)}_{name}": value for name, value in therapy.parameters.items()
        }
    stop = plan.stop if step.stop is None else min(step.stop, plan.stop)
    times = step.start if step.every is None else np.arange(step.start, stop, step.every)
    depot, amount = f"drug{slots[therapy.id]}_depot", step.amount / therapy.molar_mass_g_mol * 1e6
    plan.give(times, code.ADD, depot, amount)
