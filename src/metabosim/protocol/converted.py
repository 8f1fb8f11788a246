"""Dataclass fields that take text with a unit and give plain numbers back.

    @dataclass(frozen=True)
    class Meal(Record):
        at: Number = quantity("min")            # Meal("8 h").at == 480.0

A type checker sees what each field takes (`str | float`) and what it gives (`float`). A `Record`
raises one InputError with the faults of all its fields.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast, overload

from metabosim.errors import Fault, InputError
from metabosim.units import Rate, parse_quantity, parse_rate

Taken = TypeVar("Taken")
Given = TypeVar("Given")
Schema: TypeAlias = dict[str, Any]

REQUIRED: Final[Any] = object()
QUANTITY_SCHEMA: Final[Schema] = {"type": ["string", "number"]}


class Converted(Generic[Taken, Given]):
    """A field that takes a `Taken` and gives the `Given` that `convert` made of it.

    `convert` also sees the record, for what depends on an earlier field. What it refuses is kept
    for the record to raise. `schema` describes in JSON Schema what the field takes.
    """

    def __init__(
        self,
        convert: Callable[[Taken, Record], Given],
        default: Taken = REQUIRED,
        schema: Schema | None = None,
    ) -> None:
        self.convert, self.default, self.schema = convert, default, schema or {}

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, record: None, owner: type) -> Taken: ...
    @overload
    def __get__(self, record: Record, owner: type) -> Given: ...
    def __get__(self, record: Record | None, owner: type) -> Given | Taken:
        if record is not None:
            return cast("Given", record.__dict__[self.name])
        if self.default is REQUIRED:
            raise AttributeError(self.name)  # so that the dataclass sees a field without default
        return self.default

    def __set__(self, record: Record, value: Taken) -> None:
        try:
            record.__dict__[self.name] = self.convert(value, record)
        except InputError as error:
            record.__dict__.setdefault("_faults", []).extend(error.within(self.name).faults)


@dataclass(frozen=True)
class Record:
    """A frozen dataclass of converted fields, all faults raised at once."""

    def __post_init__(self) -> None:
        faults = self.__dict__.pop("_faults", None) or list(self.check())
        if faults:
            raise InputError(faults)

    def check(self) -> Iterator[Fault]:
        """Faults between fields; called when each field by itself is right."""
        yield from ()


Number: TypeAlias = Converted[str | float, float]
OptionalNumber: TypeAlias = Converted[str | float | None, float | None]
RateNumber: TypeAlias = Converted[str | float | Rate, Rate]


def quantity(unit: str, default: str | float = REQUIRED, *, above: float | None = None) -> Number:
    """A number in `unit`, at least zero; with `above`, more than that."""

    def convert(value: str | float, record: Record) -> float:
        return bounded(value, parse_quantity(value, unit), above)

    return Converted(convert, default, QUANTITY_SCHEMA)


def optional_quantity(unit: str) -> OptionalNumber:
    """A number in `unit`, above zero, or None."""

    def convert(value: str | float | None, record: Record) -> float | None:
        return None if value is None else bounded(value, parse_quantity(value, unit), 0.0)

    return Converted(convert, None, QUANTITY_SCHEMA)


def rate(unit: str) -> RateNumber:
    """A rate in `unit`, at least zero, perhaps per kg of body weight."""

    def convert(value: str | float | Rate, record: Record) -> Rate:
        result = parse_rate(value, unit)
        bounded(value, result.value)
        return result

    return Converted(convert, schema=QUANTITY_SCHEMA)


def bounded(written: object, number: float, above: float | None = None) -> float:
    """`number`, if it is at least zero or, with `above`, more than that; InputError otherwise."""
    if above is None and number < 0:
        raise InputError(f"must be at least 0, got {written}")
    if above is not None and number <= above:
        raise InputError(f"must be above {above:g}, got {written}")
    if not math.isfinite(number):
        raise InputError(f"must be finite, got {written}")
    return number
