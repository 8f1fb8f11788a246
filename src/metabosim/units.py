"""Quantities as text ("75 g", "8 h", "1 mU/kg/min") turned into numbers in the inside units.

Inside, everything is a plain number in min, mmol/L, pmol/L, nmol/L (drugs), ug/L (GH, IGF-1), kg,
MJ, L, mmol or pmol; `parse_quantity` is the door. A bare number is in the inside unit already.
Mass and amount of a substance convert through its molar mass, and one unit of insulin is 6000 pmol
(a convention: laboratories also use 6945, which goes with another standard).

A year is 365 days. Months are refused: they differ in length.
"""

from __future__ import annotations

import math
import re
from numbers import Real
from typing import Final, NamedTuple, TypeVar

from metabosim.errors import InputError, nearest

MOLAR_MASS: Final[dict[str, float]] = {  # g/mol
    "glucose": 180.156,
    "triglycerides": 885.7,
    "insulin": 5808.0,
    "c_peptide": 3020.3,
    "glucagon": 3482.8,
    "glp1": 3297.7,
    "somatostatin": 1637.9,
}
PMOL_PER_INSULIN_UNIT: Final = 6000.0
MJ_PER_KCAL: Final = 4.184e-3

# unit -> (dimension, factor to the dimension's base: min, g, mmol, U, L, MJ)
_UNITS: Final[dict[str, tuple[str, float]]] = {
    "s": ("time", 1 / 60),
    "min": ("time", 1.0),
    "h": ("time", 60.0),
    "d": ("time", 1440.0),
    "week": ("time", 10080.0),
    "year": ("time", 525600.0),
    "pg": ("mass", 1e-12),
    "ng": ("mass", 1e-9),
    "ug": ("mass", 1e-6),
    "mg": ("mass", 1e-3),
    "g": ("mass", 1.0),
    "kg": ("mass", 1e3),
    "pmol": ("amount", 1e-9),
    "nmol": ("amount", 1e-6),
    "umol": ("amount", 1e-3),
    "mmol": ("amount", 1.0),
    "mol": ("amount", 1e3),
    "uU": ("insulin", 1e-6),
    "mU": ("insulin", 1e-3),
    "U": ("insulin", 1.0),
    "uL": ("volume", 1e-6),
    "mL": ("volume", 1e-3),
    "dL": ("volume", 0.1),
    "L": ("volume", 1.0),
    "kJ": ("energy", 1e-3),
    "MJ": ("energy", 1.0),
    "kcal": ("energy", MJ_PER_KCAL),
    "%": ("number", 0.01),
    "1": ("number", 1.0),
}
_ALIASES: Final[dict[str, str]] = {
    "sec": "s",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "wk": "week",
    "weeks": "week",
    "yr": "year",
    "years": "year",
    "mcg": "ug",
    "µg": "ug",
    "μg": "ug",
    "µU": "uU",
    "μU": "uU",
    "IU": "U",
    "mIU": "mU",
    "l": "L",
    "dl": "dL",
    "ml": "mL",
    "µmol": "umol",
    "μmol": "umol",
}
_SUBSTANCE: Final = ("mass", "amount", "insulin")
_EXAMPLES: Final = {"min": "8 h", "mmol": "75 g", "MJ": "500 kcal", "1": "0.3 or 30 %"}
_NUMBER: Final = r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_QUANTITY: Final = re.compile(rf"({_NUMBER})\s*([A-Za-zµμ%].*|1/.*)?")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+\b.*")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}")


class Rate(NamedTuple):
    """A rate in an inside unit; `per_kg` says it is to be multiplied by the body weight in kg."""

    value: float
    per_kg: bool = False

    def total(self, weight_kg: float) -> float:
        """The rate for a body of `weight_kg`."""
        return self.value * weight_kg if self.per_kg else self.value


class _Unit(NamedTuple):
    """A unit taken apart: exponents by dimension, and the factor to the dimensions' bases."""

    powers: tuple[tuple[str, int], ...]
    factor: float

    def substance(self) -> str:
        """How the numerator counts a substance (mass, amount or insulin); "" if it does not."""
        return next((name for name, power in self.powers if name in _SUBSTANCE and power > 0), "")

    def others(self) -> tuple[tuple[str, int], ...]:
        """The dimensions that are not the substance's own."""
        return tuple(item for item in self.powers if item[0] not in _SUBSTANCE)


def parse_quantity(value: str | float, unit: str, *, molar_mass: float | None = None) -> float:
    """Turn "75 g" or a bare number into a float in `unit`.

    `unit` is the inside unit wanted ("min", "mmol", "MJ", "mmol/L", "pmol/min", "1"...); "1" also
    takes percent. `molar_mass` in g/mol lets masses and amounts convert into each other; where
    `unit` counts mmol, or mg per kg, the substance is glucose unless told otherwise.
    Raises InputError with the reason and the likely fix.
    """
    if molar_mass is None and unit.startswith(("mmol", "mg/kg")):
        molar_mass = MOLAR_MASS["glucose"]
    return _convert(value, unit, molar_mass)


