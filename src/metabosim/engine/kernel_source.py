"""Prints the traced equations as a numba kernel: `python -m metabosim.engine.kernel_source` rewrites kernel.py.

Common subexpressions are shared, integer powers are multiplied out, and what depends on constants alone
stays in the straight line (the compiler hoists what it can).
"""

from pathlib import Path

import sympy
from sympy.printing.pycode import PythonCodePrinter

from metabosim.body import STATES, vector
from metabosim.trace import traced

KERNEL = Path(__file__).with_name("kernel.py")

_HEAD = '''"""The body's equations, compiled. Generated from metabosim.body by engine/kernel_source.py: do not edit."""
# ruff: noqa

from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from metabosim.engine.compiling import compiled

'''


class _Printer(PythonCodePrinter):  # type: ignore[misc]  # sympy has no types
    """Python source with integer powers multiplied out."""

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        base, exponent = expr.as_base_exp()
        if exponent == sympy.Rational(1, 2) or exponent == 0.5:
            return f"sqrt({self._print(base)})"
        if exponent.is_Integer:
            n = abs(int(exponent))
            factor = f"({self._print(base)})"
            product = "*".join([factor] * n)
            return f"({product})" if exponent > 0 else f"(1.0/({product}))"
        return f"exp({self._print(exponent)}*log({self._print(base)}))"

    def _print_exp(self, expr: sympy.exp) -> str:
        return f"exp({self._print(expr.args[0])})"

    def _print_log(self, expr: sympy.log) -> str:
        return f"log({self._print(expr.args[0])})"

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))


def _function(name: str, expressions: tuple[sympy.Expr, ...], text: str) -> str:
    """One straight-line function `name(y, c, out)`."""
    trace = traced()
    shared, results = sympy.cse(
        list(expressions), symbols=sympy.numbered_symbols("x"), order="none"
    )
    place = {symbol: f"y[{i}]" for i, symbol in enumerate(trace.states)}
    place |= {symbol: f"c[{i}]" for i, symbol in enumerate(trace.constants)}
    printer = _Printer({"fully_qualified_modules": False})

    def printed(expression: sympy.Expr) -> str:
        return str(
            printer.doprint(expression.xreplace({s: sympy.Symbol(t) for s, t in place.items()}))
        )

    vectors = ", ".join(f"{argument}: NDArray[np.float64]" for argument in ("y", "c", "out"))
    lines = ["@compiled", f"def {name}({vectors}) -> None:", f'    """{text}"""']
    lines += [f"    {symbol} = {printed(expression)}" for symbol, expression in shared]
    lines += [f"    out[{i}] = {printed(result)}" for i, result in enumerate(results)]
    return "\n".join(lines) + "\n"


def source() -> str:
    """The text of kernel.py."""
    trace = traced()
    layout = (
        f"STATES = {tuple(STATES)!r}\nCONSTANTS = {tuple('.'.join(k) for k in vector.CONSTANT)!r}\n"
        f"READINGS = {tuple(vector.READING)!r}\n"
    )
    return "\n\n".join(
        [
            _HEAD + layout,
            _function("rates", trace.changes, "Rates of change of every state."),
            _function(
                "observe", trace.readings, "Every observable, then every signal that can be held."
            ),
        ]
    )


if __name__ == "__main__":
    KERNEL.write_text(source(), encoding="utf-8")
