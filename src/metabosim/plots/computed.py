"""Panels of numbers that a check computed: shares, paths, sums, doses, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from metabosim.plots.picture import (
    Bar,
    BarPanel,
    Cell,
    Curve,
    CurvePanel,
    Panel,
    TablePanel,
    Threshold,
)
from metabosim.plots.style import shown_number, shown_unit
from metabosim.plots.words import as_written
from metabosim.units import display_unit, to_us

SIGNS = {"+": 1, "-": -1, "0": 0}


def computed_panels(check: Any, result: Any, us: bool) -> Iterator[Panel]:
    """The panels that show what `check` computed; `result` is its CheckResult.

    Nothing where there is no evidence, because a run failed or there was nothing to judge.
    """
    if check.kind == "refuted":
        check, evidence = check.check, result.evidence.get("inner", {})
    else:
        evidence = result.evidence
    draw = _DRAWN.get(check.kind, _values)
    try:
        yield from draw(check, evidence, us)
    except KeyError:
        return


def is_table(check: Any) -> bool:
    """Whether a check is a table, which is shown as one."""
    return bool(check.kind == "table")


def _scaled(feature: Any, us: bool) -> tuple[str, Callable[[float], float]]:
    """The unit a feature is shown in, and how its numbers come to it."""
    column, unit = feature.observable, feature.measure.unit
    if us and column and unit == display_unit(column):
        return display_unit(to_us(column, 1.0)[0]), lambda value: to_us(column, value)[1]
    return unit, lambda value: value


def _title(check: Any, plain: str) -> str:
    return check.statement or plain


def _share_of(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    bars = tuple(Bar(as_written(name), 100 * share) for name, share in evidence["shares"].items())
    wanted = set(check.shares.values())
    least = min(wanted)
    marks = (Threshold(100 * least, f"at least {shown_number(100 * least)} %"),)
    title = _title(check, "Share of the effect")
    yield BarPanel(title, "%", bars, marks if len(wanted) == 1 else ())


def _mediated_by(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = _scaled(check.feature, us)
    through = " and ".join(as_written(name.removesuffix("_kg")) for name in check.mediators)
    bars = (
        Bar("whole effect", scale(evidence["total_effect"])),
        Bar(f"through {through}", scale(evidence["total_through"])),
        Bar("past it", scale(evidence["pure_direct"])),
    )
    yield BarPanel(_title(check, "Paths of the effect"), unit, bars)


def _synergy(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = _scaled(check.feature, us)
    null = check.null_model.replace("_", " ")
    bars = (
        Bar(f"{as_written(check.a)} alone", scale(evidence["effect_a"]), check.a),
        Bar(f"{as_written(check.b)} alone", scale(evidence["effect_b"]), check.b),
        Bar(f"expected ({null})", scale(evidence["expected"])),
        Bar(as_written(check.both), scale(evidence["effect_both"]), check.both),
    )
    yield BarPanel(_title(check, "Effect"), unit, bars)


def _self_reinforcing(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = _scaled(check.feature, us)
    opened = {arm: found["deviation"] for arm, found in evidence["opened"].items()}
    left = {check.closed: evidence["closed"], **opened}
    bars = tuple(Bar(as_written(arm), scale(value), arm) for arm, value in left.items())
    yield BarPanel(_title(check, "What is left of the push"), unit, bars)


def _depends_on(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = _scaled(check.reads(check.high), us)
    if check.as_ == "fold":
        unit, scale = "%", lambda share: 100 * share
    bars = tuple(
        Bar(_setting(setting), scale(evidence[name]["effect"]), setting.treated)
        for name, setting in (("high", check.high), ("low", check.low))
    )
    yield BarPanel(_title(check, "Effect"), unit, bars)


def _setting(setting: Any) -> str:
    """What tells a setting from the other: its arm, or when it is looked at."""
    if setting.treated:
        return as_written(setting.treated)
    start = getattr(setting.feature, "start", None)
    return f"from {shown_number(start)} min" if start is not None else "otherwise"


def _biphasic(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = _scaled(check.early, us)
    bars = tuple(
        Bar(name, scale(evidence[name]["value"] - evidence[name]["reference"]))
        for name in ("early", "late")
    )
    yield BarPanel(_title(check, "Change"), unit, bars)


def _dose_response(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    feature = next(iter(check.parts()))[0]
    unit, scale = _scaled(feature, us)
    arm = next(iter(evidence["arms"]))
    curve = Curve(arm, tuple(evidence["doses"]), tuple(map(scale, evidence["effects"])))
    across = "dose" if check.unit.startswith(("mg", "ug", "nmol")) else "level"
    yield CurvePanel(_title(check, "Effect"), unit, (curve,), across, check.unit)


def _table(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    """A cell for each effect; whichever there is more of, rows or columns, goes down the page."""
    found = {
        (row, column): _cell(cell, *_scaled(check.columns[column].feature, us))
        for row, cells in evidence["cells"].items()
        for column, cell in cells.items()
    }
    down, across = tuple(check.rows), tuple(check.columns)
    if len(across) > len(down):
        down, across = across, down
        found = {(column, row): cell for (row, column), cell in found.items()}
    yield TablePanel("", down, across, found)


def _cell(cell: Mapping[str, Any], unit: str, scale: Callable[[float], float]) -> Cell:
    shows, article = cell["shows"], cell["article"]
    effect = scale(cell["effect"])
    share = cell["effect_share"]
    text = f"{shown_number(effect)} {shown_unit(unit)}".strip()
    if unit == "1" and share is not None:
        text = f"{shown_number(100 * share)} %"
    if shows in SIGNS:
        plus = "+" if effect > 0 else ""
        word = None if article is None or article in SIGNS else article
        return Cell(SIGNS[shows], plus + text, SIGNS.get(article or ""), source_word=word)
    return Cell(0, "", None, shows, article)


def _values(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    """Any other check: every number it read, as a bar."""
    features = [feature for feature, _ in check.parts()]
    if not features:
        return
    unit, scale = _scaled(features[0], us)
    bars = tuple(
        Bar(as_written(name), scale(item["value"]))
        for name, item in evidence.items()
        if isinstance(item, Mapping) and isinstance(item.get("value"), (int, float))
    )
    if bars:
        yield BarPanel(_title(check, check.kind.replace("_", " ")), unit, bars)


_DRAWN: dict[str, Callable[[Any, Mapping[str, Any], bool], Iterator[Panel]]] = {
    "share_of": _share_of,
    "mediated_by": _mediated_by,
    "synergy": _synergy,
    "self_reinforcing": _self_reinforcing,
    "depends_on": _depends_on,
    "biphasic": _biphasic,
    "dose_response": _dose_response,
    "table": _table,
}