def parse_rate(value: str | float | Rate, unit: str, *, molar_mass: float | None = None) -> Rate:
    """Turn "1 mU/kg/min", "5 g/h" or a bare number into a Rate in `unit`, such as "pmol/min".

    A rate per kg stays per kg: the body weight is known only when the protocol is run.
    """
    if isinstance(value, Rate):
        return value
    _, written = _split(value, unit)
    per_kg = written is not None and ("body", -1) in _take_apart(written).powers
    amount, time = unit.split("/")
    wanted = f"{amount}/kg/{time}" if per_kg else unit
    return Rate(parse_quantity(value, wanted, molar_mass=molar_mass), per_kg)


def parse_for_column(value: str | float, column: str) -> float:
    """Turn a quantity into the unit of an observable: "100 mg/dL" for "glucose_mmol_l" is 5.55.

    A mass converts into an amount only where the column names a substance of known molar mass.
    """
    substances = [name for name in MOLAR_MASS if column.startswith(f"{name}_")]
    molar_mass = MOLAR_MASS[substances[0]] if substances else None
    return _convert(value, display_unit(column), molar_mass)


def _convert(value: str | float, unit: str, molar_mass: float | None) -> float:
    number, written = _split(value, unit)
    return number if written is None else number * _factor(written, unit, molar_mass)


def _split(value: str | float, unit: str) -> tuple[float, str | None]:
    """The number, and the unit as written if there is one."""
    if isinstance(value, bool):
        raise InputError(f"expected {_kind(unit)}, got {str(value).lower()}")
    if isinstance(value, Real):
        return _finite(float(value), str(value)), None
    if not isinstance(value, str):
        raise InputError(f"expected {_kind(unit)}, got a {type(value).__name__}")
    text = value.strip()
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise InputError(f"'{_short(value)}' is not {_kind(unit)}", hint=_number_hint(text, unit))
    return _finite(float(match[1]), match[1]), match[2]


def _number_hint(text: str, unit: str) -> str:
    """Why a text is no quantity, as far as one can guess."""
    if _DECIMAL_COMMA.fullmatch(text):
        return f"use a point, as in '{text.replace(',', '.')}'"
    if _CLOCK.fullmatch(text):
        hours, minutes = text.split(":")
        return f"give hours as a number, as in '{int(hours) + int(minutes) / 60:g} h'"
    if "_" in text or re.match(r"[+-]?0\d", text):
        return "expected a number in plain digits, without '_' or leading zeros"
    return f"expected a number, with its unit, such as '{_example(unit)}'"


def _finite(number: float, text: str) -> float:
    if not math.isfinite(number):
        raise InputError(f"'{_short(text)}' must be finite")
    return number


def _take_apart(text: str) -> _Unit:
    """Dimensions and factor of a unit such as "mU/kg/min"; kg below the line is body weight."""
    powers: dict[str, int] = {}
    factor = 1.0
    for position, part in enumerate(text.replace(" ", "").split("/")):
        name = _ALIASES.get(part, part)
        if name not in _UNITS:
            raise InputError(f"unknown unit '{_short(text)}'", hint=_unit_hint(part))
        dimension, size = _UNITS[name]
        if position and name == "kg":
            dimension, size = "body", 1.0
        powers[dimension] = powers.get(dimension, 0) + (-1 if position else 1)
        factor = factor / size if position else factor * size
    powers.pop("number", None)
    return _Unit(tuple(sorted(item for item in powers.items() if item[1])), factor)


def _unit_hint(part: str) -> str:
    if part.lower().startswith("month"):
        return "months differ in length: give weeks or days"
    guess = nearest(part, [*_UNITS, *_ALIASES]) or next(
        (name for name in _UNITS if name.lower() == part.lower()), None
    )
    return f"did you mean '{guess}'?" if guess else f"known units: {' '.join(_UNITS)}"


def _factor(written: str, unit: str, molar_mass: float | None) -> float:
    """What to multiply a number in the unit `written` by to have it in `unit`."""
    source, target = _take_apart(written), _take_apart(unit)
    if source.powers == target.powers:
        return source.factor / target.factor
    mmol = {"amount": 1.0}  # per base of each way to count a substance
    if not unit.startswith("mmol"):  # nobody counts millimoles of insulin, so it is a slip
        mmol["insulin"] = PMOL_PER_INSULIN_UNIT * 1e-9
    if molar_mass is not None:
        mmol["mass"] = 1e3 / molar_mass
    have, want = source.substance(), target.substance()
    if have in mmol and want in mmol and source.others() == target.others():
        return source.factor * mmol[have] / (target.factor * mmol[want])
    raise InputError(
        f"'{written}' is the unit of {_kind(written)}, expected {_kind(unit)}",
        hint=f"write it as in '{_example(unit)}'",
    )


