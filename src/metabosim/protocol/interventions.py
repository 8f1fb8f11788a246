"""Doses of a therapy, exercise, and holds: a state or signal kept where it would not stay."""

# ruff: noqa: RUF009 - the calls make descriptors, meant to be shared by all instances

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from metabosim.errors import InputError, did_you_mean
from metabosim.protocol.converted import (
    QUANTITY_SCHEMA,
    Converted,
    Number,
    OptionalNumber,
    Record,
    bounded,
    optional_quantity,
    quantity,
)
from metabosim.protocol.step import NAME_SCHEMA, ArmReference, Step, Trajectory
from metabosim.therapies import Therapy, list_therapies, load_therapy
from metabosim.units import MOLAR_MASS, parse_for_column, parse_quantity


@dataclass(frozen=True)
class Activity(Step):
    """Exercise: `energy` MJ spent on top of the habitual, spread over the window."""

    energy: Number = quantity("MJ")
    start: Number = quantity("min")
    stop: OptionalNumber = optional_quantity("min")


def _therapy(value: str | Therapy, record: Record) -> Therapy:
    return value if isinstance(value, Therapy) else load_therapy(value)


def _dose_amount(value: str | float, record: Record) -> float:
    therapy = record.__dict__.get("therapy")
    molar_mass = therapy.molar_mass_g_mol if therapy else MOLAR_MASS["insulin"]
    return bounded(value, parse_quantity(value, "mg", molar_mass=molar_mass))


@dataclass(frozen=True)
class Dose(Step):
    """`amount` mg of a therapy at `start`, and again `every` so often before `stop`.

    Units of insulin and moles are converted by the therapy's molar mass.
    """

    therapy: Converted[str | Therapy, Therapy] = Converted(
        _therapy, schema={**NAME_SCHEMA, "examples": list_therapies()}
    )
    amount: Number = Converted(_dose_amount, schema=QUANTITY_SCHEMA)
    start: Number = quantity("min", 0.0)
    every: OptionalNumber = optional_quantity("min")
    stop: OptionalNumber = optional_quantity("min")


# observable -> the state or signal it reads, which is what is held
HELD_AS: Final[dict[str, str]] = {
    "glucose_mmol_l": "glucose",
    "insulin_pmol_l": "insulin",
    "glucagon_pmol_l": "glucagon",
    "glp1_pmol_l": "glp1",
    "ffa_mmol_l": "ffa",
    "triglycerides_mmol_l": "triglycerides",
    "gh_ug_l": "gh",
    "igf1_ug_l": "igf1",
    "inflammation_index": "inflammation",
    "vat_kg": "vat",
    "lean_kg": "lean",
    "liver_glycogen_mmol": "glycogen",
    "beta_cell_mass_index": "beta_mass",
    "beta_cell_function": "beta_function",
    "cellular_fuel_index": "cellular_fuel",
    "appetite_index": "appetite",
    "calcium_index": "calcium",
    "insulin_signalling_index": "insulin_signalling",
}

HoldAt: TypeAlias = str | float | Trajectory | ArmReference


def _held(value: str, record: Record) -> str:
    names = holdable()
    if not isinstance(value, str) or value not in names:
        raise InputError(
            f"'{value}' is nothing that can be held",
            hint=did_you_mean(str(value), names) or "see 'metabosim list observables'",
        )
    return value


def _hold_at(value: Any, record: Record) -> HoldAt:
    if value == "baseline" or isinstance(value, Trajectory | ArmReference):
        return value  # type: ignore[no-any-return]
    if isinstance(value, Mapping):
        if set(value) != {"arm"} or not isinstance(value["arm"], str):
            raise InputError("expected {arm: <name of another arm>}")
        return ArmReference(value["arm"])
    name = record.__dict__.get("name")
    if name is None:  # the name is at fault already, and the unit hangs on it
        return 0.0
    if isinstance(value, str) and value.isidentifier():
        raise InputError(
            f"cannot hold at '{value}'",
            hint=did_you_mean(value, ["baseline"])
            or "say baseline, a number, or {arm: <name of another arm>}",
        )
    column = next((column for column, held in HELD_AS.items() if held == name), name)
    if column in HELD_AS:
        return bounded(value, parse_for_column(value, column))
    return bounded(value, parse_quantity(value, holdable()[name]))


@dataclass(frozen=True)
class Hold(Step):
    """Hold a state or signal, whatever would move it.

    `at` is "baseline" (the arm's own rest), a number, a Run recorded before, or ArmReference(arm);
    in a scenario file `{arm: name}`. A Run is followed minute for minute.
    """

    name: Converted[str, str] = Converted(_held, schema=NAME_SCHEMA)
    at: Converted[HoldAt, HoldAt] = Converted(
        _hold_at,
        schema={
            "anyOf": [
                {"type": ["string", "number"]},
                {
                    "type": "object",
                    "properties": {"arm": NAME_SCHEMA},
                    "required": ["arm"],
                    "additionalProperties": False,
                },
            ]
        },
    )
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")


def holdable() -> dict[str, str]:
    """What can be held, each name with its unit: states, signals, and observables that read one."""
    from metabosim.body import SIGNALS, STATES

    units = {name: item.unit for name, item in {**STATES, **SIGNALS}.items()}
    return units | {column: units[name] for column, name in HELD_AS.items()}
