"""The few curve shapes the equations are written in.

All are smooth, keep their sign for every lever from 0 to 3, and use only `+ - * /` and integer powers,
so that numbers, symbols and quantities with units pass through them alike.
"""

from typing import Any, Protocol

Number = Any  # a float, an array, a symbol or a quantity: the interpreters of the equations


class Functions(Protocol):
    """The transcendental functions the equations may use; each interpreter brings its own."""

    def exp(self, x: Number, /) -> Number:
        """e to the x, of a dimensionless x."""
        ...

    def log(self, x: Number, /) -> Number:
        """Natural logarithm, of a dimensionless x."""
        ...

    def sqrt(self, x: Number, /) -> Number:
        """Square root, of a dimensionless x."""
        ...


def rises(x: Number, half: Number, n: int = 1) -> Number:
    """Hill curve from 0 to 1, one half at `x = half`."""
    ratio = (x / half) ** n
    return ratio / (1.0 + ratio)


def falls(x: Number, half: Number, n: int = 1) -> Number:
    """Hill curve from 1 to 0, one half at `x = half`."""
    return 1.0 / (1.0 + (x / half) ** n)


def relative(x: Number, reference: Number) -> Number:
    """How far x is from its reference: like log(x/reference) near it, and never beyond -2 or 2."""
    return 2.0 * (x - reference) / (x + reference)


def above(f: Functions, x: Number, width: float) -> Number:
    """The positive part of a dimensionless x, rounded off within `width` of zero."""
    return 0.5 * (x + f.sqrt(x * x + width * width))
