"""Units of exported quantities: read, named, and followed through an expression."""

from fractions import Fraction

import pytest
import sympy

from metabosim.body import INPUTS, OBSERVABLES, PARAMETERS, SIGNALS, STATES
from metabosim.body.quantities import inside_unit
from metabosim.exchange.sbml_units import NONE, Unit, unit_of

GLUCOSE, HALF, TIME = sympy.symbols("glucose half time", real=True)
KNOWN = {GLUCOSE: Unit.parse("mmol/L"), HALF: Unit.parse("mmol/L"), TIME: Unit.parse("min")}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1", "dimensionless"),
        ("1/min", "one_per_min"),
        ("mmol/L/min", "mmol_per_L_per_min"),
        ("L/ug", "L_per_ug"),
        ("mmol/min/kg", "mmol_per_kg_per_min"),
    ],
)
def test_a_unit_has_one_name(text, name):
    """Whatever the order it is written in, and however it is come by."""
    assert Unit.parse(text).id == name
    assert Unit.parse(text) * Unit.parse("kg") / Unit.parse("kg") == Unit.parse(text)
    assert Unit.parse(text) ** Fraction(0) == NONE


def test_every_unit_of_the_body_is_known():
    """Whatever the body declares can be exported."""
    for table in (STATES, PARAMETERS, SIGNALS, INPUTS):
        for item in table.values():
            Unit.parse(inside_unit(item.unit))
    for item in OBSERVABLES.values():
        Unit.parse(item.unit)


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        (GLUCOSE / (1.0 + GLUCOSE**4 / HALF**4) / TIME, "mmol/L/min"),
        (sympy.exp(1.0 - GLUCOSE / HALF), "1"),
        (sympy.sqrt(GLUCOSE / HALF) * (GLUCOSE - HALF), "mmol/L"),
        ((GLUCOSE / HALF) ** sympy.Rational(3, 2), "1"),
    ],
)
def test_units_are_followed(expression, unit):
    """Through sums, products, powers and functions."""
    assert unit_of(expression, KNOWN) == Unit.parse(unit)


@pytest.mark.parametrize("expression", [GLUCOSE + TIME, GLUCOSE + 1.0, sympy.exp(GLUCOSE)])
def test_what_does_not_fit_is_refused(expression):
    """A sum of unlike things, or a function of something with a unit, is a fault of the body."""
    with pytest.raises(TypeError):
        unit_of(expression, KNOWN)
