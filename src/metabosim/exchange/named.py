"""The body's equations under the names that its source gives them: `liver.restrained`, `gut.appearance`.

The traced body (`metabosim.trace`) is one expression a state, which machines read and nobody else. Here the same
source runs on symbols once more, but whatever it assigns to a name, or hands on as a field of an organ's flows, is
noted as an equation of its own, and its name stands for it from there on. Factors stay in the order in which they
were written.

For that each organ's module is read, every `name = value` becomes `name = _note("organ.name", value)`, and the result
runs as a second copy of the body; the modules themselves stay as they are.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Final

import sympy

from metabosim.body import (
    OBSERVABLES,
    STATES,
    adipose,
    blood,
    brain,
    drugs,
    gut,
    immune,
    islet,
    liver,
    muscle,
    observe,
    pituitary,
    vector,
    wiring,
)
from metabosim.exchange.tidy import SHAPES, tidy
from metabosim.trace import Symbolic

MODULES: Final = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        gut, blood, islet, liver, muscle, adipose, immune, pituitary, brain, drugs, wiring, observe, vector,
    )
}  # fmt: skip
_RATES: Final = ("Organ", "Slot", "States")  # what holds rates of change, which states name already


@dataclass(frozen=True)
class Named:
    """Every equation, by the name of what it gives, in an order in which they can be computed.

    `terms` are the named intermediate values, signals that can be held among them (`held`, by their own names: the
    value that they have while nobody holds them); `rates` the rates of change by state; `readings` the observables.
    Symbols are called as the quantity is (`glucose`, `liver.restrained`), constants as `vector.CONSTANT` has them
    (`lever.glucose_gating`).
    """

    terms: dict[str, Any]
    held: frozenset[str]
    rates: dict[str, Any]
    readings: dict[str, Any]


class _Notes:
    """What was noted so far; a second value of a name gets a number: `muscle.dose_2`."""

    def __init__(self) -> None:
        self.terms: dict[str, Any] = {}
        self.said: dict[str, Any] = {}  # signals that can be held

    def note(self, name: str, value: Any) -> Any:
        """A symbol for a value worth an equation; anything else as it is."""
        if not isinstance(value, sympy.Expr) or (tidied := tidy(value)).is_Atom:
            return value
        free = (f"{name}_{n}" if n > 1 else name for n in range(1, len(self.terms) + 2))
        return self._put(next(key for key in free if key not in self.terms), tidied)

    def tap(self, name: str, value: Any) -> Any:
        """A signal that can be held, under the name it is held by."""
        self.said[name] = self._put(name, tidy(value))
        return self.said[name]

    def _put(self, name: str, value: Any) -> Any:
        self.terms[name] = value
        return sympy.Symbol(name)


class _Naming(ast.NodeTransformer):
    """Puts `_note` around what a module's functions assign to names, and around fields of what they return."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.within = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.within = True
        self.generic_visit(node)
        self.within = False
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        (target,) = node.targets
        if not self.within:
            return node
        if isinstance(target, ast.Name):
            node.value = self._noted(target.id, node.value)
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=True)
            node.value.elts = [
                self._noted(to.id, value) if isinstance(to, ast.Name) else value
                for to, value in pairs
            ]
        return node

    def visit_Return(self, node: ast.Return) -> ast.Return:
        call = node.value
        made = (
            call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else None
        )
        if isinstance(call, ast.Call) and made not in (None, *_RATES):
            for field in call.keywords:
                if field.arg is not None:
                    field.value = self._noted(field.arg, field.value)
        return node

    def _noted(self, name: str, value: ast.expr) -> ast.expr:
        full = name if name in OBSERVABLES else f"{self.module}.{name}"
        return ast.Call(ast.Name("_note", ast.Load()), [ast.Constant(full), value], [])


def _copies(note: Callable[[str, Any], Any]) -> dict[str, ModuleType]:
    """The body's modules once more, values noted, knowing each other and the shapes as symbols."""
    made = {}
    for name, module in MODULES.items():
        tree = ast.parse(inspect.getsource(module))
        if module is not vector:
            tree = _Naming(name).visit(tree)
        copy = ModuleType(module.__name__)  # types are looked up where the module itself is
        copy.__dict__["_note"] = note
        code = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")
        exec(code, copy.__dict__)
        made[name] = copy
    for copy in made.values():
        known = {name: made[name] for name in made if name in copy.__dict__}
        known |= {name: shape for name, shape in SHAPES.items() if name in copy.__dict__}
        copy.__dict__.update(known)
    return made


@cache
def named() -> Named:
    """Run the body's source on symbols, noting what it names."""
    notes = _Notes()
    body = _copies(notes.note)["vector"]
    body.__dict__["_holding"] = lambda held, held_at: (notes.tap, notes.said)
    y = [sympy.Symbol(name) for name in STATES]
    c = [sympy.Symbol(f"{block}.{name}") for block, name in vector.CONSTANT]
    with sympy.evaluate(False):
        changes, seen = body.evaluate(Symbolic(), y, c)
        rates = {name: tidy(change) for name, change in zip(STATES, changes, strict=True)}
        read = {name: tidy(value) for name, value in zip(OBSERVABLES, seen, strict=False)}
    readings = {name: notes.terms.pop(name, value) for name, value in read.items()}
    return Named(notes.terms, frozenset(notes.said), rates, readings)
