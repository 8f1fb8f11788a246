"""Text quantities become numbers in the inside unit, or say why not."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabosim.errors import InputError
from metabosim.units import (
    Rate,
    display_unit,
    parse_for_column,
    parse_quantity,
    parse_rate,
    to_us,
)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("8 h", "min", 480),
        ("8h", "min", 480),
        ("1.5e1 min", "min", 15),
        ("26 weeks", "min", 26 * 7 * 1440),
        ("1 year", "min", 365 * 1440),
        ("1 d", "min", 1440),
        ("-30 s", "min", -0.5),
        ("75 g", "mmol", 75e3 / 180.156),
        ("100 mg/dL", "mmol/L", 5.5507),
        ("5 mmol / l", "mmol/L", 5),
        ("4 mg/min", "mmol/min", 4 / 180.156),
        ("500 kcal", "MJ", 2.092),
        ("2000 kcal/day", "MJ/d", 8.368),
        ("10 uU/mL", "pmol/L", 60),
        ("10 µU/mL", "pmol/L", 60),
        ("2 U", "pmol", 12000),
        ("2.4 mg", "mg", 2.4),
        ("300 mcg", "mg", 0.3),
        ("30 %", "1", 0.3),
        ("0.3", "1", 0.3),
        (".5 h", "min", 30),
        (5, "min", 5),
        (np.float64(2.5), "min", 2.5),
        ("20 umol/kg/min", "mg/kg/min", 20 * 0.180156),
        ("1 L/min", "mL/min", 1000),
    ],
)
def test_quantities(text, unit, value):
    """Each written form gives the number one would work out by hand."""
    assert parse_quantity(text, unit) == pytest.approx(value, rel=1e-4)


def test_molar_mass_links_mass_and_amount():
    """A drug's own molar mass turns nmol into mg, and units of insulin into mg."""
    assert parse_quantity("10 nmol", "mg", molar_mass=4000) == pytest.approx(0.04)
    assert parse_quantity("1 U", "mg", molar_mass=5808) == pytest.approx(0.034848)


@pytest.mark.parametrize(
    ("value", "unit", "fragments"),
    [
        ("5 mg/dL", "min", ["'mg/dL'", "a concentration", "expected a time"]),
        ("5 hz", "min", ["unknown unit 'hz'"]),
        ("5 MG", "mg", ["unknown unit 'MG'", "did you mean 'mg'?"]),
        ("5 huors", "min", ["did you mean 'hours'?"]),
        ("3 months", "min", ["months differ in length"]),
        ("0,5 h", "min", ["use a point, as in '0.5 h'"]),
        ("12:30", "min", ["as in '12.5 h'"]),
        ("1_000 g", "mmol", ["plain digits"]),
        ("0123 g", "mmol", ["plain digits"]),
        ("0x10 min", "min", ["unknown unit"]),
        ("lots", "mmol/L", ["'lots' is not a concentration", "5 mmol/L"]),
        ("", "min", ["'' is not a time", "such as '8 h'"]),
        ("h", "min", ["not a time"]),
        (True, "min", ["expected a time, got true"]),
        (None, "min", ["expected a time, got a NoneType"]),
        ([3], "min", ["got a list"]),
        (float("nan"), "min", ["'nan' must be finite"]),
        ("1e400 h", "min", ["'1e400' must be finite"]),
        ("5 U", "mmol", ["an amount of insulin, expected an amount of substance"]),
        ("5 kg", "1", ["a mass, expected a plain number", "0.3 or 30 %"]),
        ("5 g", "pmol", ["a mass, expected an amount of substance"]),
        ("5 %", "min", ["a plain number, expected a time"]),
        ("9" * 5000 + " h", "min", ["must be finite"]),
    ],
)
def test_refusals(value, unit, fragments):
    """What cannot be meant is refused, with the reason and the likely fix."""
    with pytest.raises(InputError) as caught:
        parse_quantity(value, unit)
    for fragment in fragments:
        assert fragment in str(caught.value)
    assert len(str(caught.value)) < 300


