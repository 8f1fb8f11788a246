"""Equations as LaTeX: expressions of `named()` printed as they were written, each symbol by the table of symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy

from metabosim.exchange.named import named
from metabosim.exchange.sbml_units import Unit
from metabosim.exchange.symbols import Quantity, quantities
from metabosim.exchange.tidy import Above, Falls, Relative, Rises, factors

# how a shape that the tables of functions lack is defined, and what it is
NOTATION: Final = (
    (
        r"\left[x\right]_{w} = \frac{x + \sqrt{x^{2} + w^{2}}}{2}",
        "the positive part of x, rounded off within w of zero",
    ),
)
MINUTE: Final = Unit.parse("min")
_SUM, _PRODUCT, _ATOM = 0, 1, 2  # how firmly an expression holds together


class Printer:
    """Prints expressions; `symbol_of` says how a symbol of an expression is written."""

    def __init__(self, symbol_of: Callable[[str], str]) -> None:
        self.symbol_of = symbol_of

    def __call__(self, expression: Any, within: int = _SUM) -> str:
        """LaTeX, in brackets if it stands within something that holds together more firmly."""
        text, firm = self._printed(expression)
        return rf"\left({text}\right)" if firm < within else text

    def _printed(self, e: Any) -> tuple[str, int]:
        if e.is_Symbol:
            return self.symbol_of(e.name), _ATOM
        if e.is_number:
            value = float(e)
            return f"{value:g}", _ATOM if value >= 0 else _SUM
        if e.is_Add:
            return self.joined(self.terms(e)), _SUM
        if e.is_Mul or (e.is_Pow and e.exp == -1):
            return self._product(e)
        if e.is_Pow:
            return self._power(e)
        return self._function(e)

    def terms(self, e: Any) -> list[tuple[str, str]]:
        """Sign and text of every term of a sum."""
        found = []
        for term in e.args:
            number, others = factors(term)
            if number < 0:
                with sympy.evaluate(True):
                    positive = -number
                rest = [positive, *others] if positive != 1 or not others else others
                term = sympy.Mul(*rest, evaluate=False) if len(rest) > 1 else rest[0]
            found.append(("-" if number < 0 else "+", self(term, _PRODUCT)))
        return found

    @staticmethod
    def joined(terms: list[tuple[str, str]]) -> str:
        """Terms as one line."""
        first, *more = terms
        head = first[1] if first[0] == "+" else f"-{first[1]}"
        return " ".join([head, *(f"{sign} {text}" for sign, text in more)])

    def _product(self, e: Any) -> tuple[str, int]:
        number, others = factors(e)
        sign, size = ("-", -float(number)) if number < 0 else ("", float(number))
        above = [part for part in others if not (part.is_Pow and part.exp == -1)]
        below = [part.base for part in others if part.is_Pow and part.exp == -1]
        inverse = round(1 / size, 12)
        if size < 1 and inverse.is_integer():
            size, below = 1.0, [sympy.Integer(int(inverse)), *below]
        if size != 1 or not above:
            above = [sympy.Float(size), *above]
        if not below:
            text = self._row(above)
        elif len(above) == 1:
            text = rf"\frac{{{self(above[0])}}}{{{self._under(below)}}}"
        else:
            # what is a fraction or a sum already stands beside the fraction and not in it
            flat = [
                part for part in above if not isinstance(part, Rises | Falls) and not part.is_Add
            ]
            beside = [part for part in above if part not in flat]
            over = flat or [sympy.Integer(1)]
            fraction = rf"\frac{{{self._row(over) if len(over) > 1 else self(over[0])}}}{{{self._under(below)}}}"
            text = rf"{fraction}\,{self._row(beside)}" if beside else fraction
        return sign + text, _SUM if sign else _PRODUCT

    def _under(self, below: list[Any]) -> str:
        return self(below[0]) if len(below) == 1 else self._row(below)

    def _row(self, parts: list[Any]) -> str:
        return r"\,".join(self(part, _PRODUCT) for part in parts)

    def _power(self, e: Any) -> tuple[str, int]:
        base, exponent = e.as_base_exp()
        if exponent == sympy.Rational(1, 2):
            return rf"\sqrt{{{self(base)}}}", _ATOM
        return f"{self._bracketed(base)}^{{{self._exponent(exponent)}}}", _ATOM

    @staticmethod
    def _exponent(exponent: Any) -> str:
        return f"{exponent.p}/{exponent.q}" if not exponent.is_Integer else str(exponent)

    def _bracketed(self, base: Any) -> str:
        """The base of a power: a symbol without an index above it as it is, anything else in brackets."""
        text = self(base)
        return text if base.is_Symbol and "^" not in text else rf"\left({text}\right)"

    def _raised(self, base: Any, exponent: Any) -> str:
        return self(base, _PRODUCT) if exponent == 1 else f"{self._bracketed(base)}^{{{exponent}}}"

    def _function(self, e: Any) -> tuple[str, int]:
        if isinstance(e, Rises | Falls):
            x, half, n = e.args
            over, under = self._raised(x, n), self._raised(half, n)
            head = over if isinstance(e, Rises) else under
            return rf"\frac{{{head}}}{{{under} + {over}}}", _PRODUCT
        if isinstance(e, Above):
            return rf"\left[{self(e.args[0])}\right]_{{{self(e.args[1])}}}", _ATOM
        if isinstance(e, Relative):
            x, reference = (self(part) for part in e.args)
            return rf"\frac{{2\,\left({x} - {reference}\right)}}{{{x} + {reference}}}", _PRODUCT
        name = {sympy.exp: r"\exp", sympy.log: r"\ln"}[e.func]
        return rf"{name}\left({self(e.args[0])}\right)", _ATOM


def symbol_of(name: str) -> str:
    """How a quantity is written."""
    return quantities()[name].symbol


_print = Printer(symbol_of)


def unit_text(unit: Unit) -> str:
    r"""A unit as LaTeX, `\mathrm{mmol\,L^{-1}}`; nothing where there is none."""
    names = {"ug": r"\mu g"}
    ordered = sorted(unit.powers, key=lambda item: item[1] < 0)  # what is above the line first
    parts = [
        names.get(name, name) + (f"^{{{power}}}" if power != 1 else "") for name, power in ordered
    ]
    return r"\mathrm{" + r"\,".join(parts) + "}" if parts else ""


def equation_unit(quantity: Quantity) -> str:
    """The unit of what an equation gives: of a state its rate of change."""
    return unit_text(quantity.unit / MINUTE if quantity.kind == "state" else quantity.unit)


def left_side(quantity: Quantity) -> str:
    """What stands before the sign of equality: a state's rate of change, or the quantity itself."""
    symbol = quantity.symbol
    return rf"\frac{{d{symbol}}}{{dt}}" if quantity.kind == "state" else symbol


def right_side(quantity: Quantity) -> Any:
    """The expression that a quantity, or a state's rate of change, equals."""
    equations = named()
    table = {"state": equations.rates, "observable": equations.readings}
    return table.get(quantity.kind, equations.terms)[quantity.name]


def equation(quantity: Quantity) -> str:
    """The equation on one line."""
    return f"{left_side(quantity)} = {_print(right_side(quantity))}"
