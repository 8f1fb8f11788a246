"""From a protocol to what the integrator understands: events in time order, and trajectories to follow.

The habitual day (three meals whose size appetite scales, and the pituitary's pulses) runs under every
protocol unless a step replaces it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim import protocol as steps
from metabosim.body import vector
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
_INFUSED = {
    "glucagon": "glucagon_infusion", "glp1": "glp1_infusion", "gh": "gh_infusion",
    "somatostatin": "somatostatin_infusion",
}


@dataclass
class Plan:
    """Events and held trajectories in the order they were planned; `arrays()` is what `integrate` takes."""

    stop: float
    clock: float = 0.0  # min past midnight at run time 0
    events: list[tuple[float, int, int, float]] = field(default_factory=list)
    tables: list[tuple[int, int, float, NDArray[Any], NDArray[Any]]] = field(default_factory=list)

    def add(self, time: float, kind: int, index: int = 0, value: float = 0.0) -> None:
        """An event within the run; what comes at or after its end is left to the next run."""
        if 0.0 <= time < self.stop:
            self.events.append((time, kind, index, value))

    def set_input(self, name: str, value: float, start: float, stop: float | None, rest: float = 0.0) -> None:
        """A constant input over a window."""
        index = _CONSTANT["input", name]
        self.add(max(start, 0.0), code.SET_CONSTANT, index, value)
        if stop is not None:
            self.add(stop, code.SET_CONSTANT, index, rest)

    def follow(
        self, name: str, period: float, times: NDArray[Any], values: NDArray[Any], start: float, stop: float | None
    ) -> None:
        """Hold a state or signal at a trajectory over a window."""
        if name in _STATE:
            kind, index = 0, _STATE[name]
        else:
            kind, index = 1, _CONSTANT["held_at", name]
            self.set_held(name, start, stop)
        number = len(self.tables)
        self.tables.append((kind, index, period, times, values))
        self.add(start, code.TABLE_ON, number)
        if stop is not None:
            self.add(stop, code.TABLE_OFF, number)

    def set_held(self, name: str, start: float, stop: float | None) -> None:
        """Switch a signal from computed to held over a window."""
        index = _CONSTANT["held", name]
        self.add(start, code.SET_CONSTANT, index, 1.0)
        if stop is not None:
            self.add(stop, code.SET_CONSTANT, index, 0.0)

    def arrays(self, since: float = 0.0) -> tuple[NDArray[Any], ...]:
        """Events from `since` on, and tables, as the arrays that `integrate` takes after `stop`."""
        chosen = sorted((e for e in self.events if e[0] >= since), key=lambda e: e[0])
        time, kind, index, value = (list(column) for column in zip(*chosen, strict=True)) if chosen else ([],) * 4
        bounds = np.cumsum([0] + [len(t[3]) for t in self.tables])
        joined = [np.concatenate([t[i] for t in self.tables]) if self.tables else np.empty(0) for i in (3, 4)]
        slopes = [_slopes(t[3], t[4]) for t in self.tables]
        return (
            np.array(time, float), np.array(kind, np.int64), np.array(index, np.int64), np.array(value, float),
            np.array([t[0] for t in self.tables], np.int64), np.array([t[1] for t in self.tables], np.int64),
            bounds.astype(np.int64), np.array([t[2] for t in self.tables], float),
            joined[0], joined[1], np.concatenate(slopes) if slopes else np.empty(0),
        )


def _slopes(times: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Shape-preserving slopes at the knots, so that what is followed does not overshoot."""
    if len(times) < 3:
        return np.full(len(times), (values[-1] - values[0]) / (times[-1] - times[0]) if len(times) > 1 else 0.0)
    from scipy.interpolate import PchipInterpolator

    slopes: NDArray[Any] = PchipInterpolator(times, values).derivative()(times)
    return slopes


def pulse_times(pulses_per_day: float, night: float) -> list[tuple[float, float]]:
    """Clock minute and size of each hypothalamic pulse: evenly spaced, largest in early sleep."""
    n = round(pulses_per_day)
    found = []
    for k in range(n):
        at = (k + 0.5) * DAY / n
        apart = min(abs(at - NIGHT), DAY - abs(at - NIGHT))
        found.append((at, 1.0 + (night - 1.0) * float(np.exp(-((apart / NIGHT_WIDTH) ** 2)))))
    return found


def _daily(plan: Plan, clock_time: float) -> Iterable[float]:
    """The run times at which the clock shows `clock_time`."""
    first = (clock_time - plan.clock) % DAY
    return np.arange(first, plan.stop, DAY).tolist()


def _eat(plan: Plan, at: float, carbohydrate: float, energy: float, kind: int) -> None:
    plan.add(at, kind, _STATE["stomach"], carbohydrate)
    plan.add(at, kind, _STATE["food_energy"], energy)
    plan.add(at, code.MARK_MEAL)


def habitual(plan: Plan, parameters: dict[str, float], meals: bool, skipped: Callable[[float], bool]) -> None:
    """Meals and pulses of the habitual day; `skipped(time)` says which meals are not eaten."""
    index = _STATE["pulse"]
    for clock_time, size in pulse_times(parameters["pulses_per_day"], parameters["night_pulse"]):
        for at in _daily(plan, clock_time):
            plan.add(at, code.ADD, index, size)
    if not meals:
        return
    for clock_time, share in zip(MEAL_TIMES, MEAL_SHARES, strict=True):
        energy = parameters["habitual_intake"] * share
        carbohydrate = energy * parameters["carbohydrate_share"] / MJ_PER_MMOL_CARBOHYDRATE
        for at in _daily(plan, clock_time):
            if not skipped(at):
                _eat(plan, at, carbohydrate, energy, code.ADD_MEAL)


