// @ts-check
/** Readers of features that are times; they count from the start of the window. */

import { cannotJudge, nothingToJudge } from './faults.js';
import {
  correlation, deviation, evenly, interpolated, size, slope, stepping, valueAt, whereLargest, whereSmallest,
} from '../numeric.js';
import { levelOf, measureOf, observableOf, sizeOf } from './quantities.js';
import { baselineOf, course, reading, windowed } from './reading.js';
import { general } from './words.js';

/**
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {import('./reading.js').Course} Course
 * @typedef {import('./reading.js').Look} Look
 * @typedef {import('./reading.js').Reading} Reading
 */

const FLAT = 1e-9; // a change smaller than this share of the level is none
const SHIFTS = 501;

/** @param {Feature} feature @param {Look} look */
const origin = (feature, look) => feature.from ?? look.run.time[0];

/** When x first reaches `level` from below, interpolated; null if it never does. @param {ArrayLike<number>} t @param {ArrayLike<number>} x @param {number} level */
export function crossing(t, x, level) {
  let i = 0;
  while (i < x.length && !(x[i] >= level)) i++;
  if (i === x.length) return null;
  return i === 0 ? t[0] : t[i - 1] + ((t[i] - t[i - 1]) * (level - x[i - 1])) / (x[i] - x[i - 1]);
}

/** How long x > 0, with the crossings interpolated; touching 0 counts as above. @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
export function timeOver(t, x) {
  let found = 0;
  for (let i = 1; i < t.length; i++) {
    const [a, b] = [x[i - 1], x[i]];
    let share = a >= 0 && b >= 0 ? 1 : 0;
    if (!(a >= 0 && b >= 0) && !(a < 0 && b < 0) && a !== b) share = Math.max(a, b) / Math.abs(b - a);
    found += share * (t[i] - t[i - 1]);
  }
  return found;
}

/** @param {Feature} feature @param {Look} look @param {string | number} level @param {number} start */
function levelIn(feature, look, level, start) {
  const name = observableOf(feature);
  const threshold = measureOf(name).threshold(level);
  if (threshold.times === 0) return threshold.value;
  return levelOf(threshold, baselineOf(look.run, name, feature.baseline, start));
}

/** @param {Feature} feature @param {Look} look */
function timeBeyond(feature, look) {
  const { t, x } = windowed(look.run, feature, observableOf(feature));
  const level = levelIn(feature, look, feature.level, t[0]);
  const sign = feature.kind === 'time_above' ? 1 : -1;
  return reading(timeOver(t, x.map((value) => sign * (value - level))), null, `level ${general(level, 4)}`);
}

/** The change from baseline, or from the other arm. @param {Feature} feature @param {Look} look @returns {Course} */
function effectCourse(feature, look) {
  const name = feature.half_effect_time;
  if (name === 'm_value') return clampedCourse(feature, look);
  const line = windowed(look.run, feature, name);
  if (feature.versus) {
    const other = windowed(look.bench.run(feature.versus), feature, name);
    if (
      other.t[other.t.length - 1] < line.t[line.t.length - 1] - 1e-6 || other.t[0] > line.t[0] + 1e-6
    ) throw cannotJudge(`arm '${feature.versus}' does not cover the window of '${look.arm}'`);
    return { t: line.t, x: line.x.map((value, i) => value - valueAt(line.t[i], other.t, other.x)) };
  }
  const mode = feature.daily === 'fasting' ? 'fasting' : feature.baseline;
  const base = baselineOf(look.run, name, mode, line.t[0]);
  return { t: line.t, x: line.x.map((value) => value - base) };
}

/** M by clamps every so often, less the other arm's (or its own at the start). @param {Feature} feature @param {Look} look @returns {Course} */
function clampedCourse(feature, look) {
  const { run } = look;
  const stop = feature.to ?? run.time[run.time.length - 1];
  const at = stepping(origin(feature, look), stop + 1e-6, feature.every);
  const values = at.map((moment) => run.mValue(moment));
  if (feature.versus) {
    const other = look.bench.run(feature.versus);
    return { t: at, x: values.map((value, i) => value - other.mValue(at[i])) };
  }
  return { t: at, x: values.map((value) => value - values[0]) };
}

/** When `change` first reaches `share` of its last value, on the same side. @param {ArrayLike<number>} t @param {Float64Array} change @param {number} share @param {number} scale */
function halfEffect(t, change, share, scale) {
  const final = change[change.length - 1];
  if (Math.abs(final) <= FLAT * Math.max(scale, 1e-300)) throw nothingToJudge('there is no change, so no half of it');
  return /** @type {number} */ (crossing(t, change.map((value) => value / final), share));
}