def test_rates_per_kg_stay_per_kg():
    """A rate per kg of body weight is multiplied only when a weight is known."""
    rate = parse_rate("1 mU/kg/min", "pmol/min")
    assert rate == Rate(pytest.approx(6.0), per_kg=True)
    assert rate.total(80) == pytest.approx(480)
    assert parse_rate("4 mg/kg/min", "mmol/min") == Rate(pytest.approx(4 / 180.156), True)
    assert parse_rate("0.4 ug/kg/min", "ug/min") == Rate(pytest.approx(0.4), True)
    assert parse_rate("6 g/h", "mmol/min").value == pytest.approx(100 / 180.156)
    assert parse_rate(3, "pmol/min") == Rate(3.0)
    assert parse_rate(rate, "pmol/min") is rate
    with pytest.raises(InputError, match="a rate per kg of body weight"):
        parse_quantity("1 mU/kg/min", "pmol/min")


def test_columns_know_their_unit():
    """The unit is read off the end of the name."""
    assert display_unit("glucose_mmol_l") == "mmol/L"
    assert display_unit("insulin_clearance_ml_min") == "mL/min"
    assert display_unit("m_value_mg_kg_min") == "mg/kg/min"
    assert display_unit("drug_semaglutide_nmol_l") == "nmol/L"
    assert display_unit("vat_kg") == "kg"
    assert display_unit("homa_ir") == "1"


def test_us_columns():
    """The name changes with the unit, and arrays keep their shape."""
    name, values = to_us("glucose_mmol_l", np.array([5.0, 10.0]))
    assert name == "glucose_mg_dl"
    assert values == pytest.approx([90.078, 180.156])
    assert to_us("insulin_pmol_l", 60.0) == ("insulin_uu_ml", pytest.approx(10))
    assert to_us("triglycerides_mmol_l", 1.0)[1] == pytest.approx(88.57)
    assert to_us("vat_kg", 3.0) == ("vat_kg", 3.0)


def test_thresholds_convert_by_the_substance_of_the_column():
    """50 mg/dL of triglycerides is not 50 mg/dL of glucose."""
    assert parse_for_column("100 mg/dL", "glucose_mmol_l") == pytest.approx(5.5507, rel=1e-4)
    assert parse_for_column("88.57 mg/dL", "triglycerides_mmol_l") == pytest.approx(1)
    assert parse_for_column("1 kg", "vat_kg") == 1
    assert parse_for_column("0.3", "homa_ir") == 0.3
    with pytest.raises(InputError, match="is the unit of a concentration"):
        parse_for_column("5 mg/dL", "ffa_mmol_l")


US_COLUMNS = [
    "glucose_mmol_l",
    "insulin_pmol_l",
    "triglycerides_mmol_l",
    "c_peptide_nmol_l",
    "glucagon_pmol_l",
    "glp1_pmol_l",
    "gh_ug_l",
    "energy_intake_mj_day",
    "insulin_secretion_pmol_min",
    "glucose_production_mmol_min",
]


@given(st.sampled_from(US_COLUMNS), st.floats(1e-6, 1e6))
def test_us_units_round_trip(column, value):
    """A value shown in US units and read back is the same value."""
    name, shown = to_us(column, value)
    assert parse_for_column(f"{shown!r} {display_unit(name)}", column) == pytest.approx(value)


UNITS = {
    "min": ["s", "h", "d", "weeks", "years"],
    "mmol": ["g", "mg", "umol", "mol"],
    "MJ": ["kcal", "kJ"],
    "pmol/L": ["uU/mL", "nmol/L"],
    "mmol/min": ["g/h", "mg/min"],
}


@given(st.data(), st.sampled_from(sorted(UNITS)), st.floats(-1e9, 1e9))
def test_conversion_is_linear_and_invertible(data, unit, value):
    """Converting there by any unit's factor and back changes nothing."""
    other = data.draw(st.sampled_from(UNITS[unit]))
    factor = parse_quantity(f"1 {other}", unit)
    assert parse_quantity(f"{value!r} {other}", unit) == pytest.approx(value * factor)
    assert parse_quantity(f"{value / factor!r} {other}", unit) == pytest.approx(value)


@given(st.text(max_size=30), st.sampled_from(["min", "mmol/L", "1"]))
def test_any_text_is_a_number_or_an_input_error(text, unit):
    """No text makes it fail in any other way."""
    with contextlib.suppress(InputError):
        assert np.isfinite(parse_quantity(text, unit))