_KINDS: Final[dict[tuple[tuple[str, int], ...], str]] = {
    (): "a plain number",
    (("time", 1),): "a time",
    (("mass", 1),): "a mass",
    (("amount", 1),): "an amount of substance",
    (("insulin", 1),): "an amount of insulin",
    (("energy", 1),): "an energy",
    (("volume", 1),): "a volume",
    (("time", -1), ("volume", 1)): "a clearance",
    (("energy", 1), ("time", -1)): "an energy per time",
}


def _kind(unit: str) -> str:
    """What a unit measures, in words."""
    taken = _take_apart(unit)
    if taken.powers in _KINDS:
        return _KINDS[taken.powers]
    if taken.substance():
        return {
            (("volume", -1),): "a concentration",
            (("time", -1),): "a rate",
            (("body", -1), ("time", -1)): "a rate per kg of body weight",
            (("body", -1),): "an amount per kg of body weight",
        }.get(taken.others(), f"a quantity in {unit}")
    return f"a quantity in {unit}"


def _example(unit: str) -> str:
    """How a quantity of this unit may be written."""
    return _EXAMPLES.get(unit, f"5 {unit}")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


# --- column names -----------------------------------------------------------------------------

# end of a column name -> unit; the longest that fits wins
_SUFFIXES: Final[dict[str, str]] = {
    "_mmol_l": "mmol/L",
    "_pmol_l": "pmol/L",
    "_nmol_l": "nmol/L",
    "_ug_l": "ug/L",
    "_ug_l_min": "ug/L/min",
    "_mmol": "mmol",
    "_mmol_min": "mmol/min",
    "_pmol_min": "pmol/min",
    "_ml_min": "mL/min",
    "_mg_kg_min": "mg/kg/min",
    "_mj_day": "MJ/d",
    "_mj": "MJ",
    "_kg": "kg",
    "_min": "min",
    "_mg_dl": "mg/dL",
    "_uu_ml": "uU/mL",
    "_mu_min": "mU/min",
    "_mg_min": "mg/min",
    "_ng_ml": "ng/mL",
    "_pg_ml": "pg/mL",
    "_kcal_day": "kcal/d",
}

# column in the inside unit -> column in the unit used in the United States, and the factor
_US: Final[dict[str, tuple[str, float]]] = {
    "glucose_mmol_l": ("glucose_mg_dl", MOLAR_MASS["glucose"] / 10),
    "triglycerides_mmol_l": ("triglycerides_mg_dl", MOLAR_MASS["triglycerides"] / 10),
    "insulin_pmol_l": ("insulin_uu_ml", 1e3 / PMOL_PER_INSULIN_UNIT),
    "insulin_secretion_pmol_min": ("insulin_secretion_mu_min", 1e3 / PMOL_PER_INSULIN_UNIT),
    "c_peptide_nmol_l": ("c_peptide_ng_ml", MOLAR_MASS["c_peptide"] / 1e3),
    "glucagon_pmol_l": ("glucagon_pg_ml", MOLAR_MASS["glucagon"] / 1e3),
    "glp1_pmol_l": ("glp1_pg_ml", MOLAR_MASS["glp1"] / 1e3),
    "gh_ug_l": ("gh_ng_ml", 1.0),
    "igf1_ug_l": ("igf1_ng_ml", 1.0),
    "energy_intake_mj_day": ("energy_intake_kcal_day", 1 / MJ_PER_KCAL),
    "energy_expenditure_mj_day": ("energy_expenditure_kcal_day", 1 / MJ_PER_KCAL),
    **{
        f"glucose_{flow}_mmol_min": (f"glucose_{flow}_mg_min", MOLAR_MASS["glucose"])
        for flow in (
            "appearance",
            "production",
            "uptake",
            "uptake_muscle",
            "uptake_brain",
            "infusion",
        )
    },
}

Values = TypeVar("Values")


def to_us(name: str, values: Values) -> tuple[str, Values]:
    """A column in US units: its new name, which names the new unit, and its values.

    `values` is a number or an array. A column with no US unit of its own comes back unchanged.
    """
    if name not in _US:
        return name, values
    new_name, factor = _US[name]
    return new_name, values * factor  # type: ignore[operator, return-value]


def display_unit(column: str) -> str:
    """The unit a column's name ends in ("glucose_mmol_l" -> "mmol/L"); "1" if it has none."""
    fitting = [suffix for suffix in _SUFFIXES if column.endswith(suffix)]
    return _SUFFIXES[max(fitting, key=len)] if fitting else "1"


# what times are told in, by the name that a scenario's panel gives it
MINUTES: Final = {"min": 1.0, "h": 60.0, "d": 1440.0, "weeks": 10_080.0, "years": 525_960.0}


def best_unit(start: float, stop: float) -> str:
    """The unit in which a stretch from `start` to `stop` (min) is best told."""
    span = stop - start
    for unit, limit in (("min", 120), ("h", 2.5 * 1440), ("d", 28 * 1440), ("weeks", 104 * 10_080)):
        if span <= limit:
            return unit
    return "years"
