"""Readers of features that are values: peaks, means, areas, changes, slopes, fasting indices."""

from __future__ import annotations

import numpy as np

from metabosim.claims.reading import (
    Array,
    CannotJudge,
    Look,
    Reading,
    RunLike,
    baseline_of,
    clock_start,
    course,
    ratio,
    reads,
    value_at,
    windowed,
)
from metabosim.scenario.vocabulary import features as words
from metabosim.scenario.vocabulary.base import DAY, MORNING
from metabosim.units import MOLAR_MASS


@reads(words.Peak)
def peak(feature: words.Peak, look: Look) -> Reading:
    """max x(t)."""
    t, x = windowed(look.run, feature)
    i = int(np.argmax(x))
    return Reading(float(x[i]), float(t[i]))


@reads(words.Trough)
def trough(feature: words.Trough, look: Look) -> Reading:
    """min x(t)."""
    t, x = windowed(look.run, feature)
    i = int(np.argmin(x))
    return Reading(float(x[i]), float(t[i]))


@reads(words.PeakToTrough)
def peak_to_trough(feature: words.PeakToTrough, look: Look) -> Reading:
    """max x(t) - min x(t)."""
    _, x = windowed(look.run, feature)
    return Reading(float(x.max() - x.min()))


def _area(t: Array, x: Array, name: str) -> float:
    """The integral of x over t by trapezia; of a column per day, in its unit without the day."""
    per = DAY if name.endswith("_day") else 1.0
    return float(np.trapezoid(x, t)) / per


def _mean(t: Array, x: Array) -> float:
    return float(x[0]) if len(t) == 1 else float(np.trapezoid(x, t) / (t[-1] - t[0]))


@reads(words.Mean)
def mean(feature: words.Mean, look: Look) -> Reading:
    """Integral of x over the length of the window; with `daily`, the mean of the days' numbers."""
    t, x = windowed(look.run, feature)
    return Reading(float(x.mean()) if feature.daily else _mean(t, x))


@reads(words.Auc)
def auc(feature: words.Auc, look: Look) -> Reading:
    """Integral of x over the window."""
    line = course(look.run, feature.auc, feature.start, feature.stop)
    return Reading(_area(line.t, line.x, feature.auc))


def positive_area(t: Array, x: Array) -> float:
    """Integral of max(x, 0), with the crossings of 0 put in."""
    cross = np.flatnonzero(x[1:] * x[:-1] < 0)
    zeros = t[cross] + (t[cross + 1] - t[cross]) * x[cross] / (x[cross] - x[cross + 1])
    t, x = np.insert(t, cross + 1, zeros), np.insert(x, cross + 1, 0.0)
    return float(np.trapezoid(np.maximum(x, 0.0), t))


@reads(words.Iauc)
def iauc(feature: words.Iauc, look: Look) -> Reading:
    """Integral of max(x - baseline, 0)."""
    name = feature.iauc
    line = course(look.run, name, feature.start, feature.stop)
    base = baseline_of(look.run, name, feature.baseline, float(line.t[0]))
    per = DAY if name.endswith("_day") else 1.0
    return Reading(positive_area(line.t, line.x - base) / per, note=f"baseline {base:.4g}")


@reads(words.Value, words.FinalValue)
def value(feature: words.Value | words.FinalValue, look: Look) -> Reading:
    """x(at), by default at the end."""
    at = float(look.run.time_min[-1]) if feature.at is None else feature.at
    return Reading(value_at(look.run, feature.observable, at), at)


def morning(run: RunLike, day: int) -> float:
    """07:00 of a day in the run's own minutes."""
    at = day * DAY + MORNING - clock_start(run)
    return at if at >= 0 else at + DAY


@reads(words.Fasting)
def fasting(feature: words.Fasting, look: Look) -> Reading:
    """x at 07:00 of the day."""
    at = morning(look.run, feature.day)
    return Reading(value_at(look.run, feature.fasting, at), at)


@reads(words.AtRest)
def at_rest(feature: words.AtRest, look: Look) -> Reading:
    """The baseline."""
    return Reading(baseline_of(look.run, feature.at_rest, feature.of))


def _moment_or_mean(feature: words.FromBaseline, look: Look) -> tuple[float, float | None]:
    run, name = look.run, feature.observable
    if feature.at is None and (feature.start is not None or feature.stop is not None):
        t, x = windowed(run, feature)
        return (float(x.mean()) if feature.daily else _mean(t, x)), None
    at = float(run.time_min[-1]) if feature.at is None else feature.at
    return value_at(run, name, at), at


