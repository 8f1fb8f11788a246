"""Eating: meals, daily patterns, fasts, glucose drinks and diets."""

# ruff: noqa: RUF009 - the calls make descriptors, meant to be shared by all instances

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from metabosim.errors import Fault
from metabosim.protocol.converted import (
    QUANTITY_SCHEMA,
    REQUIRED,
    Converted,
    Number,
    OptionalNumber,
    Record,
    bounded,
    optional_quantity,
    quantity,
)
from metabosim.protocol.step import Step, list_of, set_derived
from metabosim.units import MJ_PER_KCAL, MOLAR_MASS, parse_quantity

KCAL_PER_G_CARBOHYDRATE: Final = 4.0
CARBOHYDRATE_SHARE: Final = 0.5
"""Share of a meal's energy that is carbohydrate when its energy is not given (assumption)."""
MJ_PER_MMOL_CARBOHYDRATE: Final = (
    KCAL_PER_G_CARBOHYDRATE * MJ_PER_KCAL * MOLAR_MASS["glucose"] / 1e3
)
DAY: Final = 1440.0


def _per_meal(unit: str, default: Any) -> Converted[Any, tuple[float, ...]]:
    """One number for every meal, or a list with one number a meal; None gives ()."""

    def convert(value: Any, record: Record) -> tuple[float, ...]:
        if value is None:
            return ()
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        return tuple(bounded(item, parse_quantity(item, unit)) for item in values)

    return Converted(convert, default, {"anyOf": [QUANTITY_SCHEMA, list_of(QUANTITY_SCHEMA)]})


def _too_little_energy(carbohydrate: float, energy: float) -> Fault | None:
    least = carbohydrate * MJ_PER_MMOL_CARBOHYDRATE
    if energy >= least * 0.99:  # rounding of the label
        return None
    return Fault(
        f"{energy:.3g} MJ is less than the carbohydrate alone brings ({least:.3g} MJ)",
        field="energy",
        hint="give the energy of the whole meal, or leave it out",
    )


@dataclass(frozen=True)
class Meal(Step):
    """A mixed meal. `energy` in MJ; left out, carbohydrate is taken as half of it."""

    at: Number = quantity("min")
    carbohydrate: Number = quantity("mmol")
    energy: Converted[str | float | None, float] = Converted(
        lambda value, _: -1.0 if value is None else bounded(value, parse_quantity(value, "MJ")),
        None,
        QUANTITY_SCHEMA,
    )

    def check(self) -> Iterator[Fault]:
        """The energy is filled in, and is at least that of the carbohydrate."""
        if self.energy < 0:
            set_derived(
                self, "energy", self.carbohydrate * MJ_PER_MMOL_CARBOHYDRATE / CARBOHYDRATE_SHARE
            )
        if fault := _too_little_energy(self.carbohydrate, self.energy):
            yield fault


@dataclass(frozen=True)
class DailyMeals(Step):
    """A daily pattern that takes the place of the habitual meals from `start` to `stop`.

    `times` are times of day (0 to 24 h), `carbohydrate` (mmol) and `energy` (MJ) those of each
    meal: one number for every meal, or a list with one a meal. All three come back as tuples.
    """

    times: Converted[Any, tuple[float, ...]] = _per_meal("min", REQUIRED)
    carbohydrate: Converted[Any, tuple[float, ...]] = _per_meal("mmol", REQUIRED)
    energy: Converted[Any, tuple[float, ...]] = _per_meal("MJ", None)
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")

    def check(self) -> Iterator[Fault]:
        """Every meal has its time, carbohydrate and energy."""
        yield from super().check()
        n = len(self.times)
        if n == 0 or any(time >= DAY for time in self.times) or len(set(self.times)) < n:
            yield Fault(
                "must be different times of day, from 0 to below 24 h",
                field="times",
                hint="give them as in [7 h, 13 h, 19 h]",
            )
            return
        for name in ("carbohydrate", "energy"):
            values = getattr(self, name)
            if len(values) == 1:
                set_derived(self, name, values * n)
            elif values and len(values) != n:
                yield Fault(
                    f"{len(values)} numbers for {n} meals", field=name, hint="give one each"
                )
                return
        if not self.energy:
            set_derived(
                self,
                "energy",
                tuple(
                    eaten * MJ_PER_MMOL_CARBOHYDRATE / CARBOHYDRATE_SHARE
                    for eaten in self.carbohydrate
                ),
            )
        for eaten, energy in zip(self.carbohydrate, self.energy, strict=True):
            if fault := _too_little_energy(eaten, energy):
                yield fault


@dataclass(frozen=True)
class Fast(Step):
    """No habitual meals in the window; meals of the protocol still count."""

    start: Number = quantity("min")
    stop: OptionalNumber = optional_quantity("min")


@dataclass(frozen=True)
class OralGlucose(Step):
    """A glucose drink of `amount` mmol."""

    at: Number = quantity("min")
    amount: Number = quantity("mmol")


@dataclass(frozen=True)
class Diet(Step):
    """Habitual intake multiplied by `energy` (0.75 or "75 %") over the window."""

    energy: Number = quantity("1")
    start: Number = quantity("min", 0.0)
    stop: OptionalNumber = optional_quantity("min")
