"""Who acts on whom in the body, with which sign, and which levers cut it: read off the equations.

What wiring.yaml does not show is passed through. There is an arrow from A to B where B, or the rate of change of the
state B, depends on A; its sign is that of the partial derivative, seen at the rest of every subject through a day and
at random states around them, with a drug in one slot. A lever cuts an arrow if with the lever at 0, and all else that
is shown as it was, the derivative is zero everywhere. How a quantity acts on its own rate is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import sympy
from numpy.typing import NDArray

from metabosim.body import LEVERS, STATES, vector
from metabosim.engine import make_body
from metabosim.exchange.named import named
from metabosim.exchange.wiring_data import Path, shown
from metabosim.subjects import list_subjects

Numbers: TypeAlias = NDArray[np.float64]

HOURLY: Final = 61  # of a recorded rest, about every hour
RANDOM: Final = 600
SPREAD: Final = 1.0  # of the logarithm, each way
FAINT: Final = 1e-6  # of the largest effect of an arrow; what is less says nothing of its sign
WEAK: Final = 1e-3  # of the strongest effect on the same target ...
OFTEN: Final = 0.95  # ... in this quantile of the states: an alarm acts in few of them
# a drug that reaches everything, as no therapy does
DRUG: Final = {
    "glp1_affinity": 0.5, "glp1_efficacy": 1.0, "ghrh_affinity": 0.5, "ghrp_affinity": 0.5, "katp_affinity": 0.5,
    "glp1_delivery": 1000.0, "insulin_delivery": 1000.0, "gh_delivery": 20.0,
}  # fmt: skip


@dataclass(frozen=True)
class Arrow:
    """`sign` and `at_rest` are +, -, or ± where it depends on the state; `levers` cut it.

    A `weak` one moves its target by less than a thousandth of what the strongest does. `meal` ones act when a
    meal is eaten, through its size.
    """

    source: str
    target: str
    sign: str
    at_rest: str
    levers: tuple[str, ...]
    weak: bool = False
    meal: bool = False


@dataclass(frozen=True)
class Graph:
    """Arrows by (source, target), and the levers that cut no arrow by the node they act on."""

    arrows: dict[tuple[str, str], Arrow]
    loose_levers: dict[str, tuple[str, ...]]

    def along(self, path: Path) -> list[Arrow]:
        """The arrows of a loop or way; KeyError for one that the equations do not have."""
        return [self.arrows[step] for step in path.steps]

    def sign(self, path: Path) -> str:
        """+ if a push comes back, or arrives, as it went, - if turned round, by the signs at rest."""
        signs = [arrow.at_rest for arrow in self.along(path)]
        return "±" if "±" in signs else "-" if signs.count("-") % 2 else "+"

    def levers(self, path: Path) -> list[str]:
        """The levers that cut it, in its order."""
        return list(dict.fromkeys(name for arrow in self.along(path) for name in arrow.levers))


@cache
def graph() -> Graph:
    """The graph of the body that there is."""
    slopes, expressions = local_slopes()
    y, c, rest = looked_at()
    with np.errstate(all="ignore"):
        known = values(y, c)
        effects = effects_of(slopes, known)
        cut: dict[tuple[str, str], list[str]] = {step: [] for step in slopes}
        for lever in LEVERS:
            without = known | {f"lever.{lever}": np.zeros(len(y))}
            for step, effect in effects_of(slopes, without).items():
                if _largest(effect) <= 1e-12 * _largest(effects[step]):
                    cut[step].append(lever)
    # what is zero everywhere belongs to a clamp or a variant
    present = {step: effect for step, effect in effects.items() if _largest(effect) > 0.0}
    strength = {step: float(np.quantile(np.abs(effect), OFTEN)) for step, effect in present.items()}
    strongest = {
        target: max(strength[step] for step in present if step[1] == target)
        for _, target in present
    }
    arrows = {
        step: Arrow(
            *step,
            _sign(effect),
            _sign(effect[:rest]),
            tuple(cut[step]),
            strength[step] < WEAK * strongest[step[1]],
        )
        for step, effect in present.items()
    }
    for step in shown().meals:
        arrows[step] = Arrow(*step, "+", "+", (), meal=True)
    on_arrows = {lever for arrow in arrows.values() for lever in arrow.levers}
    loose = {
        lever: tuple(
            node
            for node, parts in expressions.items()
            if any(sympy.Symbol(f"lever.{lever}") in part.free_symbols for part in parts)
        )
        for lever in LEVERS
        if lever not in on_arrows
    }
    return Graph(arrows, loose)


def local_slopes() -> tuple[dict[tuple[str, str], list[tuple[Any, str]]], dict[str, list[Any]]]:
    """For every pair of nodes the partial derivatives, each with the term it is by; and every node's expressions."""
    nodes = shown().nodes
    visible = {term: node.id for node in nodes.values() for term in node.terms}
    equations = named()
    spelt = {name: expression.doit() for name, expression in equations.terms.items()}
    hidden = {sympy.Symbol(name): e for name, e in spelt.items() if name not in visible}
    found: dict[tuple[str, str], list[tuple[Any, str]]] = {}
    expressions: dict[str, list[Any]] = {}
    for node in nodes.values():
        own = [equations.rates[t].doit() if t in STATES else spelt[t] for t in node.terms]
        expressions[node.id] = [_through(expression, hidden) for expression in own]
        for expression in expressions[node.id]:
            for symbol in sorted(expression.free_symbols, key=str):
                source = visible.get(symbol.name)
                if source is not None and source != node.id:
                    slope = sympy.diff(expression, symbol)
                    found.setdefault((source, node.id), []).append((slope, symbol.name))
    return found, expressions