def _formed(now: float, then: float, form: str, what: str) -> float:
    if form == "absolute":
        return now - then
    fold = ratio(now, then, what)
    return fold if form == "fold" else fold - 1.0


@reads(words.ChangeFromBaseline, words.FoldChange)
def change_from_baseline(feature: words.FromBaseline, look: Look) -> Reading:
    """x - baseline (as: share, x / baseline - 1; as: fold, x / baseline)."""
    now, at = _moment_or_mean(feature, look)
    base = baseline_of(look.run, feature.observable, feature.baseline, at or feature.start)
    form = feature.as_ if isinstance(feature, words.ChangeFromBaseline) else "fold"
    return Reading(_formed(now, base, form, "the baseline"), at, f"{now:.6g} against {base:.6g}")


@reads(words.Change)
def change(feature: words.Change, look: Look) -> Reading:
    """x(to) - x(from), of the daily numbers if asked for."""
    t, x = windowed(look.run, feature)
    if len(t) < 2:
        raise CannotJudge("a change needs two moments")
    form = _formed(float(x[-1]), float(x[0]), feature.as_, "the first value")
    return Reading(form, float(t[-1]), f"{x[-1]:.6g} against {x[0]:.6g}")


def slope_per_day(t: Array, x: Array) -> float:
    """The least-squares slope, per day."""
    if len(t) < 2:
        raise CannotJudge("a slope needs at least two points")
    centred = t - t.mean()
    return float(centred @ (x - x.mean()) / (centred @ centred)) * DAY


@reads(words.Slope)
def slope(feature: words.Slope, look: Look) -> Reading:
    """The least-squares slope over the window, per day."""
    t, x = windowed(look.run, feature)
    if not feature.daily:  # evenly spaced, so that a finer stretch of output has no more weight
        even = np.linspace(t[0], t[-1], max(3, int((t[-1] - t[0]) / 60.0) + 1))
        t, x = even, np.interp(even, t, x)
    return Reading(slope_per_day(t, x))


@reads(words.Infusion)
def infusion(feature: words.Infusion, look: Look) -> Reading:
    """Mean glucose infusion over the window, mg per kg body weight and min."""
    line = course(look.run, "glucose_infusion_mmol_min", feature.start, feature.stop)
    weight = value_at(look.run, "weight_kg", float(line.t[0]))
    return Reading(_mean(*line) * MOLAR_MASS["glucose"] / weight)


@reads(words.HomaIr)
def homa_ir(feature: words.HomaIr, look: Look) -> Reading:
    """Fasting glucose (mmol/L) x fasting insulin (uU/mL) / 22.5."""
    at = morning(look.run, feature.day)
    glucose = value_at(look.run, "glucose_mmol_l", at)
    insulin = value_at(look.run, "insulin_pmol_l", at) / 6.0
    return Reading(glucose * insulin / 22.5, at)


def _clamp_options(feature: words.Clamped, look: Look) -> tuple[float, dict[str, object]]:
    at = float(look.run.time_min[-1]) if feature.at is None else feature.at
    if not look.run.time_min[0] <= at <= look.run.time_min[-1]:
        raise CannotJudge(f"a clamp at {at:g} min is outside the run")
    return at, {"insulin_rate": feature.insulin_rate, "washout": feature.washout}


@reads(words.MValue)
def m_value(feature: words.MValue, look: Look) -> Reading:
    """M of a hyperinsulinaemic euglycaemic clamp on a copy of the body."""
    at, options = _clamp_options(feature, look)
    return Reading(float(look.run.m_value(at, **options)), at)


def _late_in_clamp(feature: words.Clamped, look: Look, name: str) -> float:
    at, options = _clamp_options(feature, look)
    clamp = look.run.clamp(at, **options)
    end = float(clamp.time_min[-1])
    return _mean(*course(clamp, name, end - 30.0, end))


@reads(words.InsulinSensitivity)
def insulin_sensitivity(feature: words.InsulinSensitivity, look: Look) -> Reading:
    """M over the clamp's insulin, mg/kg/min per 100 pmol/L."""
    at, options = _clamp_options(feature, look)
    insulin = _late_in_clamp(feature, look, "insulin_pmol_l")
    m = float(look.run.m_value(at, **options))
    return Reading(100.0 * ratio(m, insulin, "the clamp's insulin"), at)


@reads(words.ClampMean)
def clamp_mean(feature: words.ClampMean, look: Look) -> Reading:
    """The mean of an observable over the last 30 min of the clamp."""
    return Reading(_late_in_clamp(feature, look, feature.clamp_mean), feature.at)
