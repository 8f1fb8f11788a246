"""A check in a few bars: what it read, beside what it asked for.

For checks that no course shows: ratios, areas, times, balances. The numbers are the evidence's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any, TypeAlias

from metabosim.plots.picture import Bar, BarPanel, Threshold
from metabosim.plots.style import shown_number, shown_unit
from metabosim.plots.words import as_written, quantity_words, read_when, stretch_words
from metabosim.units import MINUTES, best_unit, display_unit, to_us

Evidence: TypeAlias = Mapping[str, Any]
# a unit, and how numbers come to it
Scale: TypeAlias = tuple[str, Callable[[float], float]]
Facts: TypeAlias = tuple[Scale, list[Bar], list[tuple[float, str]]]


def fact_panel(
    check: Any, evidence: Evidence, us: bool, *, wide: bool = False
) -> Iterator[BarPanel]:
    """The panel of a check, if it has numbers that stand for it."""
    read = _READ.get(check.kind)
    if read is None:
        return
    (unit, scale), bars, asked = read(check, evidence, us)
    if unit == "min":
        unit, scale = _in_best_unit([level for level, _ in asked] or [bar.value for bar in bars])
    if not bars:
        return
    yield BarPanel(
        check.statement or check.kind.replace("_", " "),
        unit,
        tuple(Bar(bar.label, scale(bar.value), bar.arm, bar.note, bar.expected) for bar in bars),
        tuple(
            Threshold(scale(level), level_words(word, scale(level), unit)) for level, word in asked
        ),
        wide,
    )


def scaled(feature: Any, us: bool) -> Scale:
    """The unit a feature is shown in, and how its numbers come to it."""
    column, unit = feature.observable, feature.measure.unit
    return scaled_column(column, us) if column and unit == display_unit(column) else _plain(unit)


def scaled_column(column: str, us: bool) -> Scale:
    """The unit an observable is shown in, and how its numbers come to it."""
    if us:
        return display_unit(to_us(column, 1.0)[0]), lambda value: to_us(column, value)[1]
    return _plain(display_unit(column))


def _in_best_unit(minutes: list[float]) -> Scale:
    sizes = [abs(time) for time in minutes if time]
    # one unit for a range such as 2 to 42 days: that of its middle
    unit = best_unit(0, prod(size ** (1 / len(sizes)) for size in sizes))
    return unit, lambda value: value / MINUTES[unit]


def level_words(word: str, value: float, unit: str) -> str:
    """A threshold in words: "at least 3 mmol/L"."""
    return f"{word} {shown_number(value)} {shown_unit(unit)}".strip()


def feature_words(feature: Any) -> str:
    """What a feature is, in a few words; what it is made of is left to the statement."""
    kind = "value" if feature.kind in ("value", "final") else feature.kind.replace("_", " ")
    return f"{kind} of {quantity_words(feature.observable)}" if feature.observable else kind


def _operands(values: tuple[Any, ...], evidence: Evidence) -> list[Bar]:
    """A bar for each operand: named by its arm, or by its moment where the arm is the same."""
    numbers = [x["value"] for x in evidence.values() if isinstance(x, Mapping) and "value" in x]
    if len(numbers) != len(values):
        return []
    arms = [_only_arm(x) for x in values]
    names = [
        as_written(arm) if arm else feature_words(x) for arm, x in zip(arms, values, strict=True)
    ]
    if len(set(names)) < len(names):
        names = [
            f"{name}, {read_when(x)}" if not isinstance(x, str) else name
            for name, x in zip(names, values, strict=True)
        ]
    if len(set(names)) < len(names):
        names = [_several_arms(x) or name for name, x in zip(names, values, strict=True)]
    if len(set(names)) < len(names):
        names = [feature_words(x) if not isinstance(x, str) else x for x in values]
    return [Bar(*item) for item in zip(names, numbers, arms, strict=True)]


def _only_arm(operand: Any) -> str | None:
    """The arm an operand is read from; none if it is made of several."""
    if isinstance(operand, str):
        return operand
    arms = operand.arms_used()
    return arms[0] if len(arms) == 1 else None


def _several_arms(operand: Any) -> str:
    """The arms that a difference or a ratio is made of; empty for what is read in one."""
    arms = () if isinstance(operand, str) else tuple(dict.fromkeys(operand.arms_used()))
    return " against ".join(map(as_written, arms)) if len(arms) > 1 else ""


def _compare(check: Any, evidence: Evidence, us: bool) -> Facts:
    bars = _operands(check.ranked, evidence)
    asked = []
    if len(bars) == 2:
        low = bars[1].value
        if check.by_at_least is not None:
            asked.append((low + check.what.measure.effect(check.by_at_least).of(low), "at least"))
        if check.by_fold is not None:
            asked.append((low * check.by_fold, f"at least × {shown_number(check.by_fold)}:"))
    return scaled(check.what, us), bars, asked


def _unchanged(check: Any, evidence: Evidence, us: bool) -> Facts:
    names = [name for name, item in evidence.items() if isinstance(item, Mapping)]
    values = check.between or tuple(names)
    bars = _operands(values, evidence)
    within = evidence["within"]
    asked = [(bars[1].value - within, "from"), (bars[1].value + within, "to")] if bars else []
    return scaled(check.what, us), bars, asked


def _moves(check: Any, evidence: Evidence, us: bool) -> Facts:
    sign = 1.0 if check.kind == "rises" else -1.0
    arm, versus = evidence["arm"], check.versus
    reference = evidence["reference"]
    bars = [
        Bar("at rest", reference)
        if versus == "baseline"
        else Bar(as_written(versus), reference, versus),
        Bar(as_written(arm), evidence["seen"]["value"], arm),
    ]
    word = "at least" if sign > 0 else "at most"
    return scaled(check.what, us), bars, [(reference + sign * evidence["least"], word)]


def _lies_between(check: Any, evidence: Evidence, us: bool) -> Facts:
    words = [word for word, bound in (("at least", check.at_least), ("at most", check.at_most))
             if bound is not None]  # fmt: skip
    arms = {check.arm, *check.feature.arms_used()} - {None}
    arm = arms.pop() if len(arms) == 1 else None
    name = (
        feature_words(check.feature)
        if arm is None or not check.feature.observable
        else as_written(arm)
    )
    bar = Bar(name, evidence["seen"]["value"], arm)
    asked = list(zip(evidence["bounds"], words, strict=True))
    return scaled(check.feature, us), [bar], asked


def _conserved(check: Any, evidence: Evidence, us: bool) -> Facts:
    right = evidence["right"]
    bars = [Bar("one side", evidence["left"]), Bar("the other", right, expected=True)]
    allowed = check.within * abs(right)
    return scaled(check.left, us), bars, [(right - allowed, "from"), (right + allowed, "to")]


def _loop_gain(check: Any, evidence: Evidence, us: bool) -> Facts:
    asked = [(check.at_least, "at least"), (check.at_most, "at most")]
    return _plain("1"), [Bar("gain", evidence["gain"])], asked


def _lag(check: Any, evidence: Evidence, us: bool) -> Facts:
    bar = Bar(
        f"{quantity_words(check.follower)} after {quantity_words(check.leader)}",
        evidence["lag_min"],
    )
    return _plain("min"), [bar], [(check.at_least, "at least"), (check.at_most, "at most")]


def _precedes(check: Any, evidence: Evidence, us: bool) -> Facts:
    first, then = evidence["first"], evidence["then"]
    key = "at_min" if "at_min" in first and "at_min" in then else "value"
    bars = [
        Bar(quantity_words(feature.observable or feature.kind), item[key], feature.arm)
        for feature, item in ((check.first, first), (check.then, then))
    ]
    return _plain("min"), bars, [(first[key] + check.by_at_least, "the second not before")]


def _order(check: Any, evidence: Evidence, us: bool) -> Facts:
    bars = [
        Bar(
            f"{quantity_words(event.observable)} {'rises' if event.rises else 'falls'}",
            time,
            event.arm,
        )
        for event, time in zip(check.events, evidence["times_min"], strict=False)
    ]  # an event that is missing ends the list
    return _plain("min"), bars, []


def _steeper(check: Any, evidence: Evidence, us: bool) -> Facts:
    early = evidence["early_per_day"]
    when = [stretch_words(part.start, part.stop) for part in (check.early, check.late)]
    late = evidence["late_per_day"]
    bars = [Bar(when[0], early, evidence["arm"]), Bar(when[1], late, evidence["arm"])]
    asked = [(max(check.times * abs(early), evidence["least_per_day"]), f"{when[1]}: at least")]
    return _plain(f"{display_unit(check.observable)} per day"), bars, asked


def _stays(check: Any, evidence: Evidence, us: bool) -> Facts:
    arm, bound = evidence["arm"], evidence["bound"]
    word = "at least" if evidence["nearest"] >= bound else "at most"
    if check.kind != "stays_between":
        word = "not below" if check.kind == "stays_above" else "not above"
    return (
        scaled_column(check.observable, us),
        [Bar(f"{as_written(arm)}, nearest", evidence["nearest"], arm)],
        [(bound, word)],
    )


def _correlates(check: Any, evidence: Evidence, us: bool) -> Facts:
    bars = [Bar("rank correlation, lower bound", evidence["rho_lower"])]
    asked = [(check.rho_at_least, "at least")]
    if check.through is not None:
        bars.append(Bar("share of it carried by the path", evidence["share_carried"]))
        asked.append((check.through.carried_at_least, "carried at least"))
    return _plain("1"), bars, asked


def _plain(unit: str) -> Scale:
    return unit, lambda value: value


_READ: dict[str, Callable[[Any, Evidence, bool], Facts]] = {
    "compare": _compare,
    "unchanged": _unchanged,
    "rises": _moves,
    "falls": _moves,
    "lies_between": _lies_between,
    "conserved": _conserved,
    "loop_gain": _loop_gain,
    "lag": _lag,
    "precedes": _precedes,
    "order": _order,
    "steeper": _steeper,
    "stays_above": _stays,
    "stays_below": _stays,
    "stays_between": _stays,
    "correlates": _correlates,
}
