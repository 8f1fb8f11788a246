"""What is done to a body, and when: the steps of a protocol.

Each step is a frozen dataclass whose fields take text with a unit ("75 g", "8 h") or a bare number
in the inside unit, and give floats in the inside unit back. Time 0 is midnight of day 0;
`stop=None` means until the end of the run. In a scenario file the same steps are single-key
mappings named in snake case (`STEPS`): `meal: {at: 8 h, carbohydrate: 75 g}`.

A step that is wrong raises InputError with all its faults, each naming its field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, Final, TypeAlias

from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.protocol.converted import Schema
from metabosim.protocol.infusions import (
    ClampLevel,
    GlucoseBolus,
    GlucoseClamp,
    GlucoseInfusion,
    GlucoseProfile,
    HormoneInfusion,
    InsulinInfusion,
)
from metabosim.protocol.interventions import HELD_AS, Activity, Dose, Hold, holdable
from metabosim.protocol.meals import DailyMeals, Diet, Fast, Meal, OralGlucose
from metabosim.protocol.step import ArmReference, Step, Trajectory

__all__ = [
    "HELD_AS",
    "STEPS",
    "Activity",
    "ArmReference",
    "ClampLevel",
    "DailyMeals",
    "Diet",
    "Dose",
    "Fast",
    "GlucoseBolus",
    "GlucoseClamp",
    "GlucoseInfusion",
    "GlucoseProfile",
    "Hold",
    "HormoneInfusion",
    "InsulinInfusion",
    "Meal",
    "OralGlucose",
    "ProtocolStep",
    "Step",
    "Trajectory",
    "holdable",
    "make_step",
    "step_schema",
]

ProtocolStep: TypeAlias = (
    Meal
    | DailyMeals
    | Fast
    | OralGlucose
    | GlucoseBolus
    | GlucoseInfusion
    | GlucoseProfile
    | GlucoseClamp
    | InsulinInfusion
    | HormoneInfusion
    | Activity
    | Dose
    | Diet
    | Hold
)

STEPS: Final[dict[str, type[ProtocolStep]]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", step.__name__).lower(): step for step in ProtocolStep.__args__
}


def make_step(kind: str, values: Mapping[str, Any]) -> ProtocolStep:
    """The step that a scenario file names `kind` and gives `values`; InputError if it is wrong."""
    if kind not in STEPS:
        raise InputError(
            f"unknown step '{kind}'",
            hint=did_you_mean(kind, STEPS) or f"one of {', '.join(STEPS)}",
        )
    step = STEPS[kind]
    names = {item.name for item in fields(step)}
    faults = [
        Fault(
            f"unknown field '{name}'", field=name, hint=did_you_mean(name, names) or _one_of(names)
        )
        for name in values
        if name not in names
    ]
    missing = [
        Fault("is missing", field=item.name)
        for item in fields(step)
        if item.default is MISSING and item.name not in values
    ]
    try:
        if not missing:
            made = step(**{name: value for name, value in values.items() if name in names})
    except InputError as error:
        faults += error.faults
    if faults or missing:
        raise InputError([*faults, *missing])
    return made


def _one_of(names: set[str]) -> str:
    return f"known fields: {', '.join(sorted(names))}"


def step_schema() -> Schema:
    """JSON Schema of one step as a scenario file writes it: a mapping with a single key."""
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {kind: _fields_schema(step) for kind, step in STEPS.items()},
    }


def _fields_schema(step: type[ProtocolStep]) -> Schema:
    return {
        "type": "object",
        "description": (step.__doc__ or "").split("\n\n")[0],
        "additionalProperties": False,
        "properties": {
            item.name: getattr(vars(step)[item.name], "schema", {"type": "string"})
            for item in fields(step)
        },
        "required": [item.name for item in fields(step) if item.default is MISSING],
    }
