"""Prints the traced equations as an ES module: `python -m metabosim.exchange.javascript_source` rewrites js/.

The same assignments as in the compiled kernel, in the same order. What a page needs beside them is
written by hand in js/: the integrator, the rest, and the events of a plan.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import sympy
from sympy.printing.jscode import JavascriptCodePrinter

from metabosim.body import STATES, vector
from metabosim.engine.kernel_source import StraightLine, functions
from metabosim.exchange import javascript_settings, javascript_stages, javascript_tables

FOLDER = Path(__file__).with_name("js")

_HEAD = """\
/**
 * The body's equations. Generated from metabosim.body by exchange/javascript_source.py: do not edit.
 *
 * Illustrative, not clinical. `y` are states, `c` constants, `h` what `prepare` made of the constants that last
 * a run; every vector is a Float64Array, and the last one is written to.
 */
"""


class _Script(JavascriptCodePrinter):  # type: ignore[misc]  # sympy has no types
    """Statements of a function body; powers are products whose squares are named and shared.

    A call of Math.pow costs as much as some thirty multiplications.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._named: dict[str, str] = {}  # what a name stands for: the name
        self._powers: dict[tuple[str, int], str] = {}

    def let(self, symbol: sympy.Symbol, value: sympy.Expr) -> None:
        """Give a value its name; what is but another name is not named again."""
        printed = self.doprint(value)
        if printed.isidentifier():
            self._named[str(symbol.name)] = printed
        else:
            self._write(str(symbol.name), printed)

    def _write(self, name: str, printed: str) -> str:
        self.lines.append(f"const {name} = {printed};")
        return name

    def _print_Symbol(self, expr: sympy.Symbol) -> str:
        # States are read once, at the top: what is written to might be the same vector for all that V8 knows,
        # so it would read them anew after each result.
        name = re.sub(r"^y\[(\d+)\]$", r"y\1", expr.name)
        return self._named.get(name, name)

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        base, exponent = expr.as_base_exp()
        if exponent.is_negative:
            return f"(1.0/{self._print_Pow(sympy.Pow(base, -exponent, evaluate=False))})"
        if not (2 * exponent).is_Integer:
            return f"Math.exp({self._print(exponent)}*Math.log({self._print(base)}))"
        whole, half = divmod(int(2 * exponent), 2)
        printed = self._print(base)
        if (whole, half) == (1, 0):
            return printed if base.is_Atom else f"({printed})"
        if whole and not base.is_Atom:
            printed = self._power(printed, 1)
        factors = [self._power(printed, whole)] if whole else []
        factors += [f"Math.sqrt({printed})"] if half else []
        return factors[0] if len(factors) == 1 else f"({'*'.join(factors)})"

    def _power(self, base: str, n: int) -> str:
        """The name of a power of `base`, written out by way of its squares."""
        if n == 1 and base.isidentifier():
            return base
        if (base, n) not in self._powers:
            one, other = (n // 2, n // 2) if n % 2 == 0 else (n - 1, 1)
            value = base if n == 1 else f"{self._power(base, one)}*{self._power(base, other)}"
            self._powers[base, n] = self._write(f"p{len(self._powers)}", value)
        return self._powers[base, n]


def _printed(function: StraightLine) -> str:
    script = _Script()
    for symbol, value in function.shared:
        script.let(symbol, value)
    for i, value in enumerate(function.results):
        printed = script.doprint(value)
        script.lines.append(f"out[{i}] = {printed};")
    vectors = function.arguments.split()
    types = "".join(f" * @param {{Float64Array}} {name}\n" for name in vectors)
    text = "".join(f"  {line}\n" for line in script.lines)
    read = sorted({int(i) for i in re.findall(r"\by(\d+)\b", text)})
    states = "".join(f"  const y{i} = y[{i}];\n" for i in read)
    return (
        f"/**\n * {function.text}\n{types} */\n"
        f"export function {function.name}({', '.join(vectors)}) {{\n{states}{text}}}\n"
    )


def _table(name: str, values: Iterable[object]) -> str:
    return f"export const {name} = {json.dumps(list(values))};\n"


def source() -> str:
    """The text of kernel.js."""
    kinds = [item.kind for item in STATES.values()]
    layout = [
        _table("STATES", STATES),
        _table("CONSTANTS", map(".".join, vector.CONSTANT)),
        _table("READINGS", vector.READING),
        "/** A typical size of each state, and whether it is there at rest (drugs are not). */\n"
        + _table("SCALE", (kind.scale for kind in kinds))
        .replace("[", "new Float64Array([")
        .replace("]", "])"),
        _table("LASTING", (kind.lasting for kind in kinds)),
        f"export const HOISTED = {len(functions()[0].results)};\n",
    ]
    return "\n".join([_HEAD + "".join(layout), *map(_printed, functions())])


def generated() -> dict[str, str]:
    """The text of every generated module by its name."""
    return {
        "kernel.js": source(),
        "settings.js": javascript_settings.source(),
        "stages.js": javascript_stages.source(),
        **javascript_tables.generated(),
    }


if __name__ == "__main__":
    for module, text in generated().items():
        (FOLDER / module).write_text(text, encoding="utf-8")
