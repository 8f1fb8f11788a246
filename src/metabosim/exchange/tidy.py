"""The curve shapes of the equations as symbols, and expressions put in order without being simplified.

Inside `sympy.evaluate(False)` an expression stays as it was written, and so does what nobody would print: products
within products, `2.0*x/0.5`, a sum of one and zero. `tidy` clears that away and keeps the order.
"""

from __future__ import annotations

from typing import Any, Final

import sympy


class Rises(sympy.Function):  # type: ignore[misc]  # sympy has no types
    """Hill curve upwards, of x, half and n; `doit` spells it out, as it does for the other shapes."""

    def doit(self, **hints: Any) -> Any:
        """The curve as sums, products and powers."""
        x, half, n = (part.doit(**hints) for part in self.args)
        return (x / half) ** n / (1 + (x / half) ** n)


class Falls(sympy.Function):  # type: ignore[misc]
    """Hill curve downwards, of x, half and n."""

    def doit(self, **hints: Any) -> Any:
        """The curve as sums, products and powers."""
        x, half, n = (part.doit(**hints) for part in self.args)
        return 1 / (1 + (x / half) ** n)


class Above(sympy.Function):  # type: ignore[misc]
    """The positive part of x, rounded off within a width."""

    def doit(self, **hints: Any) -> Any:
        """The curve as sums, products and powers."""
        x, width = (part.doit(**hints) for part in self.args)
        return (x + sympy.sqrt(x * x + width * width)) / 2


class Relative(sympy.Function):  # type: ignore[misc]
    """How far x is from a reference."""

    def doit(self, **hints: Any) -> Any:
        """The curve as sums, products and powers."""
        x, reference = (part.doit(**hints) for part in self.args)
        return 2 * (x - reference) / (x + reference)


_HALF, _THREE_HALVES = sympy.Rational(1, 2), sympy.Rational(3, 2)

# by their names in `metabosim.body.shapes`, and taking what those take
SHAPES: Final[dict[str, Any]] = {
    "rises": lambda x, half, n=1: Rises(x, half, n),
    "falls": lambda x, half, n=1: Falls(x, half, n),
    "above": lambda f, x, width: Above(x, width),
    "relative": Relative,
}


def tidy(expression: Any) -> Any:
    """The same expression in the same order: sums and products flat, one number at the head of each product."""
    expression = sympy.sympify(expression)
    if expression.is_number:
        value = float(expression)
        return sympy.Integer(int(value)) if value.is_integer() else sympy.Float(value)
    if expression.is_Atom:
        return expression
    if expression.is_Pow:
        return _power(tidy(expression.base), expression.exp)
    parts = [tidy(part) for part in expression.args]
    if expression.is_Add:
        return _sum(parts)
    if expression.is_Mul:
        return _product(parts)
    return expression.func(*parts)


def factors(expression: Any) -> tuple[Any, list[Any]]:
    """A product's number and its other factors, in order; the number is 1 where there is none."""
    if expression.is_Number:
        return expression, []
    if not expression.is_Mul:
        return sympy.Integer(1), [expression]
    number, others = sympy.Integer(1), list(expression.args)
    if others[0].is_Number:
        number = others.pop(0)
    return number, others


def _sum(parts: list[Any]) -> Any:
    """One flat sum without zeros; what is subtracted as a sum is subtracted term by term."""
    terms: list[Any] = []
    for part in parts:
        number, others = factors(part)
        if part == 0:
            continue
        if part.is_Add:
            terms += part.args
        elif number == -1 and len(others) == 1 and others[0].is_Add:
            terms += [_product([sympy.Integer(-1), term]) for term in others[0].args]
        else:
            terms.append(part)
    return _of(sympy.Add, terms, sympy.Integer(0))


def _product(parts: list[Any]) -> Any:
    """One flat product; zero if a factor is, and without ones. x times its square root is a power of x."""
    if len(parts) == 2 and parts[1] == sympy.Pow(parts[0], _HALF, evaluate=False):
        return sympy.Pow(parts[0], _THREE_HALVES, evaluate=False)
    number, others = sympy.Integer(1), []
    for part in parts:
        its_number, its_others = factors(part)
        with sympy.evaluate(True):
            number = tidy(number * its_number)
        others += its_others
    if number == 0:
        return number
    return _of(sympy.Mul, others if number == 1 else [number, *others], sympy.Integer(1))


def _power(base: Any, exponent: Any) -> Any:
    """A power; that of a product is a product of powers below the line, where brackets would be in the way."""
    if base.is_Number and exponent.is_Integer:
        with sympy.evaluate(True):
            return tidy(base**exponent)
    if exponent == -1 and base.is_Mul:
        return _product([_power(factor, exponent) for factor in base.args])
    return base if exponent == 1 else sympy.Pow(base, exponent, evaluate=False)


def _of(kind: Any, parts: list[Any], empty: Any) -> Any:
    if len(parts) < 2:
        return parts[0] if parts else empty
    return kind(*parts, evaluate=False)
