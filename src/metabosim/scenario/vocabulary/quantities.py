"""Sizes and levels as an author writes them, read in the unit of what they are compared with."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from metabosim.errors import InputError
from metabosim.units import MOLAR_MASS, display_unit, parse_for_column, parse_quantity

_FROM_BASELINE: Final = re.compile(
    r"baseline(?:\s*([+-])\s*(.+))?|(\S+\s*%|\S+)\s*(?:of|x)\s*baseline"
)


class Threshold(NamedTuple):
    """A level: `times` x the baseline + `value`; `times` is 0 for a level that is just a number."""

    value: float
    times: float = 0.0

    def of(self, baseline: float) -> float:
        """The level in the unit of the observable."""
        return self.times * baseline + self.value

    @property
    def needs_baseline(self) -> bool:
        """Whether it cannot be known without a run."""
        return self.times != 0.0


class Effect(NamedTuple):
    """A size: absolute in the unit at hand, or (`relative`) a share of the reference."""

    value: float
    relative: bool = False

    def of(self, reference: float) -> float:
        """The size in the unit at hand."""
        return self.value * abs(reference) if self.relative else self.value


class Measure(NamedTuple):
    """The unit of a number, and the column it comes from (whose substance has a molar mass)."""

    unit: str
    column: str = ""

    def parse(self, value: str | float) -> float:
        """`value` in this unit; a mass counts as an amount where the column names a substance.

        A bare number is in this unit; so is a text that ends in exactly this unit, which lets
        one write units that are not in the table, such as "120 mmol/L*min". InputError otherwise.
        """
        if isinstance(value, str):
            number, _, unit = value.strip().partition(" ")
            if unit.replace(" ", "") == self.unit:
                return parse_quantity(number, "1")
        if self.column and self.unit == display_unit(self.column):
            return parse_for_column(value, self.column)
        if "*" in self.unit or self.unit.count("/") > 2:
            return parse_quantity(value, "1") if not isinstance(value, str) else self._refuse(value)
        mass = next((m for name, m in MOLAR_MASS.items() if self.column.startswith(name)), None)
        return parse_quantity(value, self.unit, molar_mass=mass)

    def _refuse(self, value: str) -> float:
        raise InputError(f"'{value}' is not in {self.unit}", hint=f"write it as '5 {self.unit}'")

    def effect(self, value: str | float) -> Effect:
        """A size such as "0.3 mmol/L"; "30 %" is always a share of the reference value."""
        if isinstance(value, str) and value.strip().endswith("%"):
            return Effect(parse_quantity(value, "1"), relative=True)
        return Effect(self.parse(value))

    def threshold(self, value: str | float) -> Threshold:
        """A level: "3.5 mmol/L", "baseline", "120 % of baseline", "baseline + 1 mmol/L"."""
        if not (isinstance(value, str) and "baseline" in value):
            return Threshold(self.parse(value))
        match = _FROM_BASELINE.fullmatch(value.strip())
        if not match:
            raise InputError(
                f"'{value}' is no level",
                hint="say '120 % of baseline', 'baseline + 1 mmol/L' or a quantity",
            )
        if match[3]:
            return Threshold(0.0, parse_quantity(match[3], "1"))
        if not match[2]:
            return Threshold(0.0, 1.0)
        sign = -1.0 if match[1] == "-" else 1.0
        step = self.effect(match[2])
        if step.relative:
            return Threshold(0.0, 1.0 + sign * step.value)
        return Threshold(sign * step.value, 1.0)

    def checked_effect(
        self, value: str | float, *, zero: bool = False, what: str = "a minimum effect"
    ) -> Effect:
        """`effect` for validators: above 0 (or at least 0 where `zero`); ValueError otherwise."""
        try:
            effect = self.effect(value)
        except InputError as error:
            raise ValueError("; ".join(str(fault) for fault in error.faults)) from None
        if effect.value < 0 or (effect.value == 0 and not zero):
            raise ValueError(f"{what} must be {'at least' if zero else 'above'} 0, got '{value}'")
        return effect

    def checked_threshold(self, value: str | float) -> Threshold:
        """`threshold` for validators; ValueError if it is none."""
        try:
            return self.threshold(value)
        except InputError as error:
            raise ValueError("; ".join(str(fault) for fault in error.faults)) from None


NUMBER: Final = Measure("1")
MINUTES: Final = Measure("min")
