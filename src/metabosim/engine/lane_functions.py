"""exp and log as arithmetic: the compiler then computes several bodies at once, which a library's call forbids.

Both reduce to a small interval through the bits of the number and use a polynomial there (Cody and Waite 1980, from
memory); relative error about 1e-15 (tested). Not for infinities, NaN or numbers below the smallest normal one.
"""

from typing import Any

import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it leaves the nearest whole number in the low bits


@intrinsic
def _bits_of(_context: Any, number: Any) -> Any:
    def code(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), code


@intrinsic
def _number_of(_context: Any, bits: Any) -> Any:
    def code(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), code


# to a type checker an intrinsic still has the context it is compiled in
_bits: Any = _bits_of
_number: Any = _number_of


@numba.njit(inline="always")
def exp(x: float) -> float:
    """e to the x."""
    x = min(max(x, -700.0), 700.0)
    shifted = x * _LOG2_E + _ROUND
    n = shifted - _ROUND
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    power: float = _number((_bits(shifted) + 1023) << 52)
    return p * power


@numba.njit(inline="always")
def log(x: float) -> float:
    """The natural logarithm of a positive number."""
    bits = _bits(x)
    # from the exponent and a mantissa between sqrt(1/2) and sqrt(2)
    shifted = bits + (0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
    n = float((shifted >> 52) - 1023)
    m = _number((shifted & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 2.0 / 21.0
    p = p * z + 2.0 / 19.0
    p = p * z + 2.0 / 17.0
    p = p * z + 2.0 / 15.0
    p = p * z + 2.0 / 13.0
    p = p * z + 2.0 / 11.0
    p = p * z + 2.0 / 9.0
    p = p * z + 2.0 / 7.0
    p = p * z + 2.0 / 5.0
    p = p * z + 2.0 / 3.0
    result: float = n * _LN2_HIGH + (2.0 * s + (s * z * p + n * _LN2_LOW))
    return result
