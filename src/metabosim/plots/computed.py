"""Panels of numbers that a check computed: shares, paths, sums, doses, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from metabosim.plots.facts import fact_panel, level_words, scaled
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
from metabosim.plots.words import as_written, quantity_words, read_when

NOISE = 0.05  # of the least effect that counts
SIGNS = {"+": 1, "-": -1, "0": 0}


def computed_panels(check: Any, result: Any, us: bool) -> Iterator[Panel]:
    """The panels that show what `check` computed; `result` is its CheckResult.

    Nothing where there is no evidence, because a run failed or there was nothing to judge.
    """
    if check.kind == "refuted":
        check, evidence = check.check, result.evidence.get("inner", {})
    else:
        evidence = result.evidence
    draw = _DRAWN.get(check.kind, fact_panel)
    try:
        yield from draw(check, evidence, us)
    except KeyError:
        return


def is_table(check: Any) -> bool:
    """Whether a check is a table, which is shown as one."""
    return bool(check.kind == "table")


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
    unit, scale = scaled(check.feature, us)
    through = " and ".join(map(quantity_words, check.mediators))
    whole = evidence["total_effect"]
    bars = (
        Bar("whole effect", scale(whole), check.treated),
        Bar(f"through {through}", scale(evidence["total_through"])),
        Bar("past it", scale(evidence["pure_direct"])),
    )
    marks: tuple[Threshold, ...] = ()
    if (least := check.through_at_least) is not None:
        label = f"at least {shown_number(100 * least)} % through it"
        marks = (Threshold(scale(least * whole), label),)
    yield BarPanel(_title(check, "Paths of the effect"), unit, bars, marks)


def _synergy(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = scaled(check.feature, us)
    null = check.null_model.replace("_", " ")
    expected = evidence["expected"]
    bars = (
        Bar(f"{as_written(check.a)} alone", scale(evidence["effect_a"]), check.a),
        Bar(f"{as_written(check.b)} alone", scale(evidence["effect_b"]), check.b),
        Bar(f"expected ({null})", scale(expected), expected=True),
        Bar(as_written(check.both), scale(evidence["effect_both"]), check.both),
    )
    least = scale(expected + check.feature.measure.effect(check.by_at_least).of(expected))
    yield BarPanel(_title(check, "Effect"), unit, bars, (_at_least(least, unit),))


def _self_reinforcing(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = scaled(check.feature, us)
    closed = evidence["closed"]
    opened = {arm: found["deviation"] for arm, found in evidence["opened"].items()}
    left = {check.closed: closed, **opened}
    bars = tuple(Bar(as_written(arm), scale(value), arm) for arm, value in left.items())
    label = f"at least {shown_number(100 * check.by_at_least)} % less"
    marks = (Threshold(scale((1 - check.by_at_least) * closed), label),)
    yield BarPanel(_title(check, "What is left of the push"), unit, bars, marks)


def _depends_on(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = scaled(check.reads(check.high), us)
    if check.as_ == "fold":
        unit, scale = "%", lambda share: 100 * share
    bars = tuple(
        Bar(_setting(check, setting), scale(evidence[name]["effect"]), setting.treated)
        for name, setting in (("high", check.high), ("low", check.low))
    )
    yield BarPanel(_title(check, "Effect"), unit, bars)


def _setting(check: Any, setting: Any) -> str:
    """What tells a setting from the other: its arm, or when it is looked at."""
    if setting.treated:
        return as_written(setting.treated)
    return read_when(check.reads(setting))


def _biphasic(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    unit, scale = scaled(check.early, us)
    sign = 1.0 if check.first == "rises" else -1.0
    bars, marks = [], []
    for name, feature, by, way in (
        ("early", check.early, check.early_by, sign),
        ("late", check.late, check.late_by, -sign),
    ):
        reference = evidence[name]["reference"]
        least = scale(way * check.early.measure.effect(by).of(reference))
        bars.append(Bar(read_when(feature), scale(evidence[name]["value"] - reference), check.arm))
        size = f"{shown_number(abs(least))} {shown_unit(unit)}".strip()
        marks.append(
            Threshold(least, f"{read_when(feature)}: {size} {'up' if way > 0 else 'down'}")
        )
    yield BarPanel(_title(check, "Change"), unit, tuple(bars), tuple(marks))


def _at_least(level: float, unit: str) -> Threshold:
    return Threshold(level, level_words("at least", level, unit))


def _dose_response(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    feature = next(iter(check.parts()))[0]
    unit, scale = scaled(feature, us)
    arm = next(iter(evidence["arms"]))
    curve = Curve(arm, tuple(evidence["doses"]), tuple(map(scale, evidence["effects"])))
    across = "dose" if check.unit.startswith(("mg", "ug", "nmol")) else "level"
    yield CurvePanel(_title(check, "Effect"), unit, (curve,), across, check.unit)


def _table(check: Any, evidence: Mapping[str, Any], us: bool) -> Iterator[Panel]:
    """A cell for each effect; whichever there is more of, rows or columns, goes down the page."""
    found = {
        (row, column): _cell(cell, *scaled(check.columns[column].feature, us))
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
        if shows == "0" and abs(cell["effect"]) < NOISE * cell.get("minimum", 0.0):
            plus, text = "", "about 0"  # digits of it would look like an effect
        word = None if article is None or article in SIGNS else article
        return Cell(SIGNS[shows], plus + text, SIGNS.get(article or ""), source_word=word)
    return Cell(0, "", None, shows, article)


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
