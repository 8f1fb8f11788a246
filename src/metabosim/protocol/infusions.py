"""Into a vein: glucose, clamps, insulin and other hormones."""

# ruff: noqa: RUF009 - the calls make descriptors, meant to be shared by all instances

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.protocol.converted import (
    QUANTITY_SCHEMA,
    Converted,
    Number,
    OptionalNumber,
    RateNumber,
    Record,
    bounded,
    optional_quantity,
    quantity,
    rate,
)
from metabosim.protocol.step import Step, list_of, set_derived
from metabosim.units import MOLAR_MASS, Rate, parse_quantity, parse_rate

# name -> the unit its infusion rate is counted in, and g/mol where a mass may be given instead
HORMONES: Final[dict[str, tuple[str, float | None]]] = {
    "glucagon": ("pmol/min", MOLAR_MASS["glucagon"]),
    "glp1": ("pmol/min", MOLAR_MASS["glp1"]),
    "gh": ("ug/min", None),
    "somatostatin": ("pmol/min", MOLAR_MASS["somatostatin"]),
}


class ClampLevel(NamedTuple):
    """A level of a glucose clamp, in mmol/L, and the minute it starts."""

    level: float
    start: float


@dataclass(frozen=True)
class GlucoseBolus(Step):
    """`amount` mmol of glucose into a vein at once."""

    at: Number = quantity("min")
    amount: Number = quantity("mmol")


@dataclass(frozen=True)
class GlucoseInfusion(Step):
    """Glucose into a vein at a steady rate, mmol/min."""

    rate: RateNumber = rate("mmol/min")
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")


@dataclass(frozen=True)
class GlucoseProfile(Step):
    """Replay a glucose curve, minute for minute, by a computed infusion (isoglycaemic test).

    The curve is `frame` (a Run, or a DataFrame with a column `glucose_mmol_l` over minutes) or
    what the arm named `arm` records: give one of the two.
    """

    frame: Any = None
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")
    arm: str | None = None

    def check(self) -> Iterator[Fault]:
        """One curve is given."""
        yield from super().check()
        if (self.frame is None) == (self.arm is None):
            yield Fault("expected one curve: an 'arm', or in Python a 'frame'", field="arm")
        elif self.arm is not None and not isinstance(self.arm, str):
            yield Fault("expected the name of an arm", field="arm")


def _levels(value: Any, record: Record) -> tuple[ClampLevel, ...]:
    """Levels as given; a start that is not given is -1 until the clamp's window is known."""
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not items:
        raise InputError("expected at least one level", hint="such as [5 mmol/L, 10 mmol/L]")
    return tuple(_level(item) for item in items)


def _level(item: Any) -> ClampLevel:
    if isinstance(item, ClampLevel):
        return item
    start = -1.0
    if isinstance(item, Mapping):
        if set(item) != {"level", "start"}:
            raise InputError("expected a number, or {level: ..., start: ...}")
        item, start = item["level"], bounded(item["start"], parse_quantity(item["start"], "min"))
    return ClampLevel(bounded(item, parse_quantity(item, "mmol/L"), 0.0), start)


@dataclass(frozen=True)
class GlucoseClamp(Step):
    """Hold glucose at levels by a computed infusion, whose course the run reports.

    `levels`: one concentration, several that share the window equally, or pairs {level, start}
    whose starts are minutes of the run. They come back as ClampLevel(level, start).
    """

    levels: Converted[Any, tuple[ClampLevel, ...]] = Converted(
        _levels,
        schema={
            "anyOf": [
                QUANTITY_SCHEMA,
                list_of(
                    {
                        "anyOf": [
                            QUANTITY_SCHEMA,
                            {
                                "type": "object",
                                "properties": {"level": QUANTITY_SCHEMA, "start": QUANTITY_SCHEMA},
                                "required": ["level", "start"],
                                "additionalProperties": False,
                            },
                        ]
                    }
                ),
            ]
        },
    )
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")

    def check(self) -> Iterator[Fault]:
        """Starts are filled in, rise and lie in the window."""
        yield from super().check()
        starts = [level.start for level in self.levels]
        if all(start < 0 for start in starts):
            if self.stop is None and len(starts) > 1:
                yield Fault(
                    "several levels share a window that has no end",
                    field="stop",
                    hint="give 'stop', or a start for each level",
                )
                return
            share = (self.stop - self.start) / len(starts) if self.stop is not None else 0.0
            starts = [self.start + share * i for i in range(len(starts))]
            set_derived(
                self,
                "levels",
                tuple(ClampLevel(x.level, t) for x, t in zip(self.levels, starts, strict=True)),
            )
        end = math.inf if self.stop is None else self.stop
        if any(b <= a for a, b in pairwise(starts)) or not (
            starts[0] == self.start and starts[-1] < end
        ):
            yield Fault(
                "the starts of the levels must rise from the clamp's start to below its stop",
                field="levels",
                hint=f"the first one is {self.start:g} min",
            )


@dataclass(frozen=True)
class InsulinInfusion(Step):
    """Insulin into a vein at a steady rate, pmol/min; "1 mU/kg/min" is per kg of body weight."""

    rate: RateNumber = rate("pmol/min")
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")


def _hormone(value: str, record: Record) -> str:
    if not isinstance(value, str) or value not in HORMONES:
        raise InputError(
            f"unknown hormone '{value}'",
            hint=did_you_mean(str(value), HORMONES) or f"one of {', '.join(HORMONES)}",
        )
    return value


def _hormone_rate(value: str | float | Rate, record: Record) -> Rate:
    unit, molar_mass = HORMONES[record.__dict__.get("name", "gh")]
    result = parse_rate(value, unit, molar_mass=molar_mass)
    bounded(value, result.value)
    return result


@dataclass(frozen=True)
class HormoneInfusion(Step):
    """A hormone into a vein at a steady rate: pmol/min, and ug/min for `gh`."""

    name: Converted[str, str] = Converted(_hormone, schema={"enum": list(HORMONES)})
    rate: RateNumber = Converted(_hormone_rate, schema=QUANTITY_SCHEMA)
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")
