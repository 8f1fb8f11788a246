"""The equations under the names of their source are the body's equations, and every name has a symbol and a unit."""

import re
from functools import partial

import numpy as np
import pytest
import sympy
from matplotlib import mathtext
from sympy.parsing.latex import parse_latex

from metabosim.body import INPUTS, OBSERVABLES, PARAMETERS, SIGNALS, STATES, vector
from metabosim.body.quantities import inside_unit
from metabosim.exchange.equations import equations
from metabosim.exchange.latex_math import Printer, equation
from metabosim.exchange.named import named
from metabosim.exchange.names import constant_id
from metabosim.exchange.sbml_units import Unit, unit_of
from metabosim.exchange.symbols import letter, quantities, symbol_lines
from metabosim.exchange.tidy import Above, Falls, Relative, Rises, tidy
from plain import MathFunctions, random_constants, resting_state

WRITTEN = {**named().terms, **named().rates, **named().readings}
FUNCTIONS = {
    name: (
        [str(symbol) for symbol in sorted(expression.free_symbols, key=str)],
        sympy.lambdify(sorted(expression.free_symbols, key=str), expression.doit(), "math"),
    )
    for name, expression in WRITTEN.items()
}


def evaluated(y, c):
    """Rates and readings by way of the named terms, each computed once, in the order in which they are listed."""
    equations = named()
    known = dict(zip(STATES, y, strict=True))
    known |= {".".join(key): value for key, value in zip(vector.CONSTANT, c, strict=True)}

    def value(name):
        arguments, function = FUNCTIONS[name]
        return function(*(known[argument] for argument in arguments))

    for name in equations.terms:
        held = name in equations.held and known[f"held.{name}"] == 1.0
        known[name] = known[f"held_at.{name}"] if held else value(name)
    return [value(name) for name in STATES], [value(name) for name in OBSERVABLES]


