"""Readers of features made of features, which may span arms."""

from __future__ import annotations

import numpy as np

from metabosim.claims.reading import Look, Reading, Void, ratio, read, reads
from metabosim.scenario.vocabulary import composites as words


@reads(words.Ratio)
def ratio_of(feature: words.Ratio, look: Look) -> Reading:
    """of / to."""
    upper, lower = read(feature.ratio.of, look).value, read(feature.ratio.to, look).value
    return Reading(ratio(upper, lower, "'to'"), note=f"{upper:.6g} / {lower:.6g}")


@reads(words.Difference)
def difference(feature: words.Difference, look: Look) -> Reading:
    """of - minus."""
    left, right = (read(part, look).value for part in feature.parts())
    return Reading(left - right, note=f"{left:.6g} - {right:.6g}")


@reads(words.Sum)
def sum_of(feature: words.Sum, look: Look) -> Reading:
    """The sum of the parts."""
    values = [read(part, look).value for part in feature.parts()]
    return Reading(float(sum(values)), note=" + ".join(f"{value:.6g}" for value in values))


@reads(words.Times)
def times(feature: words.Times, look: Look) -> Reading:
    """of x by."""
    return Reading(read(feature.times.of, look).value * feature.times.by)


@reads(words.ShareLost)
def share_lost(feature: words.ShareLost, look: Look) -> Reading:
    """1 - (f(blocked) - f(its control)) / (f(treated) - f(control))."""
    lost = feature.share_lost
    value = {
        arm: read(lost.feature, look.at(arm)).value
        for arm in feature.arms_used()
        if arm in feature.named_arms()
    }
    whole = value[lost.treated] - value[lost.control]
    left = value[lost.blocked] - value[lost.blocked_control or lost.control]
    if abs(whole) <= 1e-12 * max(map(abs, value.values()), default=1.0):
        raise Void("there is no effect to lose")
    return Reading(1.0 - left / whole, note=f"effect {whole:.4g}, with the block {left:.4g}")


@reads(words.HalfEffectDose)
def half_effect_dose(feature: words.HalfEffectDose, look: Look) -> Reading:
    """The dose where f first passes f(lowest) + share x (f(highest) - f(lowest))."""
    given = feature.half_effect_dose
    doses = sorted((feature.measure.parse(dose), arm) for arm, dose in given.doses.items())
    dose = np.array([d for d, _ in doses])
    effect = np.array([read(given.feature, look.at(arm)).value for _, arm in doses])
    span = effect[-1] - effect[0]
    if abs(span) < 1e-12 * max(1e-300, float(np.max(np.abs(effect)))):
        raise Void("the dose has no effect, so there is no half of it")
    done = (effect - effect[0]) / span
    i = int(np.argmax(done >= given.share))
    part = (given.share - done[i - 1]) / (done[i] - done[i - 1])
    return Reading(float(dose[i - 1] + part * (dose[i] - dose[i - 1])))
