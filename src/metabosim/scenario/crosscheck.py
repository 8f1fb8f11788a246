"""What only shows when the parts of a scenario are held against each other.

Works on what is valid so far: if the scenario as a whole is not, the checks that are right by
themselves are still held against the arms as written.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.scenario.checks import CheckBase
from metabosim.scenario.model import Arm, Scenario
from metabosim.scenario.names import Names, misspelt_names
from metabosim.units import parse_quantity
from metabosim.yamlfile import Document, Path_

DRUGS_AT_ONCE = 2


def cross_faults(
    document: Document, checks: Mapping[Path_, CheckBase], scenario: Scenario | None
) -> Iterator[Fault]:
    """Every fault between parts; `checks` are the valid ones, by path."""
    names = Names(document, scenario)
    yield from _repeated_ids(document, "checks")
    yield from _repeated_ids(document, "must_fail_when", "name")
    yield from _arm_names(document, names)
    yield from misspelt_names(document, names)
    for path, check in checks.items():
        yield from _check_faults(document, path, check, names)
    yield from _plot_faults(document, names)
    if scenario is not None:
        for name, arm in scenario.arms.items():
            yield from _arm_faults(document, name, arm, scenario)
        yield from _cycles(document, scenario.arms)


def _repeated_ids(document: Document, key: str, name: str = "id") -> Iterator[Fault]:
    """Two checks of one id, or two knock-outs of one name."""
    seen: dict[str, Path_] = {}
    entries = document.data.get(key)
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        path: Path_ = (key, i)
        if isinstance(entry, dict) and key == "checks" and len(entry) == 1:
            ((kind, entry),) = entry.items()
            path = (*path, kind)
        given = entry.get(name) if isinstance(entry, dict) else None
        if not isinstance(given, str):
            continue
        if given in seen:
            first = document.place(seen[given]).line
            yield document.fault(
                (*path, name), f"'{given}' is given twice, first on line {first}", "rename one"
            )
        seen.setdefault(given, (*path, name))


def _unknown_arm(document: Document, path: Path_, arm: str, names: Names) -> Fault:
    hint = did_you_mean(arm, names.arms) or f"the arms are {', '.join(names.arms)}"
    return document.fault(path, f"unknown arm '{arm}'", hint)


def _arm_names(document: Document, names: Names) -> Iterator[Fault]:
    """The control, and the arms that knock-outs name, are among the arms."""
    data = document.data
    if not names.arms:
        return
    if "baseline" in names.arms:
        message = "'baseline' is no name for an arm: checks mean each arm's own rest by it"
        yield document.fault(("arms", "baseline"), message, "call it control", key=True)
    control = data.get("control")
    if isinstance(control, str) and control not in names.arms:
        yield _unknown_arm(document, ("control",), control, names)
    knock_outs = data.get("must_fail_when")
    for i, knock_out in enumerate(knock_outs if isinstance(knock_outs, list) else []):
        if not isinstance(knock_out, dict):
            continue
        for key, kind in (("arms", list), ("replace", dict)):
            given = knock_out.get(key)
            for j, arm in enumerate(given if isinstance(given, kind) else ()):
                if isinstance(arm, str) and arm not in names.arms:
                    last = j if key == "arms" else arm
                    yield _unknown_arm(document, ("must_fail_when", i, key, last), arm, names)


def _check_faults(
    document: Document, path: Path_, check: CheckBase, names: Names
) -> Iterator[Fault]:
    """A check's arms, observables and windows exist."""
    find = _Finder(document, path)
    for arm in check.arms_used():
        if names.arms and arm not in names.arms:
            yield _unknown_arm(document, find(arm), arm, names)
    for column in check.observables_used():
        place = find(column)
        if fault := names.column_fault(document, place, column):
            yield fault
    for window in check.windows():
        end = names.longest(window.arms)
        for time in (window.start, window.stop):
            if time is None or (0 <= time <= (math.inf if end is None else end)):
                continue
            side = "before the start" if time < 0 else f"after the end ({end:g} min)"
            yield document.fault(
                find(time),
                f"{time:g} min is {side} of the run",
                "windows must lie inside the run; lengthen 'duration' or move the window",
            )


class _Finder:
    """Where texts, and times in min, stand below a path; the first place of each, looked up once for all."""

    def __init__(self, document: Document, path: Path_) -> None:
        self.path = path
        self.texts: dict[str, Path_] = {}
        self.times: dict[float, Path_] = {}
        node = document.data
        for part in path:
            node = node[part]
        self._note(path, node)

    def _note(self, here: Path_, value: Any) -> None:
        """Take in a value and what is below it, keys of a mapping before what they hold."""
        if isinstance(value, dict | list):
            keys = list(value) if isinstance(value, dict) else list(range(len(value)))
            for key in keys if isinstance(value, dict) else ():
                self._note_scalar((*here, key), key)
            for key in keys:
                self._note((*here, key), value[key])
        else:
            self._note_scalar(here, value)

    def _note_scalar(self, here: Path_, value: Any) -> None:
        if isinstance(value, str):
            self.texts.setdefault(value, here)
        with contextlib.suppress(InputError):
            self.times.setdefault(parse_quantity(value, "min"), here)

    def __call__(self, what: str | float) -> Path_:
        """The first path of a text or of a time; of what is not there, the path itself."""
        found = self.texts.get(what) if isinstance(what, str) else self.times.get(what)
        return self.path if found is None else found


