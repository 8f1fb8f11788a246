"""Judges that compare numbers: changes, orders of size, ranges, equivalence, balances."""

from __future__ import annotations

from itertools import pairwise

from metabosim.claims.bench import Bench, same_run
from metabosim.claims.features import CannotJudge, Look, Reading, read
from metabosim.claims.judging import arm_for, described, judges, operand, operands, seen, shown
from metabosim.claims.reading import baseline_of
from metabosim.claims.verdict import Judgement, number, quantity, weakest
from metabosim.scenario.vocabulary import checks_arms as words
from metabosim.scenario.vocabulary import features
from metabosim.scenario.vocabulary.features import FeatureBase
from metabosim.scenario.vocabulary.quantities import Effect

NOTHING = 1e-12  # in any unit, a value this small is 0
SAME = "the arms are the same run: nothing was done to tell them apart"


def all_same(bench: Bench, *arms: str) -> bool:
    """Whether two or more different arms turn out to be the same run."""
    runs = [bench.run(arm) for arm in dict.fromkeys(arms)]
    return len(runs) > 1 and all(same_run(runs[0], run) for run in runs[1:])


def nothing_done(bench: Bench, *arms: str) -> str | None:
    """Why a comparison of these arms would be void; None if they differ in anything."""
    return SAME if all_same(bench, *arms) else None


def rest_of(feature: FeatureBase, bench: Bench, arm: str) -> float:
    """What a feature is at the arm's own rest: the reference of a change "from baseline".

    Changes are 0 there and folds 1; M is measured at the start of the run; a peak, a trough and a
    daily extreme are those of the habitual day; everything else is its mean, or its 07:00 value.
    """
    run = bench.run(arm)
    name = feature.observable
    if isinstance(feature, features.ChangeFromBaseline):
        return 1.0 if feature.as_ == "fold" else 0.0
    if isinstance(feature, features.Change):
        return 1.0 if feature.as_ == "fold" else 0.0
    if isinstance(feature, features.FoldChange):
        return 1.0
    if isinstance(feature, features.Clamped):
        start = float(run.time_min[0])
        return read(
            feature.model_copy(update={"at": start, "washout": 0.0}), Look(bench, arm)
        ).value
    if isinstance(feature, features.HomaIr):
        glucose = run.fasting_baseline("glucose_mmol_l")
        return float(glucose * run.fasting_baseline("insulin_pmol_l") / 6.0 / 22.5)
    if isinstance(feature, features.Peak | features.Trough) and not feature.daily:
        day = run.rest[name]
        return float(day.max() if isinstance(feature, features.Peak) else day.min())
    daily = getattr(feature, "daily", None)
    if isinstance(feature, features.Fasting) or daily == "fasting":
        return baseline_of(run, name, "fasting")
    if daily in {"max", "min"}:
        day = run.rest[name]
        return float(day.max() if daily == "max" else day.min())
    plain = features.Value | features.FinalValue | features.Mean | features.AtRest
    if isinstance(feature, plain | features.Peak | features.Trough):
        return baseline_of(run, name, "mean")
    raise CannotJudge(
        f"'{feature.kind}' has no value at rest; compare with another arm (versus: <arm>)"
    )


def _scale_of_rest(feature: FeatureBase, bench: Bench, arm: str, reference: float) -> float:
    """What a percentage is of: the reference, or for a change the baseline it starts from."""
    change = isinstance(feature, features.ChangeFromBaseline) and feature.as_ == "absolute"
    if change and isinstance(feature, features.FromBaseline):
        at = feature.at if feature.at is not None else feature.start
        return baseline_of(bench.run(arm), feature.observable, feature.baseline, at)
    return 1.0 if reference == 0 else reference