@pytest.mark.parametrize("seed", range(40))
def test_they_are_the_bodys_equations(seed):
    """At random states, under random levers, variants, infusions and holds, to the last digits."""
    y, c = resting_state(seed), random_constants(np.random.default_rng(seed))
    rates, readings = evaluated(y, c)
    wanted, seen = vector.evaluate(MathFunctions(), y, c)
    # a rate is a difference of flows: what is lost when they cancel is no fault
    np.testing.assert_allclose(rates, wanted, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(readings, seen[: len(OBSERVABLES)], rtol=1e-12, atol=1e-12)


def test_every_signal_is_named_by_what_holds_it():
    """All signals that a protocol may hold are terms, and no other term claims to be one."""
    assert named().held == set(SIGNALS)


def test_every_term_is_used():
    """A name that nothing else needs would be clutter."""
    used = frozenset().union(*(expression.free_symbols for expression in WRITTEN.values()))
    assert {name for name in named().terms if sympy.Symbol(name) not in used} <= set(SIGNALS)


def test_shapes_stay_whole_and_numbers_go_first():
    """What is tidied is the same expression: flat, in order, without ones and zeros."""
    a, b, c = sympy.symbols("a b c")
    with sympy.evaluate(False):
        assert str(tidy(2.0 * (b * a) / 0.5).args) == "(4, b, a)"
        assert tidy(a - (b + 0.0 * c)).args == (a, -1 * b)
        assert tidy(a * sympy.sqrt(a)) == sympy.Pow(a, sympy.Rational(3, 2))
        assert tidy(1.0 * Rises(a, b, 2)) == Rises(a, b, 2)


@pytest.mark.parametrize("shape", ["rises", "falls", "above", "relative"])
def test_a_shape_is_that_of_the_body(shape):
    """Spelt out, each shape is what body/shapes.py computes."""
    from metabosim.body import shapes

    ours = {"rises": Rises(2.0, 3.0, 4), "falls": Falls(2.0, 3.0, 4), "above": Above(0.3, 0.2)}
    theirs = {
        "rises": shapes.rises(2.0, 3.0, 4),
        "falls": shapes.falls(2.0, 3.0, 4),
        "above": shapes.above(MathFunctions(), 0.3, 0.2),
        "relative": shapes.relative(2.0, 3.0),
    }
    assert float(ours.get(shape, Relative(2.0, 3.0)).doit()) == pytest.approx(theirs[shape])


def test_every_quantity_has_a_symbol_of_its_own():
    """No two share one, none is a bare name of Python, and each is described."""
    own = [q for q in quantities().values() if q.kind != "observable"]
    assert len({q.symbol for q in own}) == len(own)
    for quantity in own:
        outside = re.sub(r"\\mathrm\{[^}]*\}|\\[A-Za-z]+", "", quantity.symbol)
        assert not re.search(r"[A-Za-z]{2,}", outside), quantity
        assert quantity.text, quantity.name


def test_the_table_of_symbols_has_no_line_too_many():
    """Every line is about a quantity that there is, and tells something."""
    assert set(symbol_lines()) <= set(quantities())
    for line in symbol_lines().values():
        assert line.symbol or line.text, line


def test_units_follow_from_the_equations():
    """The unit of every term, inferred from its equation, is the declared one where one is declared."""
    known = quantities()
    for name, item in SIGNALS.items():
        assert known[name].unit == Unit.parse(inside_unit(item.unit)), name
    minute = Unit.parse("min")
    units = {sympy.Symbol(name): quantity.unit for name, quantity in known.items()}
    for name, expression in named().rates.items():
        inferred = unit_of(expression.doit(), units)
        assert inferred == known[name].unit / minute, name


@pytest.mark.parametrize(
    ("name", "unit", "wanted"),
    [
        ("insulin_inflammation_half", "pmol/L", "K"),
        ("trigger_glucose", "mmol/L", "K"),  # the half of a Hill curve, whatever its name
        ("gh_clearance", "1/min", "k"),
        ("vat_return", "d", r"\tau"),
        ("renal_clearance", "L/min", "q"),
        ("ffa_volume", "L", "V"),
        ("ffa_load", "L/mmol", "b"),
        ("satiety", "1", "a"),
    ],
)
def test_the_letter_says_what_it_is(name, unit, wanted):
    """By its unit, or by its place in a curve."""
    assert letter(name, unit) == wanted


def token_of(tokens, symbol):
    """A short name for a symbol, the same each time."""
    return tokens.setdefault(symbol, f"x_{{{len(tokens)}}}")


def test_latex_reads_back_as_the_same_expression():
    """sympy's own reader of LaTeX, given every equation but those with a notation of ours, finds what we wrote."""
    rng = np.random.default_rng(3)
    for name, expression in WRITTEN.items():
        if expression.atoms(Above):
            continue
        tokens = {}
        text = Printer(partial(token_of, tokens))(expression)
        plain = text.replace(r"\,", r" \cdot ").replace(r"\left", "").replace(r"\right", "")
        read = parse_latex(plain, backend="lark")
        values = {symbol: float(rng.uniform(0.1, 0.9)) for symbol in tokens}
        by_token = {token: values[symbol] for symbol, token in tokens.items()}
        theirs = read.subs({symbol: by_token[str(symbol)] for symbol in read.free_symbols})
        arguments, function = FUNCTIONS[name]
        ours = function(*(values[argument] for argument in arguments))
        assert float(theirs.doit()) == pytest.approx(ours, rel=1e-9), (name, text)


def test_every_equation_can_be_set():
    """matplotlib, which knows nothing of us, sets every equation and every symbol."""
    parser = mathtext.MathTextParser("path")
    for quantity in quantities().values():
        if quantity.kind in ("parameter", "lever", "variant", "input"):
            parser.parse(f"${quantity.symbol}$")
            continue
        whole = equation(quantity)
        assert parser.parse(f"${whole}$").width > 0


def test_exported_terms_have_names_of_their_own():
    """No id is given twice: terms, states, observables and constants are told apart."""
    ids = [rule.name for rule in (*equations().assigned, *equations().rates)]
    ids += [constant_id(*key) for key in vector.CONSTANT]
    assert len(ids) == len(set(ids))
    assert {f"input_{name}" for name in INPUTS} | set(PARAMETERS) <= set(ids)
