"""The traced equations for engines that build their own code: straight lines, with what never happens put in.

Rivals get what our own kernel has: common subexpressions shared, and what depends on parameters alone taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from benchmarks.cases import Problem
from metabosim.body import vector
from metabosim.engine import integrate as code
from metabosim.engine.kernel_source import functions

Lines = tuple[list[tuple[Any, Any]], list[Any]]  # what is shared, and the results


def unchanging(problem: Problem) -> dict[str, float]:
    """Inputs and held signals that no event of the problem touches, by their places: `c[3]`."""
    touched = {code.MEAL_SIZE} | {
        index
        for plan in problem.plans
        for _, kind, index, _ in plan.timeline()
        if kind == code.SET_CONSTANT
    }
    return {
        f"c[{i}]": float(problem.c[0, i])
        for (block, _), i in vector.CONSTANT.items()
        if block in ("input", "held", "held_at") and i not in touched
    }


def rates(known: Mapping[str, float]) -> Lines:
    """The rates of change of all states."""
    _, function, _ = functions()
    return _put_in(function.shared, function.results, known)


def appetite(known: Mapping[str, float]) -> Lines:
    """The observable that meals are scaled by."""
    _, _, function = functions()
    return _put_in(function.shared, [function.results[code.APPETITE]], known)


def _put_in(shared: Sequence[Any], results: Sequence[Any], known: Mapping[str, float]) -> Lines:
    numbers = {sympy.Symbol(place): sympy.Float(value) for place, value in known.items()}
    lines = [(symbol, value.xreplace(numbers)) for symbol, value in shared]
    ends = [sympy.sympify(value).xreplace(numbers) for value in results]
    used = set().union(*(value.free_symbols for value in ends))
    kept = []
    for symbol, value in reversed(lines):
        if symbol in used:
            used |= value.free_symbols
            kept.append((symbol, value))
    return kept[::-1], ends


def places(lines: Lines) -> list[str]:
    """The constants and hoisted numbers that are read, by their places."""
    values = [value for _, value in lines[0]] + lines[1]
    names = {symbol.name for value in values for symbol in value.free_symbols}
    return sorted(name for name in names if name[:2] in ("c[", "h["))


def built(lines: Lines, given: Mapping[str, Any], functions: Any) -> list[Any]:
    """The results in terms of `given` (by place), with `functions` for exp, log and sqrt.

    Powers are products, since some engines cannot differentiate a power at zero.
    """
    shared, results = lines
    known: dict[Any, Any] = {sympy.Symbol(name): value for name, value in given.items()}
    for symbol, value in shared:
        known[symbol] = _built(value, known, functions)
    return [_built(value, known, functions) for value in results]


def _built(value: Any, known: Mapping[Any, Any], f: Any) -> Any:
    if value.is_Symbol:
        return known[value]
    if value.is_number:
        return float(value)
    if value.is_Pow:
        return _power(value, known, f)
    parts = [_built(part, known, f) for part in value.args]
    if value.is_Add:
        return _folded(parts, lambda a, b: a + b)
    if value.is_Mul:
        return _folded(parts, lambda a, b: a * b)
    called = {sympy.exp: f.exp, sympy.log: f.log}[value.func]
    return called(parts[0])


def _folded(parts: Sequence[Any], join: Any) -> Any:
    total = parts[0]
    for part in parts[1:]:
        total = join(total, part)
    return total


def _power(value: Any, known: Mapping[Any, Any], f: Any) -> Any:
    base, exponent = value.as_base_exp()
    if not (2 * exponent).is_Integer:
        return f.exp(_built(exponent, known, f) * f.log(_built(base, known, f)))
    number = _built(base, known, f)
    whole, half = divmod(int(abs(2 * exponent)), 2)
    factors = ([_product(number, whole)] if whole else []) + ([f.sqrt(number)] if half else [])
    power = _folded(factors, lambda a, b: a * b)
    return 1.0 / power if exponent < 0 else power


def _product(number: Any, n: int) -> Any:
    if n == 1:
        return number
    half = _product(number, n // 2)
    square = half * half
    return square * number if n % 2 else square
