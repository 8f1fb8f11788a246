"""The small types a scenario is built of, each refusing what cannot be meant."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)

from metabosim.body import LEVERS, VARIANTS
from metabosim.datafile import parameter_faults
from metabosim.errors import Fault, ImplausibleWarning, InputError, did_you_mean
from metabosim.levers import HIGHEST, LOWEST, checked_levers
from metabosim.protocol import ProtocolStep, make_step, step_schema
from metabosim.protocol.converted import QUANTITY_SCHEMA, Schema
from metabosim.scenario.faults import reported
from metabosim.subjects import Subject, list_subjects, load_subject, settable_parameters
from metabosim.therapies import load_therapy
from metabosim.units import parse_quantity


class Part(BaseModel):
    """Base of everything in a scenario: frozen, and no field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


# pieces of the JSON Schema that stand in it once and are referred to
SHARED_SCHEMA: Final[dict[str, Schema]] = {}


def _shared(name: str, schema: Schema) -> WithJsonSchema:
    """Put a piece into SHARED_SCHEMA, and a reference to it in its place."""
    SHARED_SCHEMA[name] = schema
    return WithJsonSchema({"x-shared": name})


def _numbers_schema(properties: Mapping[str, Schema]) -> Schema:
    """JSON Schema of names and numbers."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"type": "number", **schema} for name, schema in sorted(properties.items())
        },
    }


def _quantity(unit: str) -> BeforeValidator:
    return BeforeValidator(reported(lambda value, info: parse_quantity(value, unit)))


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
ArmName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=40)]
Minutes = Annotated[
    float, _quantity("min"), Field(ge=0), WithJsonSchema({**QUANTITY_SCHEMA, "examples": ["8 h"]})
]
LONGEST: Final = 100 * 525_600.0  # min; nobody is simulated for longer than a life


def _duration(value: Any, info: ValidationInfo) -> float:
    minutes = parse_quantity(value, "min")
    if minutes > LONGEST:
        raise InputError(f"must be at most 100 years, got {value}", hint="check the unit")
    return minutes


Duration = Annotated[
    float,
    BeforeValidator(reported(_duration)),
    Field(gt=0),
    WithJsonSchema({**QUANTITY_SCHEMA, "examples": ["1 d", "26 weeks"]}),
]
Share = Annotated[
    float,
    _quantity("1"),
    Field(gt=0, lt=1),
    WithJsonSchema({**QUANTITY_SCHEMA, "examples": ["90 %"]}),
]
WholeNumber = Annotated[int, Field(strict=True, ge=0)]
Start = Literal["midnight", "fasting"]


def _subject(value: Any, info: ValidationInfo) -> Subject:
    if isinstance(value, Subject):
        return value
    return load_subject(_own_file(value, info, "subject"))


def _own_file(value: Any, info: ValidationInfo, what: str) -> str | Path:
    """A bundled name, or a .yaml file beside the scenario or below it, never outside; noted if the context asks."""
    if not isinstance(value, str) or not value:
        raise InputError(f"expected the name of a {what}")
    if not value.endswith((".yaml", ".yml")):
        return value
    context = info.context or {}
    folder: Path = context.get("folder", Path())
    if not (folder / value).resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"'{value}' leads out of the scenario's folder", hint="put the file beside the scenario"
        )
    if "files" in context:
        context["files"].add(Path(os.path.normpath(value)))
    return folder / value


SubjectName = Annotated[
    Subject,
    PlainValidator(reported(_subject)),
    WithJsonSchema({"type": "string", "examples": list_subjects()}),
]


def _step(value: Any, info: ValidationInfo) -> ProtocolStep:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise InputError("expected one step, such as meal: {at: 8 h, carbohydrate: 75 g}")
    ((kind, fields),) = value.items()
    if not isinstance(fields, Mapping):
        raise InputError(Fault(f"expected the fields of {kind}, in braces", field=str(kind)))
    if kind == "dose" and str(fields.get("therapy", "")).endswith((".yaml", ".yml")):
        fields = {**fields, "therapy": load_therapy(_own_file(fields["therapy"], info, "therapy"))}
    try:
        return make_step(kind, fields)
    except InputError as error:
        raise error.within(kind) from None


Step = Annotated[Any, PlainValidator(reported(_step)), _shared("Step", step_schema())]


def lever_faults(values: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with levers; each fault's field is the lever's name."""
    try:
        checked_levers(values)
    except InputError as error:
        names = [(fault.field or "").removeprefix("levers.") for fault in error.faults]
        return [replace(f, field=name) for f, name in zip(error.faults, names, strict=True)]
    return []


def _levers(value: Any, info: ValidationInfo) -> dict[str, float]:
    names = _mapping(value, "levers and numbers, such as {insulin_action: 0}")
    if faults := lever_faults(names):
        raise InputError(faults)
    return {name: float(number) for name, number in names.items()}


def _parameters(value: Any, info: ValidationInfo) -> dict[str, float]:
    names = _mapping(value, "parameters and numbers")
    found = parameter_faults(names, settable_parameters())
    if found.wrong:
        raise InputError(found.wrong)
    for fault in found.implausible:
        warnings.warn(f"parameters: {fault}", ImplausibleWarning, stacklevel=2)
    return {name: float(number) for name, number in names.items()}


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"expected {what}")
    return value


LeverValues = Annotated[
    dict[str, float],
    PlainValidator(reported(_levers)),
    _shared(
        "Levers",
        _numbers_schema(
            {
                name: {"minimum": LOWEST, "maximum": HIGHEST, "description": item.text}
                for name, item in LEVERS.items()
            }
        ),
    ),
]
ParameterValues = Annotated[
    dict[str, float],
    PlainValidator(reported(_parameters)),
    _shared(
        "Parameters",
        _numbers_schema(
            {
                name: {"description": f"{kind.text} ({kind.unit})"}
                for name, kind in settable_parameters().items()
            }
        ),
    ),
]


_VARIANTS: Final = sorted(name.replace("_", "-") for name in VARIANTS)


def _variant(value: Any, info: ValidationInfo) -> str:
    if value not in _VARIANTS:
        hint = did_you_mean(str(value), _VARIANTS) or f"one of {', '.join(_VARIANTS)}"
        raise InputError(f"unknown variant '{value}'", hint=hint)
    return str(value)


Variant = Annotated[str, PlainValidator(reported(_variant)), WithJsonSchema({"enum": _VARIANTS})]
