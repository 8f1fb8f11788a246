"""Judges of effects: dose and response, up then down, interaction, synergy, loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from metabosim.claims.arm_checks import NOTHING, nothing_done, rest_of
from metabosim.claims.bench import Bench
from metabosim.claims.judging import arm_for, described, judges, seen, shown, when_read
from metabosim.claims.reading import ratio
from metabosim.claims.verdict import Judgement, number, quantity, weakest
from metabosim.scenario.vocabulary import checks_cause as causes
from metabosim.scenario.vocabulary import checks_effects as words
from metabosim.scenario.vocabulary.quantities import Measure


@judges(words.DoseResponse)
def dose_response(check: words.DoseResponse, bench: Bench) -> Judgement:
    """min(worst step - step_at_least x range, range - minimum, levelling off), doses ascending.

    Levelling off: levels_off x steepest slope - last slope, in effect over the last step's width.
    """
    measure = Measure(check.unit)
    points: list[tuple[float, float, str]] = []
    first = next(check.parts())[0]
    for dose in check.doses:
        feature = dose.feature or check.feature
        assert feature is not None
        arm = arm_for(feature, dose.arm, bench)
        points.append((measure.parse(dose.dose), seen(feature, bench, arm).value, arm))
    points.sort()
    doses = np.array([p[0] for p in points])
    effect = np.array([p[1] for p in points])
    sign = 1.0 if check.direction == "rises" else -1.0
    steps = sign * np.diff(effect)
    full = sign * float(effect[-1] - effect[0])
    least = first.measure.effect(check.minimum_effect).of(float(effect[0]))
    worst = int(np.argmin(steps))
    margins = [float(steps[worst]) - check.step_at_least * max(full, 0.0), full - least]
    said = f"{number(effect[0])} to {number(effect[-1])} over {len(points)} doses; worst step "
    said += f"{number(steps[worst])}"
    if check.levels_off is not None:
        slopes = steps / np.diff(doses)
        margins.append(float((check.levels_off * slopes.max() - slopes[-1]) * np.diff(doses)[-1]))
        if slopes.max() > 0.0:
            said += f"; the last slope is {100 * slopes[-1] / slopes.max():.0f} % of the steepest"
    return Judgement(
        min(margins),
        first.measure.unit,
        max(least, 1e-12),
        said,
        {"doses": doses.tolist(), "effects": effect.tolist(), "arms": [p[2] for p in points]},
        nothing_done(bench, *(p[2] for p in points)),
    )


@judges(words.Biphasic)
def biphasic(check: words.Biphasic, bench: Bench) -> Judgement:
    """min(sign x early - early_by, -sign x late - late_by), effects against the reference."""
    arm = arm_for(check.early, check.arm, bench)
    measure = check.early.measure
    void, effects, evidence = None, [], {}
    for name, feature in (("early", check.early), ("late", check.late)):
        found = seen(feature, bench, arm)
        if check.since is not None:
            reference = seen(check.since, bench, arm).value
        elif check.versus == "baseline":
            reference = rest_of(feature, bench, arm)
        else:
            reference = seen(feature, bench, check.versus).value
            void = nothing_done(bench, arm, check.versus)
        effects.append((found.value - reference, reference))
        evidence[name] = {**shown(found), "reference": reference}
    sign = 1.0 if check.first == "rises" else -1.0
    (early, early_ref), (late, late_ref) = effects
    early_by = measure.effect(check.early_by).of(early_ref)
    late_by = measure.effect(check.late_by).of(late_ref)
    return Judgement(
        min(sign * early - early_by, -sign * late - late_by),
        measure.unit,
        max(early_by, 1e-12),
        f"early {early:+.3g}, late {late:+.3g} {measure.unit}; first it "
        f"{check.first} by {quantity(early_by, measure.unit)}, then the other way by "
        f"{quantity(late_by, measure.unit)}, asked for",
        evidence,
        void,
    )


@judges(words.DependsOn)
def depends_on(check: words.DependsOn, bench: Bench) -> Judgement:
    """min(effect(high) - minimum, effect(high) - times x effect(low)), or - effect(low) - more_by.

    effect = treated - control, or treated / control - 1, in the direction stated. Void if nothing
    happens in either setting: both effects smaller than a hundredth of the minimum.
    """
    effects: list[float] = []
    bases: list[float] = []
    evidence = {}
    for name, setting in (("high", check.high), ("low", check.low)):
        feature = check.reads(setting)
        treated = seen(feature, bench, bench.treated(setting.treated)).value
        control = seen(feature, bench, setting.control or bench.control).value
        sign = 1.0 if check.direction == "rises" else -1.0
        effect = treated - control
        if check.as_ == "fold":
            nothing = max(abs(treated), abs(control)) < NOTHING
            effect = 0.0 if nothing else ratio(treated, control, f"control in '{name}'") - 1.0
        effects.append(sign * effect)
        bases.append(control)
        evidence[name] = {"treated": treated, "control": control, "effect": sign * effect}
    high, low = effects
    base = 1.0 if check.as_ == "fold" else bases[0]
    least = check.effect_measure.effect(check.minimum_effect).of(base)
    if check.times is not None:
        second = high - check.times * low
        asked = f"{number(check.times)} times it"
    else:
        assert check.more_by is not None
        more = check.effect_measure.effect(check.more_by).of(base)
        second, asked = high - low - more, f"{quantity(more, check.effect_measure.unit)} more"
    return Judgement(
        min(high - least, second),
        check.effect_measure.unit,
        max(least, 1e-12),
        f"the effect is {number(high)} in one setting and {number(low)} in the other; {asked} and "
        f"at least {quantity(least, check.effect_measure.unit)} asked for",
        evidence,
        "nothing happens in either setting" if max(abs(high), abs(low)) < least / 100 else None,
    )


@judges(words.CrossingInteraction)
def crossing_interaction(check: words.CrossingInteraction, bench: Bench) -> Judgement:
    """min over advantages of sign x (f(better) - f(worse)) - by_at_least, each over its minimum."""
    found: list[Judgement] = []
    evidence: dict[str, Any] = {}
    for advantage in check.advantages:
        feature = advantage.feature
        better, worse = (
            seen(feature, bench, arm).value for arm in (advantage.better, advantage.worse)
        )
        gap = (better - worse) * (1.0 if advantage.which_is == "higher" else -1.0)
        least = feature.measure.effect(advantage.by_at_least).of(worse)
        unit = feature.measure.unit
        what = f"{feature.kind} of {feature.observable}"
        if what in evidence:  # the same in another pair of arms, or at another time
            what = f"{what}, {advantage.better} and {advantage.worse}, {when_read(feature)}"
        evidence[what] = {
            advantage.better: better,
            advantage.worse: worse,
        }
        found.append(
            Judgement(
                gap - least,
                unit,
                max(least, 1e-12),
                f"{described(feature, advantage.better)} {number(better)} against "
                f"{quantity(worse, unit)} ({advantage.worse}): {number(abs(gap))} "
                f"{'better' if gap >= 0 else 'worse'}, {quantity(least, unit)} asked for",
                evidence,
                nothing_done(bench, advantage.better, advantage.worse),
            )
        )
    return weakest(found)


@judges(words.Synergy)
def synergy(check: words.Synergy, bench: Bench) -> Judgement:
    """effect(both) - null(a, b) - by_at_least; null: max(a, b), a + b, or a + b - a b / full.

    Void if a or b alone is inert (unless allowed).
    """
    measure = check.feature.measure
    value = {
        name: seen(check.feature, bench, arm).value
        for name, arm in (
            ("none", check.none),
            ("a", check.a),
            ("b", check.b),
            ("both", check.both),
        )
    }
    sign = 1.0 if check.direction == "rises" else -1.0
    a, b, both = (sign * (value[name] - value["none"]) for name in ("a", "b", "both"))
    if check.null_model == "additive":
        expected = a + b
    elif check.null_model == "highest_single_agent":
        expected = max(a, b)
    else:
        assert check.full is not None
        full = measure.effect(check.full).of(value["none"])
        expected = a + b - a * b / full
    least = measure.effect(check.by_at_least).of(expected)
    inert = measure.effect(check.inert_below).of(both)
    void = None
    if not check.allow_inert and min(abs(a), abs(b)) < inert:
        void = f"'{check.a if abs(a) < inert else check.b}' alone does nothing"
    return Judgement(
        both - expected - least,
        measure.unit,
        max(least, 1e-12),
        f"together {number(both)}, alone {number(a)} and {number(b)}; the null "
        f"({check.null_model.replace('_', ' ')}) expects {quantity(expected, measure.unit)}",
        {**value, "effect_a": a, "effect_b": b, "effect_both": both, "expected": expected},
        void or nothing_done(bench, check.none, check.a, check.b, check.both),
    )


def _deviation(check: causes.SelfReinforcing | causes.LoopGain, bench: Bench, arm: str) -> float:
    value = seen(check.feature, bench, arm).value
    if check.control is not None:
        return value - seen(check.feature, bench, check.control).value
    return value - rest_of(check.feature, bench, arm)


def _void_push(
    check: causes.SelfReinforcing | causes.LoopGain, bench: Bench, closed: float
) -> str | None:
    base = seen(check.feature, bench, check.control).value if check.control else 1.0
    least = check.feature.measure.effect(check.minimum_effect).of(base)
    if abs(closed) < least:
        unit = check.feature.measure.unit
        return (
            f"the push leaves only {quantity(abs(closed), unit)}, {quantity(least, unit)} asked for"
        )
    return None


@judges(causes.SelfReinforcing)
def self_reinforcing(check: causes.SelfReinforcing, bench: Bench) -> Judgement:
    """min over links of 1 - dev(open) / dev(closed) - by_at_least; void if little is pushed."""
    closed = _deviation(check, bench, check.closed)
    void = _void_push(check, bench, closed)
    unit = check.feature.measure.unit
    found = []
    evidence: dict[str, object] = {"closed": closed, "opened": {}}
    for arm in check.opened:
        left = _deviation(check, bench, arm)
        reduction = 1.0 - left / closed if closed else 0.0
        evidence["opened"][arm] = {"deviation": left, "reduction": reduction}  # type: ignore[index]
        found.append(
            Judgement(
                reduction - check.by_at_least,
                "1",
                check.by_at_least,
                f"closed {quantity(closed, unit)}; opened at '{arm}' {quantity(left, unit)}, "
                f"{100 * reduction:.1f} % less, {100 * check.by_at_least:.0f} % asked for",
                evidence,
                void,
            )
        )
    return weakest(found)


@judges(causes.LoopGain)
def loop_gain(check: causes.LoopGain, bench: Bench) -> Judgement:
    """min(gain - at_least, at_most - gain), gain = 1 - dev(all links held) / dev(closed)."""
    closed, left = (_deviation(check, bench, arm) for arm in (check.closed, check.open))
    gain = 1.0 - left / closed if closed else 0.0
    return Judgement(
        min(gain - check.at_least, check.at_most - gain),
        "1",
        check.at_least,
        f"the loop's gain is {number(gain)}: {number(closed)} closed, {number(left)} open",
        {
            "closed": closed,
            "open": left,
            "gain": gain,
            "amplification": closed / left if left else None,
        },
        _void_push(check, bench, closed),
    )
