"""Runs that two judges are held equal by: thinned, kept in tests/exchange/lab_runs.json.gz, with their verdicts.

`python tools/lab_record.py` writes them. A judge sees a kept run as it sees any other; that it is coarse does not
matter, since both judges see the same.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from metabosim.claims import bench_of, judge_claim
from metabosim.engine import simulate
from metabosim.protocol import STEPS, ArmReference, GlucoseProfile, Hold
from metabosim.protocol.converted import Converted
from metabosim.scenario import Arm, Scenario
from metabosim.scenario.vocabulary.checks_cause import Correlates
from metabosim.units import Rate

FILE = Path(__file__).resolve().parents[1] / "tests" / "exchange" / "lab_runs.json.gz"
KINDS = {step: kind for kind, step in STEPS.items()}
MORNING = 420.0
PER_WINDOW, THROUGHOUT = 14, 24  # rows that are kept
DIGITS = 5
REST_MINUTES = np.arange(0.0, 1441.0, 60.0)

Json: TypeAlias = dict[str, Any]
Floats: TypeAlias = NDArray[np.float64]


def short(value: float) -> float:
    """A number as it is kept."""
    return float(f"{value:.{DIGITS}g}")


# --- arms as JSON -----------------------------------------------------------------------------


def arm_json(arm: Arm) -> Json:
    """An arm in the inside units, as js/lab/arms.js makes it; runs that it replays by their numbers."""
    return {
        "subject": arm.subject.id,
        "duration": arm.duration,
        "start": arm.start,
        "levers": arm.levers,
        "lifelong": arm.lifelong,
        "parameters": arm.parameters,
        "variants": list(arm.variants),
        "protocol": [_step(step) for step in arm.protocol],
    }


def _step(step: Any) -> Json:
    values = {
        name: getattr(step, name)
        for name, item in vars(type(step)).items()
        if isinstance(item, Converted)
    }
    if isinstance(step, GlucoseProfile):
        values |= {"arm": step.arm} if step.arm else {"run": step.frame.number}
    return {
        KINDS[type(step)]: {
            name: _value(value) for name, value in values.items() if value is not None
        }
    }


def _value(value: Any) -> Any:
    match value:
        case ArmReference():
            return {"arm": value.arm}
        case Kept():
            return {"run": value.number}
        case Rate():
            return {"value": value.value, "per_kg": True} if value.per_kg else value.value
        case tuple() if hasattr(value, "_asdict"):
            return value._asdict()
        case tuple():
            return [_value(item) for item in value]
        case str() | float() | int():
            return value
    return value.id  # a therapy


# --- runs that are kept -----------------------------------------------------------------------


@dataclass
class Kept:
    """A run of which some rows of some columns are kept."""

    number: int
    arm: Json
    time_min: Floats
    columns: dict[str, Floats]
    rest_columns: dict[str, Floats]
    start: str
    m_values: list[tuple[float, Json, float]] = field(default_factory=list)
    clamps: list[tuple[float, Json, Kept]] = field(default_factory=list)
    run: Any = None  # what it was kept of

    @property
    def names(self) -> list[str]:
        """Its columns."""
        return list(self.columns)

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]

    @property
    def rest(self) -> _Day:
        """The habitual day, hour by hour."""
        return _Day(REST_MINUTES, self.rest_columns)

    def baseline(self, name: str) -> float:
        """Mean of the hourly values."""
        day = self.rest_columns[name]
        return float(np.mean(0.5 * (day[1:] + day[:-1])))

    def fasting_baseline(self, name: str) -> float:
        """At 07:00."""
        return float(self.rest_columns[name][int(MORNING // 60)])

    def m_value(self, at: float, **options: Any) -> float:
        """M, kept when it is first asked for."""
        for when, how, value in self.m_values:
            if when == at and how == options:
                return value
        value = short(self.run.m_value(at, **options))
        self.m_values.append((at, options, value))
        return value

    def clamp(self, at: float, **options: Any) -> Kept:
        """A clamp, kept when it is first asked for."""
        for when, how, kept in self.clamps:
            if when == at and how == options:
                return kept
        names = tuple(dict.fromkeys([*self.columns, "insulin_pmol_l"]))
        kept = keep(-1, {}, self.run.clamp(at, **options), names, [])
        self.clamps.append((at, options, kept))
        return kept


@dataclass(frozen=True)
class _Day:
    time_min: Floats
    columns: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]


def keep(number: int, arm: Json, run: Any, names: tuple[str, ...], windows: list[Any]) -> Kept:
    """Some rows of a run: the same ones of runs that are looked at alike."""
    time = np.asarray(run.time_min, float)
    seed = int.from_bytes(hashlib.sha256(time.tobytes()).digest()[:4], "little")
    random = np.random.default_rng(seed)
    rows = {
        0,
        len(time) - 1,
        *random.choice(len(time), min(THROUGHOUT, len(time)), replace=False).tolist(),
    }
    for window in windows:
        inside = np.flatnonzero(
            (time >= (window.start or 0.0))
            & (time <= (np.inf if window.stop is None else window.stop))
        )
        if inside.size:
            rows |= set(random.choice(inside, min(PER_WINDOW, inside.size), replace=False).tolist())
    chosen = sorted(rows)
    kept = np.vectorize(short, otypes=[float])
    return Kept(
        number,
        arm,
        time[chosen],
        {name: kept(run[name][chosen]) for name in names},
        {
            name: kept(run.rest[name][::60])
            if not name.startswith("drug_")
            else np.zeros(REST_MINUTES.size)
            for name in names
        },
        run.start,
        run=run,
    )


class Recorder:
    """Simulates, and keeps every run for a scenario's checks."""

    def __init__(self, scenario: Scenario) -> None:
        self.kept: list[Kept] = []
        checks = (*scenario.checks, scenario.positive_control)
        self.names = tuple(
            dict.fromkeys(name for check in checks for name in check.observables_used())
        )
        self.windows = [window for check in checks for window in check.windows()]

    def __call__(self, **arguments: Any) -> Kept:
        """Stands in for the engine's `simulate`."""
        given = {k: v for k, v in arguments.items() if k not in {"output", "tolerance"}}
        arm = json.loads(json.dumps(arm_json(Arm(**given))))
        if (known := _of_arm(arm, self.kept)) is not None:
            return known
        run = simulate(**{**arguments, "protocol": tuple(map(_with_runs, arguments["protocol"]))})
        self.kept.append(keep(len(self.kept), arm, run, self.names, self.windows))
        return self.kept[-1]


