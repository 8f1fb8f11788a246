"""The whole measurement, as one record that the table and the plot are made of."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks import accuracy, cold, machine, measure, scaling, session
from benchmarks.cases import CASES, Case
from benchmarks.engines import BASELINE, ENGINES, simglucose
from benchmarks.limits import Limits, limits
from benchmarks.measure import Effort, Measured
from benchmarks.session import Session, say
from benchmarks.worker import Task

Record = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """How much is measured. Engines in `left_out` are named in the table as such."""

    name: str
    effort: Effort
    cold_repeats: int
    whole: bool  # also what compiles everything, and the demo
    scaling_longest: float  # s
    scaling_days: int
    scaling_people: int
    left_out: tuple[str, ...] = ()
    cases: tuple[str, ...] = tuple(CASES)


FULL = Extent("full", Effort(5, 1.5, 64), 5, True, 1.5, 3650, 64)
QUICK = Extent(
    "quick",
    Effort(3, 0.25, 16),
    1,
    False,
    0.25,
    182,
    8,
    ("roadrunner-bdf", "roadrunner-exported", "lsoda", "diffrax"),
    ("day", "weeks", "weekly", "years", "day-1000", "weekly-1000"),
)


def measured(extent: Extent) -> Record:
    """Measure everything; s as a rule, MB where memory is meant."""
    names = [name for name in ENGINES if name not in extent.left_out]
    begun = machine.load()
    say("the body's own limits")
    bounds = limits()
    with ExitStack() as stack:
        say("starting the engines, and finding each a tolerance")
        playing = stack.enter_context(session.session(names))
        cases = {}
        for case in (CASES[name] for name in extent.cases):
            say(case.title)
            rows = (
                measure.together(playing, case, extent.effort, stack)
                if case.people
                else measure.alone(playing, case, extent.effort)
            )
            rows += [_left_out(name, case) for name in extent.left_out if _is_for(name, case)]
            cases[case.name] = _case(case, rows, bounds)
        say("cost against days and people")
        longest = extent.scaling_longest
        curves = {
            "days": scaling.by_days(playing, longest, extent.scaling_days),
            "people": scaling.by_people(playing, longest, extent.scaling_people, stack),
        }
        engines = {name: _engine(name, playing, extent) for name in ENGINES}
    say("the reference, checked with another integrator")
    checks = {name: accuracy.checked(Task(name, days)).as_dict() for name, days in _CHECKED.items()}
    return {
        "extent": extent.name,
        "effort": asdict(extent.effort),
        "target": session.TARGET,
        "baseline": BASELINE.name,
        "machine": machine.described(_packages()),
        "load": [begun, machine.load()],
        "processes": session.cores(),
        "engines": engines,
        "cases": cases,
        "reference": {
            "tolerance": accuracy.REFERENCE,
            "checked_at": accuracy.CHECK,
            "apart": checks,
        },
        "starts": [asdict(start) for start in cold.starts(extent.cold_repeats, extent.whole)],
        "simglucose": _simglucose(extent),
        "limits": asdict(bounds),
        "curves": {name: [asdict(curve) for curve in found] for name, found in curves.items()},
    }


_CHECKED = {"day": 1, "weeks": 28, "weekly": 28, "years": 28}  # days


def _is_for(name: str, case: Case) -> bool:
    engine = ENGINES[name]
    return (engine.together if case.people else engine.alone) and case.days >= engine.least


def _left_out(name: str, case: Case) -> Measured:
    return Measured(name, case.name, failed="left out of a quick run")


def _packages() -> list[str]:
    found = {engine.package for engine in ENGINES.values()}
    rivals = sorted(found - set(machine.PACKAGES))
    return [*rivals, "jax", "jaxlib", "python-libsbml", simglucose.PACKAGE]


def _case(case: Case, rows: list[Measured], bounds: Limits) -> Record:
    baseline = next((row for row in rows if row.engine == BASELINE.name and not row.failed), None)
    return {
        "title": case.title,
        "scenario": case.scenario,
        "arm": case.arm,
        "days": case.days,
        "people": case.people,
        "looked_at_every_min": case.minutes,
        "rows": [_row(case, row, baseline, bounds) for row in rows],
    }


def _row(case: Case, row: Measured, baseline: Measured | None, bounds: Limits) -> Record:
    record = {name: value for name, value in vars(row).items() if name not in ("errors", "case")}
    record["errors"] = row.errors.as_dict() if row.errors else None
    if row.failed:
        return record
    record["median"] = row.median
    record["rates_alone"] = _rates_alone(case, row, bounds)
    record["times_baseline"] = measure.ratio(baseline, row) if baseline else None
    return record


def _rates_alone(case: Case, row: Measured, bounds: Limits) -> float | None:
    """What our own engines would take if there were nothing but the evaluations that they make, s."""
    each = {
        "scalar": bounds.alone_ns,
        "metabosim": bounds.alone_ns,
        "averaged": bounds.alone_ns,
        "lanes": bounds.lanes_ns,
        "lanes-averaged": bounds.lanes_ns,
    }.get(row.engine)
    if each is None or not row.evaluations:
        return None
    return row.evaluations * each * 1e-9 * row.scale


def _engine(name: str, playing: Session, extent: Extent) -> Record:
    engine = ENGINES[name]
    record: Record = {
        "title": engine.title,
        "package": engine.package,
        "version": machine.installed(engine.package),
        "note": engine.note,
    }
    if name in extent.left_out:
        return record | {"absent": "left out of a quick run"}
    if name in playing.absent:
        return record | {"absent": playing.absent[name]}
    player = playing.players[name]
    record |= {"tolerance": player.tolerance, "memory": player.memory}
    record |= {"importing": player.importing, "building": player.building, "first": player.first}
    return record


def _simglucose(extent: Extent) -> Record:
    """Seconds for a simulated day of another body, from a part of one."""
    if machine.installed(simglucose.PACKAGE) is None:
        return {"absent": f"not installed ({simglucose.PACKAGE})"}
    say("simglucose")
    minutes = 1440 if extent.whole else 144
    try:
        return {"seconds": simglucose.seconds_per_day(minutes), "minutes": minutes}
    except Exception as error:  # whatever goes wrong in it is reported, not ours to mend
        return {"absent": f"{type(error).__name__}: {error}"}
