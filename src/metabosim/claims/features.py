"""The features, all their readers registered: `read(feature, look)` gives the number."""

from __future__ import annotations

from metabosim.claims import (  # noqa: F401 - imported for the readers they register
    features_composite,
    features_shape,
    features_times,
    features_values,
)
from metabosim.claims.reading import READERS, CannotJudge, Look, Reading, Void, read
from metabosim.scenario.vocabulary.composites import FEATURES

_missing = [kind for kind, model in FEATURES.items() if model not in READERS]
assert not _missing, f"features without a reader: {_missing}"

__all__ = ["CannotJudge", "Look", "Reading", "Void", "read"]
