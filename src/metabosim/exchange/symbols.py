"""A symbol, a name, a unit and the words for every quantity of the body, in one table.

What is declared is read off the body; what its source only names is told in symbols.csv, which also has the
symbols that everybody knows. The others follow one rule: a letter says what kind of quantity it is, and the
words of its name are the subscript.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import sympy

from metabosim.body import (
    INPUTS,
    LEVERS,
    OBSERVABLES,
    PARAMETERS,
    SIGNALS,
    STATES,
    VARIANTS,
)
from metabosim.body.quantities import Declared, inside_unit
from metabosim.exchange.named import named
from metabosim.exchange.sbml_units import NONE, Unit, unit_of
from metabosim.exchange.tidy import Falls, Rises

ORGANS: Final = {
    "gut": "Gut",
    "blood": "Blood",
    "islet": "Islet",
    "liver": "Liver",
    "muscle": "Muscle",
    "adipose": "Fat and energy",
    "immune": "Immune system",
    "pituitary": "Pituitary",
    "brain": "Brain",
    "drugs": "Drugs",
    "observe": "Readings",
}
# what the letter of a parameter's symbol says: letter, what it stands for, as a condition on name and unit
LETTERS: Final = (
    ("K", "quantity of half effect"),
    ("k", "rate constant"),
    (r"\tau", "time constant"),
    ("V", "volume"),
    ("q", "flow or clearance of a volume"),
    ("r", "production or turnover"),
    ("c", "concentration"),
    ("m", "mass"),
    ("M", "amount of substance"),
    (r"\varepsilon", "energy"),
    ("a", "plain number: a gain, a share"),
    ("b", "effect per unit of what causes it"),
    (r"\lambda", "lever: 1 as it is, 0 knocked out"),
    (r"\nu", "variant: 0 as it is, 1 rewired"),
    ("u", "input by a protocol"),
)
_WORDS: Final = {
    "glp1": "GLP1", "gh": "GH", "igf1": "IGF1", "vat": "VAT", "ffa": "FFA", "pka": "PKA", "camp": "cAMP",
    "ghrh": "GHRH", "ghrp": "GHRP", "dpp4": "DPP4", "epac2": "Epac2", "katp": "KATP", "homa": "HOMA",
    "glucose": "G", "insulin": "I", "hepatic": "liv", "triglyceride": "TG", "inflammation": "infl",
    "inflammatory": "infl", "somatostatin": "SST", "production": "prod", "resistance": "res",
    "gluconeogenesis": "gng", "glycogenolysis": "gly", "glycogen": "Y", "glucagon": r"\Gamma",
    "expenditure": "exp", "emptying": "empt", "tolerance": "tol", "clearance": "cl", "lipolysis": "lip",
    "signalling": "sig", "absorption": "abs", "bioavailability": "bio", "saturation": "sat",
    "secretion": "sec", "suppression": "sup", "compensation": "comp", "storage": "sto",
    "standard": "std", "habitual": "hab", "reference": "ref", "intestinal": "int", "gastric": "gas",
    "endogenous": "endo", "incretin": "inc", "degradation": "deg", "mobilisation": "mob", "capacity": "cap",
    "peripheral": "per", "extraction": "extr", "threshold": "thr", "infusion": "inf", "hypoglycaemia": "hypo",
    "counterregulation": "contra", "glucolipotoxicity": "tox", "glucotoxicity": "tox", "glucotoxic": "tox",
    "hyperinsulinaemia": "I", "elimination": "el", "equilibration": "eq", "affinity": "aff", "efficacy": "eff",
    "delivery": "del", "pulsatility": "pulse", "autoregulation": "auto", "beta": r"\beta",
    "sensitivity": "sens", "inhibition": "inh",
}  # fmt: skip
_SILENT: Final = {  # words that the letter says already
    "K": ("half",),
    "k": ("rate",),
    r"\tau": ("time", "delay", "return"),
    r"\varepsilon": ("energy",),
    r"\lambda": ("cell", "arm", "acute", "mass"),
    "V": ("volume",),
    "q": ("clearance", "flow"),
    "a": ("gain",),
}


@dataclass(frozen=True)
class Quantity:
    """Anything that has a symbol; `kind` is state, term, signal, observable or the block of a constant."""

    name: str
    kind: str
    symbol: str
    unit: Unit
    text: str
    organ: str
    declared: Declared | None = None


class _Line(NamedTuple):
    """One line of symbols.csv."""

    name: str
    symbol: str
    organ: str
    text: str


def symbol_lines() -> dict[str, _Line]:
    """The lines of symbols.csv by name."""
    text = files("metabosim.exchange").joinpath("symbols.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {row[0]: _Line(*row) for row in csv.reader(lines[1:])}


@cache
def _halves() -> frozenset[str]:
    """Parameters that a Hill curve has as its half."""
    equations = named()
    written = (*equations.terms.values(), *equations.rates.values(), *equations.readings.values())
    curves = frozenset[Any]().union(*(expression.atoms(Rises, Falls) for expression in written))
    return frozenset(str(curve.args[1]).removeprefix("parameter.") for curve in curves)


def letter(name: str, unit: str) -> str:
    """What the symbol of a parameter begins with."""
    first, *below = unit.split("/")
    times = {"min", "h", "d"}
    if name.endswith("_half") or name in _halves():
        return "K"
    if first == "1":
        return "k" if len(below) == 1 and below[0] in times else ("b" if below else "a")
    if first in times:
        return r"\tau"
    if first == "L" and not times & set(below):
        return "V" if not below or below == ["kg"] else "b"
    if first == "L":
        return "q"
    if first == "MJ" and not times & set(below):
        return r"\varepsilon"
    if times & set(below):
        return "r"
    if below == ["L"]:
        return "c"
    return {"kg": "m"}.get(first, "M") if not below else "b"


def _subscript(name: str, head: str) -> str:
    words = [word for word in name.split("_") if word not in _SILENT.get(head, ())]
    return r"\mathrm{" + ",".join(_WORDS.get(word, word) for word in words or [name]) + "}"


_HEADS: Final = {"lever": r"\lambda", "variant": r"\nu", "input": "u"}


def _constant(block: str, item: Declared, line: _Line | None) -> Quantity:
    head = _HEADS.get(block) or letter(item.name, item.unit)
    slot = item.organ.startswith("drug")
    name = item.name.removeprefix(f"{item.organ}_") if slot else item.name
    symbol = (line.symbol if line else "") or f"{head}_{{{_subscript(name, head)}" + (
        f",{item.organ[-1]}}}" if slot else "}"
    )
    organ = "drugs" if slot else item.organ
    key = f"{block}.{item.name}"
    return Quantity(key, block, symbol, Unit.parse(inside_unit(item.unit)), item.text, organ, item)


@cache
def quantities() -> dict[str, Quantity]:
    """Every quantity by the name that its symbol has in `named()`; KeyError for a term that symbols.csv lacks."""
    table, equations = symbol_lines(), named()
    found: dict[str, Quantity] = {}
    for name, item in STATES.items():
        organ = "drugs" if item.organ.startswith("drug") else item.organ
        unit = Unit.parse(inside_unit(item.unit))
        found[name] = Quantity(name, "state", table[name].symbol, unit, item.text, organ, item)
    blocks = (
        ("parameter", PARAMETERS),
        ("lever", LEVERS),
        ("variant", VARIANTS),
        ("input", INPUTS),
    )
    for block, declared in blocks:
        for item in declared.values():
            quantity = _constant(block, item, table.get(f"{block}.{item.name}"))
            found[quantity.name] = quantity
    units = {sympy.Symbol(name): quantity.unit for name, quantity in found.items()}
    for name, expression in equations.terms.items():
        line = table[name]
        unit = _unit(expression, units)
        units[sympy.Symbol(name)] = unit
        organ = line.organ or name.partition(".")[0]
        signal = SIGNALS.get(name)
        kind, text = ("signal", signal.text) if signal else ("term", line.text)
        found[name] = Quantity(name, kind, line.symbol, unit, text, organ, signal)
    for name, item in OBSERVABLES.items():
        written = equations.readings[name]
        symbol = found[written.name].symbol if written.is_Symbol else _typed(name)
        unit = Unit.parse(item.unit)
        found[name] = Quantity(name, "observable", symbol, unit, item.text, "observe", item)
    return found


def _typed(name: str) -> str:
    """An observable that is no quantity of the body itself is called by its name."""
    return r"\mathrm{" + name.replace("_", r"\_") + "}"


def _unit(expression: Any, units: dict[Any, Unit]) -> Unit:
    with sympy.evaluate(True):
        return unit_of(expression.doit(), units) or NONE