def _with_runs(step: Any) -> Any:
    """A step that follows what a run was, not what was kept of it."""
    if isinstance(step, Hold) and isinstance(step.at, Kept):
        return replace(step, at=step.at.run)
    if isinstance(step, GlucoseProfile) and isinstance(step.frame, Kept):
        return replace(step, frame=step.frame.run)
    return step


def _of_arm(arm: Json, kept: list[Kept]) -> Kept | None:
    return next((one for one in kept if one.arm == arm), None)


class Replay:
    """Gives the kept run of an arm."""

    def __init__(self, kept: list[Kept]) -> None:
        self.kept = kept

    def __call__(self, **arguments: Any) -> Kept:
        """Stands in for the engine's `simulate`; LookupError for an arm that was never run."""
        given = {k: v for k, v in arguments.items() if k not in {"output", "tolerance"}}
        wanted = json.loads(json.dumps(arm_json(Arm(**given))))
        if (known := _of_arm(wanted, self.kept)) is not None:
            return known
        raise LookupError(f"no run is kept of {wanted}")


# --- verdicts on them -------------------------------------------------------------------------


def quick_already(scenario: Scenario) -> bool:
    """Whether it has no trial."""
    return quick(scenario) == scenario


def quick(scenario: Scenario) -> Scenario:
    """The scenario without trials, which are not judged by a page."""
    kept = tuple(check for check in scenario.checks if not isinstance(check, Correlates))
    return scenario.model_copy(update={"checks": kept})


def claims(scenario: Scenario, run: Callable[..., Any]) -> Json:
    """The verdicts of the claim and of its knock-outs, the former under ""."""
    few = quick(scenario)
    found = {}
    for name, arms in [
        ("", few.arms),
        *((one.name, few.knocked_out(one)) for one in few.must_fail_when),
    ]:
        claim = judge_claim(few, bench_of(few, run).fresh(dict(arms)), None)
        found[name] = {
            "checks": [_check(check) for check in claim.checks],
            "positive_control": _check(claim.positive_control),
        }
    return found


def _check(check: Any) -> Json:
    return {
        "id": check.id, "kind": check.kind, "verdict": str(check.verdict), "margin": check.margin,
        "unit": check.unit, "relative": check.margin_relative, "error": check.numerical_error,
        "says": check.statement_rendered,
    }  # fmt: skip


# --- the file ---------------------------------------------------------------------------------


def packed(scenario: Scenario, kept: list[Kept], found: Json) -> Json:
    """What the file has of a scenario; times and rests that runs share stand once."""
    times: list[list[float]] = []
    rests: list[Json] = []

    def place(table: list[Any], item: Any) -> int:
        if item not in table:
            table.append(item)
        return table.index(item)

    def run(one: Kept) -> Json:
        return {
            "arm": one.arm,
            "start": one.start,
            "time": place(times, one.time_min.tolist()),
            "rest": place(rests, {name: day.tolist() for name, day in one.rest_columns.items()}),
            "columns": {name: column.tolist() for name, column in one.columns.items()},
            "m_values": [list(item) for item in one.m_values],
            "clamps": [[at, how, run(clamp)] for at, how, clamp in one.clamps],
        }

    runs = [run(one) for one in kept]
    return {
        "claim": scenario.claim_hash,
        "times": times,
        "rests": rests,
        "runs": runs,
        "claims": found,
    }


def unpacked(content: Json) -> list[Kept]:
    """The kept runs of a scenario, as the file has them."""

    def run(number: int, one: Json) -> Kept:
        return Kept(
            number,
            one["arm"],
            np.array(content["times"][one["time"]]),
            {name: np.array(column, float) for name, column in one["columns"].items()},
            {name: np.array(day, float) for name, day in content["rests"][one["rest"]].items()},
            one["start"],
            [(at, how, value) for at, how, value in one["m_values"]],
            [(at, how, run(-1, clamp)) for at, how, clamp in one["clamps"]],
        )

    return [run(number, one) for number, one in enumerate(content["runs"])]


def load() -> dict[str, Json]:
    """The file: by scenario."""
    found: dict[str, Json] = json.loads(gzip.decompress(FILE.read_bytes()))
    return found


def save(scenarios: Mapping[str, Json]) -> None:
    """Write the file; the same content gives the same bytes."""
    text = json.dumps(dict(sorted(scenarios.items())), separators=(",", ":"), ensure_ascii=False)
    FILE.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