/** The shift, up to half the window, with the best correlation of the two. @param {Float64Array} t @param {Float64Array} leader @param {Float64Array} follower */
function bestShift(t, leader, follower) {
  const span = t[t.length - 1] - t[0];
  const even = evenly(t[0], t[t.length - 1], 1001);
  const lead = interpolated(even, t, leader);
  const follow = interpolated(even, t, follower);
  const scores = new Float64Array(SHIFTS).fill(-Infinity);
  for (let k = 0; k < SHIFTS; k++) {
    const a = lead.subarray(0, even.length - k);
    const b = follow.subarray(k);
    if (deviation(a) > FLAT * size(a) && deviation(b) > FLAT * size(b)) scores[k] = Math.abs(correlation(a, b));
  }
  if (!scores.some(Number.isFinite)) throw nothingToJudge('one of the two does not move');
  return (whereLargest(scores) * span) / 1000;
}

/** How long the follower runs behind, in min. @param {Course} leader @param {Course} follower @param {string} by */
export function lagBetween(leader, follower, by) {
  if (by === 'best_shift') {
    return bestShift(leader.t, leader.x, interpolated(leader.t, follower.t, follower.x));
  }
  const [first, second] = [leader, follower].map(({ t, x }) => (
    halfEffect(t, x.map((value) => value - x[0]), 0.5, size(x))
  ));
  return second - first;
}

/** @type {Record<string, (feature: Feature, look: Look) => Reading>} */
export const TIMES = {
  time_to_peak(feature, look) {
    const { t, x } = windowed(look.run, feature, feature.time_to_peak);
    const at = t[whereLargest(x)];
    return reading(at - origin(feature, look), at);
  },
  time_to_trough(feature, look) {
    const { t, x } = windowed(look.run, feature, feature.time_to_trough);
    const at = t[whereSmallest(x)];
    return reading(at - origin(feature, look), at);
  },
  settling_time(feature, look) {
    const name = feature.settling_time;
    const { t, x } = windowed(look.run, feature, name);
    const settled = feature.around === 'baseline'
      ? baselineOf(look.run, name, feature.baseline, t[0])
      : x[x.length - 1];
    const band = sizeOf(measureOf(name).effect(feature.band), settled);
    const over = x.map((value) => Math.abs(value - settled) - band);
    const start = origin(feature, look);
    let i = over.length - 1;
    while (i >= 0 && !(over[i] > 0)) i--;
    if (i < 0) return reading(t[0] - start, t[0], 'never left the band');
    if (i === t.length - 1) return reading(t[i] - start, t[i], 'not settled by the end');
    const at = t[i] + ((t[i + 1] - t[i]) * over[i]) / (over[i] - over[i + 1]);
    return reading(at - start, at);
  },
  time_above: timeBeyond,
  time_below: timeBeyond,
  time_in_range(feature, look) {
    const { t, x } = windowed(look.run, feature, feature.time_in_range);
    const low = levelIn(feature, look, feature.low, t[0]);
    const high = levelIn(feature, look, feature.high, t[0]);
    const outside = timeOver(t, x.map((value) => low - value - 1e-15))
      + timeOver(t, x.map((value) => value - high - 1e-15));
    return reading(t[t.length - 1] - t[0] - outside);
  },
  half_effect_time(feature, look) {
    const { t, x } = effectCourse(feature, look);
    const at = halfEffect(t, x, feature.share, Math.max(size(x), 1e-9));
    return reading(at - origin(feature, look), at, `final change ${general(x[x.length - 1], 4)}`);
  },
  half_life(feature, look) {
    const line = windowed(look.run, feature, feature.half_life);
    const top = whereLargest(line.x);
    const [t, x] = [line.t.subarray(top), line.x.subarray(top)];
    const kept = x[0] > 0 ? [...x.keys()].filter((i) => x[i] > x[0] * 1e-6) : [];
    if (kept.length < 3) throw nothingToJudge('there is nothing that decays');
    const times = Float64Array.from(kept, (i) => t[i]);
    const even = evenly(times[0], times[times.length - 1], 200);
    const logs = interpolated(even, times, kept.map((i) => x[i])).map(Math.log);
    const found = slope(even, logs);
    if (found >= 0) throw nothingToJudge('it does not decay');
    return reading(Math.log(2) / -found);
  },
  lag(feature, look) {
    const follower = windowed(look.run, feature, feature.lag);
    const leader = windowed(look.run, feature, feature.behind);
    return reading(lagBetween(leader, follower, feature.by));
  },
  half_effect_level(feature, look) {
    const line = course(look.run, feature.half_effect_level, feature.from, feature.to);
    const driver = course(look.run, feature.of, feature.from, feature.to);
    const at = halfEffect(line.t, line.x.map((value) => value - line.x[0]), 0.5, size(line.x));
    return reading(valueAt(at, driver.t, driver.x), at);
  },
};