@dataclass(frozen=True)
class Person:
    """What planning needs to know of the body that the protocol is done to."""

    parameters: dict[str, float]  # declared units
    weight: float  # kg, at rest
    rest_time: NDArray[Any]  # min of the clock, 0 to 1440
    rest: Callable[[str], NDArray[Any]]  # a state or signal over that day


def _total(rate: Rate, person: Person) -> float:
    return rate.value * person.weight if rate.per_kg else rate.value


def make_plan(
    protocol: Sequence[ProtocolStep], person: Person, duration: float, clock: float, meals: bool
) -> tuple[Plan, dict[str, int], dict[str, float]]:
    """The plan, which therapy is in which drug slot, and the slots' parameters (declared units).

    Raises InputError for more than two therapies, or a hold at an arm that was not run first.
    """
    plan = Plan(duration, clock)
    away = [(s.start, s.stop) for s in protocol if isinstance(s, steps.Fast)]
    away += [(s.start, s.stop) for s in protocol if isinstance(s, steps.DailyMeals)]

    def skipped(at: float) -> bool:
        return any(a <= at and (b is None or at < b) for a, b in away)

    slots: dict[str, int] = {}
    slot_parameters: dict[str, float] = {}
    for step in protocol:
        _plan_step(plan, step, person, slots, slot_parameters)
    habitual(plan, person.parameters, meals, skipped)
    return plan, slots, slot_parameters


def _plan_step(
    plan: Plan, step: ProtocolStep, person: Person, slots: dict[str, int], slot_parameters: dict[str, float]
) -> None:
    match step:
        case steps.Meal():
            _eat(plan, step.at, step.carbohydrate, step.energy, code.ADD)
        case steps.OralGlucose():
            _eat(plan, step.at, step.amount, step.amount * MJ_PER_MMOL_CARBOHYDRATE, code.ADD)
        case steps.DailyMeals():
            for i, clock_time in enumerate(step.times):
                for at in _daily(plan, clock_time):
                    if at >= step.start and (step.stop is None or at < step.stop):
                        _eat(plan, at, step.carbohydrate[i], step.energy[i], code.ADD)
        case steps.Fast():
            pass  # habitual meals are left out of the window
        case steps.GlucoseBolus():
            volume = person.parameters["glucose_volume"] * float(person.rest("lean")[0])
            plan.add(step.at, code.ADD, _STATE["glucose"], step.amount / volume)
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
            plan.set_input("diet", step.energy, step.start, step.stop, rest=1.0)
        case steps.GlucoseClamp():
            for i, level in enumerate(step.levels):
                end = step.levels[i + 1].start if i + 1 < len(step.levels) else step.stop
                times = np.array([level.start])
                plan.follow("glucose", 0.0, times, np.array([level.level]), level.start, end)
        case steps.GlucoseProfile():
            if step.frame is None:
                raise InputError(f"arm '{step.arm}' has to be run before its glucose can be replayed")
            times, values = _column(step.frame, "glucose_mmol_l")
            plan.follow("glucose", 0.0, times, values, step.start, step.stop)
        case steps.Hold():
            _plan_hold(plan, step, person)
        case steps.Dose():
            _plan_dose(plan, step, slots, slot_parameters)


def _column(source: Any, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Times and values of a recorded trajectory: a Run, or a data frame over minutes."""
    times = source.time_min if hasattr(source, "time_min") else source.index
    return np.asarray(times, float), np.asarray(source[name], float)


def _plan_hold(plan: Plan, step: steps.Hold, person: Person) -> None:
    name = steps.HELD_AS.get(step.name, step.name)
    if isinstance(step.at, steps.ArmReference):
        raise InputError(f"arm '{step.at.arm}' has to be run before '{step.name}' can be held at it")
    if isinstance(step.at, str):  # baseline
        shifted = (person.rest_time - plan.clock) % DAY
        order = np.argsort(shifted[:-1], kind="stable")
        times = np.append(shifted[:-1][order], DAY + shifted[:-1][order][0])
        values = person.rest(name)[:-1][order]
        plan.follow(name, DAY, times, np.append(values, values[0]), step.start, step.stop)
    elif isinstance(step.at, Trajectory):
        plan.follow(name, 0.0, *_column(step.at, name), step.start, step.stop)
    else:
        plan.follow(name, 0.0, np.array([step.start]), np.array([float(step.at)]), step.start, step.stop)


def _plan_dose(plan: Plan, step: steps.Dose, slots: dict[str, int], slot_parameters: dict[str, float]) -> None:
    therapy = step.therapy
    if therapy.id not in slots:
        if len(slots) == 2:
            raise InputError(f"a body takes two drugs at once; '{therapy.id}' would be the third")
        slots[therapy.id] = len(slots) + 1
        slot_parameters |= {f"drug{len(slots)}_{name}": value for name, value in therapy.parameters.items()}
    depot = _STATE[f"drug{slots[therapy.id]}_depot"]
    stop = plan.stop if step.stop is None else min(step.stop, plan.stop)
    times = [step.start] if step.every is None else np.arange(step.start, stop, step.every).tolist()
    for at in times:
        plan.add(at, code.ADD, depot, step.amount / therapy.molar_mass_g_mol * 1e6)