def _plot_faults(document: Document, names: Names) -> Iterator[Fault]:
    """Panels show columns, checks and arms that exist, and times inside the run."""
    plot = document.data.get("plot")
    panels = plot.get("panels") if isinstance(plot, dict) else None
    ids = set(_check_ids(document.data))
    for i, panel in enumerate(panels if isinstance(panels, list) else []):
        if not isinstance(panel, dict):
            continue
        path: Path_ = ("plot", "panels", i)
        columns, shown = panel.get("observables"), panel.get("checks")
        for j, column in enumerate(columns if isinstance(columns, list) else []):
            if isinstance(column, str) and (
                fault := names.column_fault(document, (*path, "observables", j), column)
            ):
                yield fault
        for j, check in enumerate(shown if isinstance(shown, list) else []):
            if isinstance(check, str) and check not in ids:
                hint = did_you_mean(check, ids) or f"the checks are {', '.join(sorted(ids))}"
                yield document.fault((*path, "checks", j), f"unknown check '{check}'", hint)
        arms = panel.get("arms")
        for j, arm in enumerate(arms if isinstance(arms, list) else []):
            if isinstance(arm, str) and arm not in names.arms:
                hint = did_you_mean(arm, names.arms) or f"the arms are {', '.join(names.arms)}"
                yield document.fault((*path, "arms", j), f"unknown arm '{arm}'", hint)
        yield from _panel_window(document, path, panel, names.longest(()))


def _panel_window(
    document: Document, path: Path_, panel: Mapping[str, Any], end: float | None
) -> Iterator[Fault]:
    times: dict[str, float] = {}
    for key in ("from", "to"):
        with contextlib.suppress(InputError, KeyError):
            times[key] = parse_quantity(panel[key], "min")
    for key, time in times.items():
        if end is not None and time > end:
            yield document.fault((*path, key), f"{panel[key]} is after the end of the run")
    if len(times) == 2 and times["from"] >= times["to"]:
        yield document.fault((*path, "to"), "the window is empty or reversed")


def _check_ids(data: Mapping[str, Any]) -> Iterator[str]:
    checks = data.get("checks")
    written = [*(checks if isinstance(checks, list) else ()), data.get("positive_control")]
    for entry in written:
        for fields in entry.values() if isinstance(entry, dict) else ():
            if isinstance(fields, dict) and isinstance(fields.get("id"), str):
                yield fields["id"]


def _arm_faults(document: Document, name: str, arm: Arm, scenario: Scenario) -> Iterator[Fault]:
    """An arm's steps start inside its run, refer to arms that exist, and fit into the body."""
    path: Path_ = ("arms", name)
    shared = len(arm.protocol) - len(scenario.arms_written[name].protocol)
    longest = max(other.duration for other in scenario.arms.values())
    for i, step in enumerate(arm.protocol):
        where: Path_ = ("context", "protocol", i) if i < shared else (*path, "protocol", i - shared)
        start = getattr(step, "start", getattr(step, "at", 0.0))
        end = longest if i < shared else arm.duration
        if isinstance(start, float) and start >= end:
            yield document.fault(
                where,
                f"starts at {start:g} min, when the run is over ({end:g} min)",
                "lengthen 'duration', or start it earlier",
            )
    if unknown := sorted(arm.references() - set(scenario.arms)):
        find = _Finder(document, path)
        for other in unknown:
            hint = did_you_mean(other, scenario.arms)
            yield document.fault(find(other), f"unknown arm '{other}'", hint)
    if len(given := arm.therapies()) > DRUGS_AT_ONCE:
        ids = ", ".join(therapy.id for therapy in given)
        message = f"{len(given)} therapies ({ids}), a body takes {DRUGS_AT_ONCE} at most"
        yield document.fault(path, message)


def _cycles(document: Document, arms: Mapping[str, Arm]) -> Iterator[Fault]:
    """No arm waits for itself, through others or not."""
    for name in arms:
        reached, todo = set[str](), arms[name].references()
        while todo:
            reached |= todo
            todo = {n for t in todo if t in arms for n in arms[t].references()} - reached
        if name in reached:
            yield document.fault(
                ("arms", name),
                f"'{name}' replays an arm that waits for '{name}'",
                "one of them must be run first",
            )
