"""The table of judges: one for each kind of check, from a bench of runs to a Judgement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from metabosim.claims.bench import Bench
from metabosim.claims.features import Look, Reading, read
from metabosim.claims.verdict import Judgement, quantity
from metabosim.scenario.vocabulary.base import CheckBase
from metabosim.scenario.vocabulary.features import FeatureBase

Judge = Callable[[Any, Bench], Judgement]
JUDGES: dict[type[CheckBase], Judge] = {}
J = TypeVar("J", bound=Judge)


def judges(*kinds: type[CheckBase]) -> Callable[[J], J]:
    """Register the judge of a kind of check."""

    def register(judge: J) -> J:
        for kind in kinds:
            JUDGES[kind] = judge
        return judge

    return register


def judge(check: CheckBase, bench: Bench) -> Judgement:
    """What is found of a check on a bench. Raises CannotJudge, Void or a SimulationError."""
    return JUDGES[type(check)](check, bench)


def seen(feature: FeatureBase, bench: Bench, arm: str) -> Reading:
    """The feature in an arm."""
    return read(feature, Look(bench, arm))


def operand(value: Any, feature: FeatureBase | None, bench: Bench) -> tuple[str, Reading]:
    """A name for an operand, and its reading: an arm read by `feature`, or a feature of its own."""
    if isinstance(value, str):
        assert feature is not None  # the model has seen to it
        return value, seen(feature, bench, value)
    arm = value.arm or _any_arm(value, bench)
    return described(value, arm), seen(value, bench, arm)


def operands(
    values: Sequence[Any], feature: FeatureBase | None, bench: Bench
) -> list[tuple[str, Reading]]:
    """`operand` for each; two that would have the same name are told apart by when they look.

    Two windows of one arm are named alike otherwise, and evidence keyed by name would lose one.
    """
    found = [operand(value, feature, bench) for value in values]
    plain = [name for name, _ in found]
    names = [
        f"{name}, {when_read(value)}"
        if plain.count(name) > 1 and not isinstance(value, str)
        else name
        for name, value in zip(plain, values, strict=True)
    ]
    for n, name in enumerate(names):  # the same moment, too: something else in them differs
        if name in names[:n]:
            names[n] = f"{name}, {names[: n + 1].count(name)}"
    return [(name, reading) for name, (_, reading) in zip(names, found, strict=True)]


def when_read(feature: FeatureBase) -> str:
    """When a feature looks, as short as can be: "7 to 8 weeks", "26 weeks", "the whole run"."""
    windows = feature.windows()
    starts = [window.start for window in windows]
    stops = [window.stop for window in windows]
    if not windows:
        return "at rest"
    start = None if None in starts else min(x for x in starts if x is not None)
    stop = None if None in stops else max(x for x in stops if x is not None)
    if start == stop:
        return "the end" if stop is None and feature.grid_min is None else _moment(stop)
    if start is None or stop is None:
        return f"from {_moment(start)}" if stop is None else f"up to {_moment(stop)}"
    first, last = _moment(start), _moment(stop)
    if first.split(" ")[-1] == last.split(" ")[-1]:  # one unit is enough
        first = first.split(" ")[0]
    return f"{first} to {last}"


def _moment(time_min: float | None) -> str:
    return "the whole run" if time_min is None else quantity(time_min, "min")


def _any_arm(feature: FeatureBase, bench: Bench) -> str:
    """A composite that names its own arms needs no default; anything else takes the treated."""
    named = feature.arms_used()
    return named[0] if named else bench.treated()


def described(feature: FeatureBase, arm: str) -> str:
    """A feature in words: "peak of glucose_mmol_l (treated)"."""
    of = f" of {feature.observable}" if feature.observable else ""
    return f"{feature.kind.replace('_', ' ')}{of} ({arm})"


def arm_for(feature: FeatureBase, named: str | None, bench: Bench) -> str:
    """The arm a check means: the one named, the feature's own, or the only one treated."""
    return named or feature.arm or _any_arm(feature, bench)


def shown(reading: Reading) -> dict[str, Any]:
    """A reading as evidence."""
    out: dict[str, Any] = {"value": reading.value}
    if reading.at_min is not None:
        out["at_min"] = reading.at_min
    if reading.note:
        out["note"] = reading.note
    return out
