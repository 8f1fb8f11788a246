"""Prints the traced equations as a numba kernel: `python -m metabosim.engine.kernel_source` rewrites kernel.py.

Common subexpressions are shared and integer powers multiplied out. What depends on parameters, levers and
variants alone is computed once for a run, by `prepare`: most of it are reciprocals, and dividing is slow.
"""

from pathlib import Path

import sympy
from sympy.printing.pycode import PythonCodePrinter

from metabosim.body import STATES, vector
from metabosim.trace import traced

KERNEL = Path(__file__).with_name("kernel.py")
_LASTING = ("parameter", "lever", "variant")  # blocks of constants that no event changes

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


class _Hoisting:
    """Takes out of expressions what depends on symbols that stay as they are through a run."""

    def __init__(self, lasting: frozenset[sympy.Symbol]) -> None:
        self.lasting = lasting
        self.found: dict[sympy.Expr, sympy.Symbol] = {}
        self._done: dict[sympy.Expr, sympy.Expr] = {}

    def __call__(self, expression: sympy.Expr) -> sympy.Expr:
        """The expression with every lasting part replaced by a symbol of `found`."""
        if expression not in self._done:
            self._done[expression] = self._hoisted(expression)
        return self._done[expression]

    def _lasts(self, expression: sympy.Expr) -> bool:
        return bool(expression.free_symbols <= self.lasting)

    def _named(self, expression: sympy.Expr) -> sympy.Expr:
        if expression.is_Atom:
            return expression
        return self.found.setdefault(expression, sympy.Symbol(f"hoisted{len(self.found)}"))

    def _hoisted(self, expression: sympy.Expr) -> sympy.Expr:
        if self._lasts(expression):
            return self._named(expression)
        if expression.is_Atom:
            return expression
        kept = [self(part) for part in expression.args if not self._lasts(part)]
        lasting = [part for part in expression.args if self._lasts(part)]
        if isinstance(expression, sympy.Mul | sympy.Add):
            if any(part.free_symbols for part in lasting):
                lasting = [self._named(expression.func(*lasting))]
            return expression.func(*lasting, *kept)
        return expression.func(*(self(part) for part in expression.args))


def _function(
    name: str,
    arguments: str,
    place: dict[sympy.Symbol, str],
    expressions: list[sympy.Expr],
    text: str,
) -> str:
    """One straight-line function of vectors, the last of which is written to; symbols are found at `place`."""
    shared, results = sympy.cse(expressions, symbols=sympy.numbered_symbols("x"), order="none")
    printer = _Printer({"fully_qualified_modules": False})

    def printed(expression: sympy.Expr) -> str:
        return str(
            printer.doprint(expression.xreplace({s: sympy.Symbol(t) for s, t in place.items()}))
        )

    vectors = ", ".join(f"{argument}: NDArray[np.float64]" for argument in arguments.split())
    lines = ["@compiled", f"def {name}({vectors}) -> None:", f'    """{text}"""']
    lines += [f"    {symbol} = {printed(expression)}" for symbol, expression in shared]
    lines += [f"    out[{i}] = {printed(result)}" for i, result in enumerate(results)]
    return "\n".join(lines) + "\n"


def source() -> str:
    """The text of kernel.py."""
    trace = traced()
    lasting = zip(vector.CONSTANT, trace.constants, strict=True)
    hoist = _Hoisting(frozenset(symbol for (block, _), symbol in lasting if block in _LASTING))
    changes, readings = (list(map(hoist, part)) for part in (trace.changes, trace.readings))
    layout = (
        f"STATES = {tuple(STATES)!r}\nCONSTANTS = {tuple('.'.join(k) for k in vector.CONSTANT)!r}\n"
        f"READINGS = {tuple(vector.READING)!r}\nHOISTED = {len(hoist.found)}\n"
    )
    place = {symbol: f"c[{i}]" for i, symbol in enumerate(trace.constants)}
    here = place | {symbol: f"y[{i}]" for i, symbol in enumerate(trace.states)}
    here |= {symbol: f"h[{i}]" for i, symbol in enumerate(hoist.found.values())}
    return "\n\n".join(
        [
            _HEAD + layout,
            _function(
                "prepare", "c out", place, list(hoist.found),
                "What parameters, levers and variants alone decide.",
            ),
            _function("rates", "y c h out", here, changes, "Rates of change of every state."),
            _function(
                "observe", "y c h out", here, readings,
                "Every observable, then every signal that can be held.",
            ),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    KERNEL.write_text(source(), encoding="utf-8")
