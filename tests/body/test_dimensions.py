"""The equations prove their own dimensions, and their numbers with units equal those without."""

import math

import numpy as np
import pint
import pytest

from metabosim.body import OBSERVABLES, PARAMETERS, SIGNALS, STATES, vector
from metabosim.body.quantities import inside_factor, inside_unit
from metabosim.levers import constants
from plain import MathFunctions, resting_state

UNITS = pint.UnitRegistry()
UNIT_OF = {**{("parameter", n): i.unit for n, i in PARAMETERS.items()}}


class UnitFunctions:
    """exp, log and sqrt that insist on what they are given."""

    @staticmethod
    def exp(x):
        """Of a plain number."""
        return math.exp(UNITS.Quantity(x).m_as("dimensionless"))

    @staticmethod
    def log(x):
        """Of a plain number."""
        return math.log(UNITS.Quantity(x).m_as("dimensionless"))

    @staticmethod
    def sqrt(x):
        """Of anything."""
        return UNITS.Quantity(x) ** 0.5


def unit(text):
    """A declared unit as pint knows it."""
    return UNITS.Unit(
        "dimensionless" if text == "1" else text.replace("ug", "microgram").replace("1/", "1 / ")
    )


def quantity(value, text):
    """A plain number in a declared unit."""
    return value * unit(text)


def constants_with_units(c):
    """The vector of constants, each with the unit it is computed in."""
    from metabosim.body import INPUTS

    tables = {"parameter": PARAMETERS, "input": INPUTS, "held_at": SIGNALS}
    return [
        quantity(float(value), inside_unit(tables[block][name].unit))
        if block in tables
        else float(value)
        for (block, name), value in zip(vector.CONSTANT, c, strict=True)
    ]


@pytest.mark.parametrize("subject", ["lean-healthy", "visceral-obese"])
def test_equations_prove_their_dimensions(subject):
    """Run with quantities, every rate has unit(state)/min, every reading its unit, and the plain numbers."""
    from metabosim.subjects import load_subject

    c = constants(load_subject(subject).parameters)
    y = resting_state()
    with_units = [quantity(v, i.unit) for v, i in zip(y, STATES.values(), strict=True)]
    changes, readings = vector.evaluate(UnitFunctions, with_units, constants_with_units(c))
    plain_changes, plain_readings = vector.evaluate(MathFunctions, list(y), list(c))
    for (name, item), found, plain in zip(STATES.items(), changes, plain_changes, strict=True):
        rate = UNITS.Quantity(found).to(unit(item.unit) / UNITS.minute)
        assert rate.magnitude == pytest.approx(plain, rel=1e-9, abs=1e-15), name
    tables = {**OBSERVABLES, **SIGNALS}
    for (name, item), found, plain in zip(tables.items(), readings, plain_readings, strict=True):
        shown = UNITS.Quantity(found).to(unit(item.unit)).magnitude
        assert shown == pytest.approx(plain / inside_factor(item.unit), rel=1e-9, abs=1e-15), name


def test_a_wrong_unit_is_noticed():
    """Planted fault: glucose in mg/dL under the same name changes dimension and is refused."""
    c = constants_with_units(constants({}))
    y = [quantity(v, i.unit) for v, i in zip(resting_state(), STATES.values(), strict=True)]
    y[vector.STATE["glucose"]] = 90.0 * UNITS.mg / UNITS.dL
    with pytest.raises(pint.DimensionalityError):
        vector.evaluate(UnitFunctions, y, c)


def test_every_parameter_says_where_it_is_from():
    """A parameter has a unit, an ordered range that holds its value, a text and a source or the word assumption."""
    for name, item in PARAMETERS.items():
        kind = item.kind
        assert kind.text, name
        assert kind.source, name
        assert kind.low <= item.default <= kind.high, name
        unit(kind.unit)


def test_every_state_and_observable_has_a_unit():
    """Nothing enters the body without a unit that pint knows."""
    for item in (*STATES.values(), *OBSERVABLES.values(), *SIGNALS.values()):
        unit(item.unit)
        assert item.text
    assert np.isfinite(resting_state()).all()
