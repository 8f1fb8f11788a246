"""What reports are made of, without running anything: verdicts, plots and sizes that are made up."""

from __future__ import annotations

from typing import Any

from metabosim.bands import BandRow
from metabosim.plots.exhibit import Exhibit, Swatch
from metabosim.plots.picture import Cell, TablePanel
from metabosim.scenario import Scenario

# whatever a user may write that a page might run or be broken by
HOSTILE = "</style></script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }} {% raw %} &lt;"
SVG = (
    '<svg viewBox="0 0 9 9"><text x="1" y="2">0</text><path d="M0 0 9 9" stroke="#0072b2" /></svg>'
)


def judged(
    scenario: Scenario, verdict: str = "holds", margin: float | None = 0.25
) -> dict[str, Any]:
    """What `check` gives of a scenario, made up: every number the same."""
    check = {
        "id": "a", "kind": "compare", "statement": "One is more", "verdict": verdict, "margin": margin,
        "unit": "mmol/L", "margin_relative": 1.0, "numerical_error": 0.0, "evidence": {},
        "statement_rendered": "one is 0.3 mmol/L more",
    }  # fmt: skip
    claim = {
        **{name: check[name] for name in ("verdict", "margin", "unit", "margin_relative")},
        "id": scenario.id,
        "statement": scenario.claim,
        "evidence": {"deciding": "a", "statement_rendered": "one is 0.3 mmol/L more"},
        "checks": [check],
        "positive_control": check | {"id": "control", "verdict": "holds"},
        "must_fail_when": [
            {"name": out.name, "verdict": "fails", "positive_control": "holds", "checks": []}
            for out in scenario.must_fail_when
        ],
    }
    twins = [{"name": "null", "verdict": "fails", "ok": True, "why": ""}]
    return {"claims": [claim], "hash": scenario.hash, "seed": None, "twins": twins, "unbroken": []}


def exhibit_of_nothing(tables: bool = False) -> Exhibit:
    """A small plot, and a table with a cell of each kind."""
    cells = {
        ("glucose", "drug"): Cell(-1, "−0.5 mmol/L", -1),
        ("weight", "drug"): Cell(1, "+2 kg", -1),
        ("lean", "drug"): Cell(0, "about 0"),
        ("way", "drug"): Cell(0, "", None, "direct", "indirect"),
    }
    rows = tuple(row for row, _ in cells)
    panel = TablePanel("", rows, ("drug",), cells)
    key = (Swatch("control", "nothing", "#000000", ""), Swatch("drug", "daily", "#D55E00", "9 4"))
    return Exhibit(SVG, key, (panel,) if tables else (), ("Glucose",))


def band(name: str, value: float = 7.0, note: str = "") -> BandRow:
    """A published size from 6 to 9."""
    return BandRow(
        name, "predicted", "lean-healthy", "peak", value, "mmol/L", 6.0, 9.0, "7.3", note
    )