@judges(words.Rises, words.Falls)
def moves(check: words.Rises | words.Falls, bench: Bench) -> Judgement:
    """sign x (f - reference) - at_least, and at_most - it; sign is 1 for rises, -1 for falls."""
    feature = check.what
    arm = arm_for(feature, check.arm, bench)
    now = seen(feature, bench, arm)
    void = None
    if check.versus == "baseline":
        reference = rest_of(feature, bench, arm)
        base = _scale_of_rest(feature, bench, arm, reference)
        against = "its rest"
    else:
        reference = seen(feature, bench, check.versus).value
        base = reference
        if check.observable is not None:  # a change from baseline: percent of the baseline
            base = _scale_of_rest(feature, bench, check.versus, reference)
        against = f"'{check.versus}'"
        void = nothing_done(bench, arm, check.versus)
    up = isinstance(check, words.Rises)
    effect = (now.value - reference) * (1.0 if up else -1.0)
    least = feature.measure.effect(check.at_least).of(base)
    margin = effect - least
    if check.at_most is not None:
        margin = min(margin, feature.measure.effect(check.at_most).of(base) - effect)
    unit = feature.measure.unit
    return Judgement(
        margin,
        unit,
        max(least, 1e-12),
        f"{described(feature, arm)} is {quantity(abs(effect), unit)} "
        f"{'above' if (effect >= 0) == up else 'below'} {against}; "
        f"{quantity(least, unit)} asked for",
        {"arm": arm, "seen": shown(now), "reference": reference, "effect": effect, "least": least},
        void,
    )


def _room(gap: float, low: float, least: Effect, unit: str) -> tuple[float, str, float]:
    """(margin, unit, scale) of gap >= least, which may be a share of the lower value.

    A share of nothing is nothing: two values that are both 0 do not differ by 20 %.
    """
    size = least.of(low)
    if size > NOTHING:
        return gap - size, unit, size
    if abs(gap) <= NOTHING:
        return -least.value, "1", least.value
    return gap, unit, abs(gap)


def _fold_room(gap: float, low: float, fold: float) -> tuple[float, str, float]:
    """(margin, unit, scale) of high / low >= fold, as gap / |low| >= fold - 1."""
    if abs(low) > NOTHING:
        return gap / abs(low) - (fold - 1.0), "1", fold - 1.0
    return _room(gap, 0.0, Effect(fold - 1.0, relative=True), "1")


def _found(check: words.Compare, gap: float, low: float) -> str:
    """How much more one value is than another, as the check asks: in the unit, in percent, so many times."""
    said = []
    word = "higher" if gap >= 0 else "lower"
    if check.by_at_least is not None:
        share = str(check.by_at_least).endswith("%") and abs(low) > NOTHING
        said.append(
            f"{number(abs(gap / low) * 100)} % {word}" if share else f"{number(abs(gap))} {word}"
        )
    if check.by_fold is not None:
        many = (
            f"{number(1.0 + gap / abs(low))} times"
            if abs(low) > NOTHING
            else f"{number(abs(gap))} {word}"
        )
        said.append(many)
    return " and ".join(said)


def _asked(check: words.Compare) -> str:
    sizes = [str(check.by_at_least)] if check.by_at_least is not None else []
    if isinstance(check.by_at_least, float):
        sizes = [quantity(check.by_at_least, check.what.measure.unit)]
    return " and ".join(sizes + ([f"{check.by_fold:g} times"] if check.by_fold else []))


@judges(words.Compare)
def compare(check: words.Compare, bench: Bench) -> Judgement:
    """min over neighbours of f(higher) - f(lower) - d, and of f(higher) / f(lower) - fold.

    d in percent is a share of the lower value. Void if all arms are the same run.
    """
    seen_all = operands(check.ranked, check.feature, bench)
    unit = check.what.measure.unit
    found: list[Judgement] = []
    for (high_name, high), (low_name, low) in pairwise(seen_all):
        gap = high.value - low.value
        demands: list[tuple[float, str, float]] = []
        if check.by_at_least is not None:
            demands.append(
                _room(gap, low.value, check.what.measure.effect(check.by_at_least), unit)
            )
        if check.by_fold is not None:
            demands.append(_fold_room(gap, low.value, check.by_fold))
        margin, margin_unit, scale = min(demands, key=lambda one: one[0] / one[2])
        found.append(
            Judgement(
                margin,
                margin_unit,
                scale,
                f"{high_name} {number(high.value)}, {low_name} {quantity(low.value, unit)}: "
                f"{_found(check, gap, low.value)}, {_asked(check)} asked for",
                {name: shown(reading) for name, reading in seen_all},
                nothing_done(bench, *check.arms_used()),
            )
        )
    return weakest(found)