def _through(expression: Any, hidden: Mapping[Any, Any]) -> Any:
    """The expression with everything hidden replaced by what it is made of."""
    while inside := {s: hidden[s] for s in expression.free_symbols if s in hidden}:
        expression = expression.xreplace(inside)
    return expression


def looked_at() -> tuple[Numbers, Numbers, int]:
    """States (n, s) and constants (n, k) to look at; the first so many are at rest."""
    rng = np.random.default_rng(20)
    states, constants = [], []
    for subject in list_subjects():
        body = make_body(subject)
        for state in body.rest.states[::HOURLY]:
            states.append(state)
            constants.append(body.c)
    rest = len(states)
    for i in rng.integers(rest, size=RANDOM):
        states.append(states[i] * np.exp(rng.uniform(-SPREAD, SPREAD, len(STATES))))
        constants.append(constants[i])
    y, c = np.array(states), np.array(constants)
    for name, value in DRUG.items():
        c[:, vector.CONSTANT["parameter", f"drug1_{name}"]] = value
    for name, item in STATES.items():
        if not item.kind.lasting and item.organ != "drug2":
            largest = 1.0 if item.organ == "drug1" else item.kind.scale
            y[:, vector.STATE[name]] = rng.uniform(0.1, 1.0, len(y)) * largest
    return y, c, rest


@cache
def _compiled() -> tuple[list[Any], Any]:
    """The symbols that equations read, and a function from them to every term, at once."""
    symbols = [sympy.Symbol(name) for name in STATES]
    symbols += [sympy.Symbol(".".join(key)) for key in vector.CONSTANT]
    terms = {sympy.Symbol(name): e.doit() for name, e in named().terms.items()}
    whole = [_through(term, terms) for term in terms]
    return symbols, sympy.lambdify(symbols, whole, "numpy", cse=True)


@cache
def _compiled_slopes() -> tuple[list[Any], list[str], Any]:
    """The symbols and the terms of all slopes, and a function from the former to the values of all."""
    flat = [(slope, term) for group in local_slopes()[0].values() for slope, term in group]
    symbols = sorted(frozenset().union(*(slope.free_symbols for slope, _ in flat)), key=str)
    function = sympy.lambdify(symbols, [slope for slope, _ in flat], "numpy", cse=True)
    return symbols, [term for _, term in flat], function


def values(y: Numbers, c: Numbers) -> dict[str, Numbers]:
    """The values (n,) of states, constants and terms, by the names of their symbols."""
    symbols, of_terms = _compiled()
    columns = [*y.T, *c.T]
    known = {symbol.name: column for symbol, column in zip(symbols, columns, strict=True)}
    return known | dict(zip(named().terms, of_terms(*columns), strict=True))


def effects_of(
    slopes: Mapping[tuple[str, str], list[tuple[Any, str]]], known: Mapping[str, Numbers]
) -> dict[tuple[str, str], Numbers]:
    """By how much each source moves its target, (n,): slope times the source's size, over the terms of both."""
    needed, sources, function = _compiled_slopes()
    evaluated = iter(zip(function(*(known[s.name] for s in needed)), sources, strict=True))
    found = {}
    for step, group in slopes.items():
        effect = np.zeros(len(known["glucose"]))
        for _ in group:
            slope, source = next(evaluated)
            effect = effect + slope * np.abs(known[source])
        found[step] = effect
    return found


def _largest(effect: Numbers) -> float:
    return float(np.max(np.abs(effect)))


def _sign(effect: Numbers) -> str:
    """The sign that an effect has wherever it is not faint."""
    clear = effect[np.abs(effect) > FAINT * _largest(effect)]
    return "+" if np.all(clear > 0.0) else "-" if np.all(clear < 0.0) else "±"
