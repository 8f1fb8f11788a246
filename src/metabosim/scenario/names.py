"""The names that a scenario may use, and those in its checks that nothing has.

Checks are searched as written, so that a misspelt name is found even where it makes the whole
check invalid.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from metabosim.body import LEVERS, OBSERVABLES, SIGNALS, STATES
from metabosim.datafile import parameter_faults
from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.protocol import holdable
from metabosim.scenario.checks import FEATURES
from metabosim.scenario.model import Scenario
from metabosim.scenario.parts import lever_faults
from metabosim.subjects import settable_parameters
from metabosim.units import parse_quantity
from metabosim.yamlfile import Document, Path_

CLAMPED: Final = ("m_value",)
"""Not a column of a run, but what `half_effect_time` may follow by clamps."""
# fields of checks and features that name an observable
_READS: Final = {*FEATURES, "observable", "behind", "follower", "leader", "rises", "falls"}


class Names:
    """What checks and plots may refer to."""

    def __init__(self, document: Document, scenario: Scenario | None) -> None:
        arms = document.data.get("arms")
        self.arms: list[str] = list(arms) if isinstance(arms, dict) else []
        # a state's name does not tell its unit, so only those without one can be read
        inner = {name for name, item in {**STATES, **SIGNALS}.items() if item.unit == "1"}
        self.columns = {*OBSERVABLES, *inner}
        self.durations: dict[str, float] = {}
        self.any_drug = scenario is None
        if scenario is not None:
            self.durations = {name: arm.duration for name, arm in scenario.arms.items()}
            for arm in scenario.arms.values():
                self.columns |= {therapy.column for therapy in arm.therapies()}
        else:
            self.durations = _durations(document.data)

    def longest(self, arms: Iterable[str]) -> float | None:
        """The end of the shortest of the named arms, or of the longest if none is named."""
        named = [self.durations[name] for name in arms if name in self.durations]
        return min(named) if named else max(self.durations.values(), default=None)

    def column_fault(self, document: Document, path: Path_, column: str) -> Fault | None:
        """A fault if a run has no such column."""
        if column in self.columns or (self.any_drug and column.startswith("drug_")):
            return None
        hint = did_you_mean(column, self.columns) or "see 'metabosim list observables'"
        return document.fault(path, f"unknown observable '{column}'", hint)


def _durations(data: Mapping[str, Any]) -> dict[str, float]:
    """The arms' durations as written, as far as they can be read."""
    context, arms = data.get("context"), data.get("arms")
    shared = context.get("duration") if isinstance(context, dict) else None
    found: dict[str, float] = {}
    for name, arm in arms.items() if isinstance(arms, dict) else ():
        with contextlib.suppress(InputError):
            own: Any = arm.get("duration", shared) if isinstance(arm, dict) else shared
            found[name] = parse_quantity(own, "min")
    return {name: duration for name, duration in found.items() if duration > 0}


def misspelt_names(document: Document, names: Names) -> Iterator[Fault]:
    """Unknown observables, holds, levers and parameters in the checks as written."""
    for top in ("checks", "positive_control"):
        for path, node in _nodes(document.data.get(top), (top,)):
            field = next(part for part in reversed(path) if isinstance(part, str))
            if isinstance(node, str):
                yield from _misspelt(document, names, path, field, node)
            elif isinstance(node, dict):
                for fault in _wrong_settings(field, node):
                    here = (*path, str(fault.field))
                    yield document.fault(here, fault.message, fault.hint, key=True)


def _nodes(node: Any, path: Path_) -> Iterator[tuple[Path_, Any]]:
    """Every node of a tree, but for the cells of tables, whose columns may have any name."""
    yield path, node
    if isinstance(node, dict | list) and path[-1] not in ("expect", "article"):
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from _nodes(node[key], (*path, key))


def _misspelt(
    document: Document, names: Names, path: Path_, field: str, word: str
) -> Iterator[Fault]:
    if field in ("mediator", "hold"):
        if word not in (known := holdable()):
            hint = did_you_mean(word, known) or "see 'metabosim list observables'"
            yield document.fault(path, f"'{word}' is nothing that can be held", hint)
    elif field == "levers":
        if word not in LEVERS:
            hint = did_you_mean(word, LEVERS) or "see 'metabosim list levers'"
            yield document.fault(path, f"unknown lever '{word}'", hint)
    elif (
        path[-1] in _READS
        and word not in CLAMPED
        and (fault := names.column_fault(document, path, word))
    ):
        yield fault


def _wrong_settings(field: str, values: dict[str, Any]) -> list[Fault]:
    """What is wrong with levers that a check sets, or with parameters that it spreads."""
    if field == "levers":
        return lever_faults(values)
    if field == "spread":
        known = settable_parameters()
        return parameter_faults({n: 1.0 for n in values if n not in known}, known).wrong
    return []
