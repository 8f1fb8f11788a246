"""Checks and features as data: the vocabulary in which a scenario states its claims.

In a scenario file a check is a mapping with one key, its kind: `compare: {feature: ..., ...}`, and
a feature likewise: `{peak: glucose_mmol_l, from: 8 h, to: 12 h}`. `Check` and `Feature` are the
annotated unions that validate them and hand back the model itself; `CHECKS` and `FEATURES` list
the models by name. Models are frozen, unknown fields are errors, quantities are validated in the
unit of what they are compared with. Judging them is the business of `metabosim.claims`.
"""

from __future__ import annotations

from metabosim.scenario.vocabulary.all_checks import CHECKS, Check
from metabosim.scenario.vocabulary.base import CheckBase, Window
from metabosim.scenario.vocabulary.checks_cause import Trial
from metabosim.scenario.vocabulary.composites import FEATURES, Feature
from metabosim.scenario.vocabulary.features import FeatureBase
from metabosim.scenario.vocabulary.quantities import Effect, Measure, Threshold

__all__ = [
    "CHECKS",
    "FEATURES",
    "Check",
    "CheckBase",
    "Effect",
    "Feature",
    "FeatureBase",
    "Measure",
    "Threshold",
    "Trial",
    "Window",
]
