"""What a plan does and when, in a form that outlives the plan: things that happen once, or over and over.

A habit (breakfast at eight) is one happening with a period and not a thousand events; what repeats until
the end of the run goes on repeating.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Final, TypeAlias

from metabosim.engine import integrate as code
from metabosim.engine.plan import Plan
from metabosim.errors import InputError

Deed: TypeAlias = tuple[int, int, float]  # kind, index and value, as `integrate` takes them
Item: TypeAlias = tuple[float, Deed]
Held: TypeAlias = tuple[int, int]  # 0 for a state or 1 for a constant, and its index

FEWEST: Final = 3  # of these at equal distances are a habit
TRIED: Final = 50  # distances


@dataclass(frozen=True)
class Times:
    """When something happens (min): once, or from `first` on every `period`, for ever unless there is a `last`."""

    first: float
    period: float | None = None
    last: float | None = None


@dataclass(frozen=True)
class Happening:
    """A deed and its times. Of two at the same moment the one that stands first in the list is done first."""

    times: Times
    deed: Deed


def happenings(plan: Plan) -> list[Happening]:
    """Everything that the plan does, in the order in which it is done where moments coincide.

    Raises InputError where two holds of one quantity overlap.
    """
    items = [(float(t), (int(kind), int(i), float(v))) for t, kind, i, v in plan.timeline()]
    items = [item for item in _effective(items, plan) if item[1][0] != code.PAUSE]
    try:
        order = _order(items)
    except CycleError:  # two deeds come in both orders, so that no habit can be told apart
        return [Happening(Times(time), deed) for time, deed in items]
    return [
        Happening(times, deed)
        for deed in order
        for times in _habits([time for time, done in items if done == deed], plan.stop)
    ]


def _effective(items: Sequence[Item], plan: Plan) -> list[Item]:
    """The items less those that change nothing: what is held is put back at once, and stays held.

    That is an amount added to a state that is held, and letting go of what another hold takes over.
    Raises InputError where two holds of one quantity overlap.
    """
    kept: list[Item] = []
    holds: dict[Held, set[int]] = {}
    for time, moment in groupby(items, key=lambda item: item[0]):
        now = list(moment)
        for _, (kind, index, _) in now:
            if kind == code.FOLLOW:
                holds.setdefault(plan.tables[index][:2], set()).add(index)
            elif kind == code.LET_GO:
                holds[plan.tables[index][:2]].remove(index)
        held = {quantity for quantity, by in holds.items() if by}
        if any(len(by) > 1 for by in holds.values()):
            raise InputError(f"two holds of one quantity overlap at {time:g} min")
        kept += [item for item in now if not _vain(item[1], plan, held)]
    return kept


def _vain(deed: Deed, plan: Plan, held: set[Held]) -> bool:
    """Whether a deed is undone at once by what is `held` after its moment."""
    kind, index, _ = deed
    if kind == code.LET_GO:
        return plan.tables[index][:2] in held
    return kind in (code.ADD, code.ADD_MEAL, code.SET_STATE) and (0, index) in held


def _order(items: Sequence[Item]) -> list[Deed]:
    """Every deed once, before all that ever follow it within one moment; CycleError if there is no such order."""
    graph: dict[Deed, set[Deed]] = {}
    for _, moment in groupby(items, key=lambda item: item[0]):
        before: list[Deed] = []
        for _, deed in moment:
            graph.setdefault(deed, set()).update(before)
            before.append(deed)
    return list(TopologicalSorter(graph).static_order())


def _habits(times: Sequence[float], stop: float) -> list[Times]:
    """Ascending times as habits, where at least FEWEST are equally far apart, and single moments."""
    left = list(times)
    found = []
    while left:
        chain = max((_chain(left, other - left[0]) for other in left[1:TRIED]), key=len, default=[])
        if len(chain) < FEWEST:
            found.append(Times(left.pop(0)))
            continue
        period = chain[1] - chain[0]
        goes_on = chain[-1] + period >= stop
        found.append(Times(chain[0], period, None if goes_on else chain[-1]))
        taken = set(chain)
        left = [time for time in left if time not in taken]
    return found


def _chain(times: Sequence[float], period: float) -> list[float]:
    """The times that follow the first one, each a period after the one before."""
    chain = [times[0]]
    for time in times[1:]:
        if abs(time - chain[-1] - period) < 1e-6:
            chain.append(time)
    return chain
