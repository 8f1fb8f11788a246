"""Prints the Jacobians of the traced equations: `python -m metabosim.engine.jacobian_source` rewrites jacobian_kernel.py.

By state and by parameter, differentiated as expressions and printed as the kernel is. Most entries are zero for
every body, so only the others are computed; which they are is printed beside them.
"""

from collections.abc import Sequence
from pathlib import Path

import sympy

from metabosim.body import vector
from metabosim.engine.kernel_source import printed, straight_line
from metabosim.trace import traced

JACOBIAN_KERNEL = Path(__file__).with_name("jacobian_kernel.py")

_HEAD = '''"""Jacobians of the body's equations. Generated from metabosim.body by engine/jacobian_source.py: do not edit.

Each function writes the entries that can differ from zero; their rows (states, or readings) and columns (COLUMNS:
every state, then every parameter, in inside units, then what a meal sets) are beside it. That of the readings is
not compiled, since it is only asked for at single moments: give it lists.
"""
# ruff: noqa

from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from metabosim.engine.compiling import compiled

'''


def _entries(
    expressions: Sequence[sympy.Expr], by: Sequence[sympy.Symbol]
) -> tuple[list[int], list[int], list[sympy.Expr]]:
    """Rows, columns and expressions of the derivatives that are not zero."""
    column = {symbol: j for j, symbol in enumerate(by)}
    found = [
        (i, j, slope)
        for i, expression in enumerate(expressions)
        for j in sorted(column[s] for s in expression.free_symbols if s in column)
        if (slope := sympy.diff(expression, by[j])) != 0
    ]
    rows, columns, slopes = zip(*found, strict=True)
    return list(rows), list(columns), list(slopes)


def source() -> str:
    """The text of jacobian_kernel.py."""
    trace = traced()
    constants = list(zip(vector.CONSTANT, trace.constants, strict=True))
    by = [*trace.states, *(symbol for (block, _), symbol in constants if block == "parameter")]
    by.append(trace.constants[vector.CONSTANT["input", "meal_size"]])
    place = {symbol: f"c[{i}]" for i, symbol in enumerate(trace.constants)}
    place |= {symbol: f"y[{i}]" for i, symbol in enumerate(trace.states)}
    parts = [_HEAD + f"COLUMNS = {tuple(symbol.name for symbol in by)!r}\n"]
    for name, expressions in (("rates", trace.changes), ("readings", trace.readings)):
        rows, columns, slopes = _entries(expressions, by)
        text = f"How the {name} answer to each state and parameter."
        function = straight_line(f"{name}_jacobian", "y c out", place, slopes, text)
        tables = f"{name.upper()}_ROWS = {tuple(rows)!r}\n{name.upper()}_COLUMNS = {tuple(columns)!r}\n"
        parts += [tables, printed(function, compiled=name == "rates")]
    return "\n\n".join(parts)


if __name__ == "__main__":
    JACOBIAN_KERNEL.write_text(source(), encoding="utf-8")
