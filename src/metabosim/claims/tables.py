"""Tables of effects computed from runs, and statements that must turn out false."""

from __future__ import annotations

from typing import Any

from metabosim.claims.bench import Bench
from metabosim.claims.judging import judge, judges, seen
from metabosim.claims.verdict import Judgement, weakest
from metabosim.scenario.vocabulary.all_checks import Refuted
from metabosim.scenario.vocabulary.checks_table import Table


def cell(
    effect: float, cut: float | None, least: float, direct_from: float, wanted: str
) -> tuple[str, float]:
    """(what the cell shows, by how much it shows what is wanted) of an effect.

    Without `cut`: "+" effect >= least, "-" effect <= -least, else "0". With it, the effect that is
    left with the indirect path cut: "none" |effect| < least, "direct" if at least `direct_from` of
    the effect is left, else "indirect". The margin is in the effect's unit.
    """
    if cut is None:
        sign = "+" if effect >= least else "-" if effect <= -least else "0"
        room = {"+": effect - least, "-": -effect - least, "0": least - abs(effect)}
        return sign, room[wanted]
    size = abs(effect)
    left = cut if effect >= 0 else -cut
    border = left - direct_from * size
    kind = "none" if size < least else "direct" if border >= 0 else "indirect"
    room = {
        "none": least - size,
        "direct": min(size - least, border),
        "indirect": min(size - least, -border),
    }
    return kind, room[wanted]


@judges(Table)
def table(check: Table, bench: Bench) -> Judgement:
    """min over cells of the room to the border of the sign (or path) expected, over its minimum.

    The evidence holds every cell: sign, size, what was expected and what the article says.
    """
    found: list[Judgement] = []
    cells: dict[str, dict[str, Any]] = {}
    for name, row in check.rows.items():
        control = row.control or bench.control
        for column, wanted in row.expect.items():
            spec = check.columns[column]
            base = seen(spec.feature, bench, control).value
            effect = seen(spec.feature, bench, row.treated).value - base
            cut = None
            if row.cut_treated:
                base_cut = seen(spec.feature, bench, row.cut_control or control).value
                cut = seen(spec.feature, bench, row.cut_treated).value - base_cut
            measure = spec.feature.measure
            least = measure.effect(spec.minimum).of(base)
            shows, room = cell(effect, cut, least, check.direct_from, wanted)
            cells.setdefault(name, {})[column] = {
                "shows": shows,
                "effect": effect,
                "effect_share": effect / base if base else None,
                "effect_with_path_cut": cut,
                "unit": measure.unit,
                "minimum": least,
                "expected": wanted,
                "article": row.article.get(column),
            }
            found.append(
                Judgement(
                    room,
                    measure.unit,
                    max(least, 1e-12),
                    f"'{name}', '{column}': {shows} ({effect:+.3g} {measure.unit}); "
                    f"{wanted} expected",
                )
            )
    worst = weakest(found)
    right = sum(one.margin > 0 for one in found)
    # an article's sign stands beside a cell even where we expect nothing of it
    return Judgement(
        worst.margin,
        worst.unit,
        worst.scale,
        f"{right} of {len(found)} cells as expected; closest {worst.says}",
        {"cells": cells, "columns": list(check.columns), "rows": list(check.rows)},
    )


@judges(Refuted)
def refuted(check: Refuted, bench: Bench) -> Judgement:
    """- (the inner margin): holds where the inner check fails; void where that is void."""
    inner = judge(check.check, bench)
    return Judgement(
        -inner.margin,
        inner.unit,
        inner.scale,
        f"not so: {inner.says}" if inner.margin < 0 else f"it is so after all: {inner.says}",
        {"inner": dict(inner.evidence)},
        inner.void,
        inner.own_error,
    )
