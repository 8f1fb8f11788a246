"""Checks as data: what a file may say, what it may not, and the manual's own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML

from metabosim.scenario.checks import CHECKS, FEATURES, Check, Feature, Window

ADAPTER: Any = TypeAdapter(Check)
FEATURE: Any = TypeAdapter(Feature)
MANUAL = Path(__file__).parents[2] / "docs" / "checks.md"


def blocks() -> list[Any]:
    """The YAML examples of the manual, each a list of checks or a feature mapping."""
    text = MANUAL.read_text(encoding="utf-8")
    parts = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    return [YAML(typ="safe").load(part) for part in parts]


def flat(nodes: list[Any]) -> list[Any]:
    """Single entries of the examples that are lists."""
    return [entry for node in nodes if isinstance(node, list) for entry in node]


def test_every_check_and_feature_has_an_example_that_is_valid() -> None:
    """The manual shows each word of the vocabulary once at least, and each example is legal."""
    checks, features = set(), set()
    for entry in flat(blocks()):
        key = next(iter(entry))
        if key in CHECKS:
            checks.add(ADAPTER.validate_python(entry).kind)
        elif key == "feature":
            features.add(FEATURE.validate_python(entry["feature"]).kind)
        else:
            raise AssertionError(f"{key} is neither a check nor a feature")
    assert checks == set(CHECKS)
    assert features == set(FEATURES)


@pytest.mark.parametrize("entry", flat(blocks()), ids=lambda entry: next(iter(entry)))
def test_an_example_survives_being_written_and_read(entry: Any) -> None:
    """Dumped as a file would have it and read again, a check is the same."""
    if "feature" in entry:
        return
    check = ADAPTER.validate_python(entry)
    assert ADAPTER.validate_python(ADAPTER.dump_python(check)) == check


BASE = {"feature": {"peak": "glucose_mmol_l"}, "higher": "a", "lower": "b", "by_at_least": 0.3}
STAYS = {"observable": "glucose_mmol_l", "level": "3.5 mmol/L"}


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ({"comprae": {}}, "did you mean 'compare'"),
        ({"compare": BASE, "rises": {}}, "two checks in one"),
        ({"compare": {**BASE, "by_at_least": 0}}, "above 0"),
        ({"compare": {**BASE, "by_at_least": "-1 mmol/L"}}, "above 0"),
        ({"compare": {k: v for k, v in BASE.items() if k != "by_at_least"}}, "minimum effect"),
        ({"compare": {**BASE, "by_at_least": "3 kg"}}, "kg"),
        ({"compare": {**BASE, "by_at_least": "0,3 mmol/L"}}, "use a point"),
        ({"compare": {**BASE, "by_at_least": True}}, "expected a quantity"),
        ({"compare": {**BASE, "by_at_least": float("nan")}}, "finite"),
        ({"compare": {**BASE, "feature": {"peek": "x"}}}, "did you mean 'peak'"),
        ({"compare": {**BASE, "feature": {"peak": "x", "frm": 3}}}, "not permitted"),
        ({"compare": {**BASE, "feature": {"peak": "x", "from": 9, "to": 8}}}, "reversed"),
        ({"compare": {**BASE, "feature": {"peak": "x", "from": "8 mg"}}}, "expected a time"),
        ({"compare": {**BASE, "order": ["a", "b"]}}, "or 'order'"),
        ({"compare": {k: v for k, v in BASE.items() if k != "lower"}}, "go together"),
        ({"stays_above": {**STAYS, "level": "3 mg"}}, "mg"),
        ({"stays_above": {**STAYS, "level": "10 % over baseline"}}, "is no level"),
        ({"stays_above": {**STAYS, "arm": "a", "arms": ["b"]}}, "not both"),
        ({"rises": {"observable": "vat_kg", "feature": "m_value", "at_least": 1}}, "one of the"),
        ({"rises": {"observable": "vat_kg", "at_least": "20 %", "at_most": "10 %"}}, "'at_most'"),
        ({"lies_between": {"feature": "m_value"}}, "give 'at_least'"),
        ({"lies_between": {"feature": "m_value", "at_least": 3, "at_most": 2}}, "must be below"),
        ({"precedes": {"first": "m_value", "then": "m_value", "by_at_least": 1}}, "is no time"),
        ({"synergy": {"feature": "m_value", "none": "a", "a": "b", "b": "c", "both": "d",
                      "null_model": "bliss", "by_at_least": 1}}, "goes with the null model"),
        ({"mediated_by": {"feature": {"final": "vat_kg"}, "mediator": "vat_kg",
                          "minimum_effect": 1, "through_at_least": 0.3}}, "both mediator and"),
        ({"mediated_by": {"feature": "m_value", "mediator": "vat_kg",
                          "minimum_effect": 1}}, "expect"),
        ({"share_of": {"feature": "m_value", "levers": ["x", "y"], "minimum_effect": 1,
                       "at_least": {"z": "5 %"}}}, "not among the levers"),
        ({"correlates": {"x": "m_value", "y": "m_value", "rho_at_least": 0.2,
                         "trial": {"n": 5, "seed": 1, "spread": {"a": 0.1}}}}, "20"),
        ({"correlates": {"x": "m_value", "y": "m_value", "rho_at_least": 0.2,
                         "trial": {"n": 50, "seed": 1.5, "spread": {"a": 0.1}}}}, "integer"),
        ({"when_then": {"when": {"observable": "vat_kg", "above": 1, "below": 2},
                        "then": {"observable": "vat_kg", "above": 1}}}, "one of the two"),
        ({"conserved": {"left": {"auc": "glucose_appearance_mmol_min"}, "right": {"peak": "vat_kg"},
                        "within": 0.1}}, "one unit"),
        ({"table": {"columns": {"a": {"feature": "m_value", "minimum": 1}},
                    "rows": {"r": {"treated": "t", "expect": {"b": "+"}}}}}, "is no column"),
        ({"table": {"columns": {"a": {"feature": "m_value", "minimum": 1}},
                    "rows": {"r": {"treated": "t", "expect": {"a": "direct"}}}}}, "this row says"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(check: Any, message: str) -> None:
    """Every slip is refused with a message that names it."""
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(check)
    assert message in str(caught.value)


def test_the_place_of_an_error_is_that_of_the_file() -> None:
    """Apart from segments in parentheses, the location is the path in the file."""
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python({"compare": {**BASE, "feature": {"peak": "x", "frm": 3}}})
    path = [p for p in caught.value.errors()[0]["loc"] if not str(p).startswith("(")]
    assert path == ["compare", "feature", "frm"]


def test_models_are_frozen() -> None:
    """A check cannot be changed once it is read."""
    check = ADAPTER.validate_python({"compare": BASE})
    with pytest.raises(ValidationError):
        check.higher = "b"


def test_arms_windows_and_observables() -> None:
    """A check says which arms, stretches and columns it needs, also inside composites."""
    ratio = {"ratio": {"of": {"auc": "vat_kg", "arm": "x", "to": 9},
                       "to": {"value": "lean_kg", "at": 5}}}  # fmt: skip
    check = ADAPTER.validate_python({"lies_between": {"feature": ratio, "arm": "y", "at_most": 1}})
    assert check.arms_used() == ("y", "x")
    assert check.observables_used() == ("vat_kg", "lean_kg")
    assert check.windows() == (Window(None, 9.0, ("x",), 1.0), Window(5.0, 5.0, ("y",), None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.5 mmol/L", 0.5), (0.5, 0.5), ("9.0078 mg/dL", 0.5)],
)
def test_units_of_a_level(text: str | float, expected: float) -> None:
    """A level is read in the observable's unit, a mass of glucose as its amount."""
    feature = FEATURE.validate_python({"peak": "glucose_mmol_l"})
    assert feature.measure.parse(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("feature", "text", "expected"),
    [
        ({"auc": "glucose_appearance_mmol_min"}, "75 g", 416.3),
        ({"auc": "glucose_mmol_l"}, "300 mmol/L*min", 300),
        ({"slope": "vat_kg"}, "0.1 kg/week", 0.1 / 7),
        ({"m_value": True}, "5 mg/kg/min", 5),
        ({"peak": "triglycerides_mmol_l"}, "88.57 mg/dL", 1.0),
        ({"time_to_peak": "vat_kg"}, "2 h", 120),
        ({"final": "energy_intake_mj_day"}, "2000 kcal/d", 8.368),
    ],
)
def test_units_of_features(feature: Any, text: str, expected: float) -> None:
    """Every feature knows its unit: integrals, slopes, times, clamps."""
    measure = FEATURE.validate_python(feature).measure
    assert measure.parse(text) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("baseline", 5.0),
        ("120 % of baseline", 6.0),
        ("1.2 x baseline", 6.0),
        ("baseline + 1 mmol/L", 6.0),
        ("baseline - 10 %", 4.5),
        ("3.5 mmol/L", 3.5),
    ],
)
def test_levels_may_be_relative_to_the_baseline(text: str, level: float) -> None:
    """Baseline is a word of the vocabulary; here it is 5."""
    measure = FEATURE.validate_python({"peak": "glucose_mmol_l"}).measure
    assert measure.threshold(text).of(5.0) == pytest.approx(level)