@judges(words.LiesBetween)
def lies_between(check: words.LiesBetween, bench: Bench) -> Judgement:
    """min(f - at_least, at_most - f)."""
    feature = check.feature
    arm = arm_for(feature, check.arm, bench)
    found = seen(feature, bench, arm)
    bounds: list[tuple[float, float, str]] = []
    for bound, sign, word in ((check.at_least, 1.0, "at least"), (check.at_most, -1.0, "at most")):
        if bound is not None:
            level = feature.measure.threshold(bound)
            rest = baseline_of(bench.run(arm), feature.observable, "mean") if level.times else 0.0
            size = level.of(rest)
            bounds.append((sign * (found.value - size), size, word))
    margin, size, word = min(bounds, key=lambda one: one[0])
    unit = feature.measure.unit
    widths = [abs(b[1]) for b in bounds if b[1] != 0]
    return Judgement(
        margin,
        unit,
        min(widths) if widths else 1.0,
        f"{described(feature, arm)} is {quantity(found.value, unit)}; {word} "
        f"{quantity(size, unit)} asked for",
        {"seen": shown(found), "bounds": [b[1] for b in bounds]},
        nothing_done(bench, *feature.arms_used()) if len(set(feature.arms_used())) > 1 else None,
    )


def _pair(check: words.Unchanged, bench: Bench) -> tuple[tuple[str, Reading], tuple[str, Reading]]:
    if check.between:
        one, other = operands(check.between, check.feature, bench)
        return one, other
    assert check.feature is not None
    arm = bench.treated(check.arm)
    versus = check.versus or bench.control
    if versus == "baseline":
        rest = Reading(rest_of(check.feature, bench, arm))
        return (arm, seen(check.feature, bench, arm)), ("its rest", rest)
    return operand(arm, check.feature, bench), operand(versus, check.feature, bench)


@judges(words.Unchanged)
def unchanged(check: words.Unchanged, bench: Bench) -> Judgement:
    """within - |f(A) - f(B)| (TOST form); void if the two arms are the same run in everything."""
    (one_name, one), (other_name, other) = _pair(check, bench)
    within = check.what.measure.effect(check.within).of(other.value)
    apart = one.value - other.value
    unit = check.what.measure.unit
    arms = check.arms_used() or (bench.treated(), bench.control)
    if check.versus == "baseline":
        arms = ()
    elif not check.between:
        arms = (bench.treated(check.arm), check.versus or bench.control)
    return Judgement(
        within - abs(apart),
        unit,
        max(within, 1e-12),
        f"{one_name} {number(one.value)}, {other_name} {quantity(other.value, unit)}: "
        f"{number(abs(apart))} apart, {quantity(within, unit)} allowed",
        {one_name: shown(one), other_name: shown(other), "difference": apart, "within": within},
        nothing_done(bench, *arms) if len(set(arms)) > 1 else None,
    )


@judges(words.Conserved)
def conserved(check: words.Conserved, bench: Bench) -> Judgement:
    """within x |right| - |left - right|; void if both sides are 0."""
    arm = arm_for(check.left, check.arm, bench)
    left = seen(check.left, bench, arm)
    if isinstance(check.right, FeatureBase):
        right = seen(check.right, bench, arm_for(check.right, check.arm, bench)).value
    else:
        right = check.left.measure.parse(check.right)
    allowed = check.within * abs(right)
    unit = check.left.measure.unit
    off = left.value - right
    return Judgement(
        allowed - abs(off),
        unit,
        max(allowed, 1e-12),
        f"{quantity(left.value, unit)} against {quantity(right, unit)}: {number(abs(off))} apart, "
        f"{quantity(allowed, unit)} allowed",
        {"left": left.value, "right": right, "difference": off},
        "both sides are 0" if max(abs(left.value), abs(right)) < 1e-9 else None,
    )
