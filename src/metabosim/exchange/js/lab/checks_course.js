// @ts-check
/** Judges of the course of one arm in time (claims/course_checks.py). */

import { timeOver } from './features_times.js';
import { interpolated, largest, mean, placeBehind, smallest, unique, valueAt, whereSmallest } from '../numeric.js';
import { levelOf, measureOf, sizeOf } from './quantities.js';
import { baselineOf, byTheDay, clockStart, course, windowed } from './reading.js';
import { weakest } from './verdict.js';
import { number, quantity } from './words.js';

/**
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./reading.js').Course} Course
 * @typedef {import('./reading.js').Run} Run
 * @typedef {import('./verdict.js').Judgement} Judgement
 * @typedef {import('./vocabulary_use.js').Check} Check
 */

/** @param {string | number} text @param {{observable?: any, baseline?: any}} of @param {Run} run @param {number} start */
function levelIn(text, of, run, start) {
  const threshold = measureOf(of.observable).threshold(text);
  if (threshold.times === 0) return threshold.value;
  return levelOf(threshold, baselineOf(run, of.observable, of.baseline, start));
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function stays(check, bench) {
  const arms = check.arms.length > 0 ? check.arms : [bench.treated(check.arm)];
  return weakest(arms.map((/** @type {string} */ arm) => staysIn(check, bench, arm)));
}

/** @param {Check} check @param {Bench} bench @param {string} arm @returns {Judgement} */
function staysIn(check, bench, arm) {
  const run = bench.run(arm);
  const { t, x } = windowed(run, check, check.observable);
  const measure = measureOf(check.observable);
  const { unit } = measure;
  let [low, high] = [-Infinity, Infinity];
  if (check.kind === 'stays_between') {
    low = levelIn(check.low, /** @type {any} */ (check), run, t[0]);
    high = levelIn(check.high, /** @type {any} */ (check), run, t[0]);
  } else if (check.kind === 'stays_above') low = levelIn(check.level, /** @type {any} */ (check), run, t[0]);
  else high = levelIn(check.level, /** @type {any} */ (check), run, t[0]);
  const space = x.map((value) => Math.min(value - low, high - value));
  const i = whereSmallest(space);
  const margin = space[i];
  const bound = x[i] - low <= high - x[i] ? low : high;
  const noise = sizeOf(measure.effect(check.noise), mean(x.map(Math.abs)));
  const moved = largest(x) - smallest(x);
  return {
    margin,
    unit,
    scale: Math.max(Math.abs(bound), 1e-12),
    says: `${check.observable} of '${arm}' ${margin >= 0 ? 'stayed' : 'did not stay'} `
      + `${bound === high ? 'at or below' : 'at or above'} ${quantity(bound, unit)}; `
      + `nearest ${number(x[i])} at ${number(t[i])} min`,
    evidence: { arm, nearest: x[i], at_min: t[i], bound, range: moved, window_min: [t[0], t[t.length - 1]] },
    nothing: moved < noise ? `it moves only ${quantity(moved, unit)}, less than noise` : null,
  };
}

/** The largest x over [t, t + length], for every t with t + length inside. @param {Float64Array} t @param {Float64Array} x @param {number} length */
function slidingLargest(t, x, length) {
  let count = 0;
  while (count < t.length && t[count] + length <= t[t.length - 1] + 1e-9) count++;
  const found = new Float64Array(count);
  // a queue of candidates whose values fall: each sample enters and leaves it once
  const queue = new Int32Array(t.length);
  let [head, tail, entered] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const last = placeBehind(t, t[i] + length + 1e-9);
    for (; entered < last; entered++) {
      while (tail > head && x[queue[tail - 1]] <= x[entered]) tail--;
      queue[tail] = entered;
      tail++;
    }
    while (queue[head] < i) head++;
    found[i] = Math.max(x[queue[head]], valueAt(t[i] + length, t, x));
  }
  return found;
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function whenThen(check, bench) {
  const arm = bench.treated(check.arm);
  const run = bench.run(arm);
  const within = check.within ?? 0;
  const stop = check.to ?? run.time[run.time.length - 1];
  const last = check.within === undefined || check.to === undefined ? stop : stop + within;
  const when = course(run, check.when.observable, check.from, last);
  const then = course(run, check.then.observable, check.from, last);
  const levelWhen = levelIn(check.when.above ?? check.when.below, check.when, run, when.t[0]);
  const moments = [...when.t, ...then.t];
  for (let i = 1; i < when.t.length; i++) {
    const [a, b] = [when.x[i - 1] - levelWhen, when.x[i] - levelWhen];
    if (a * b < 0) moments.push(when.t[i - 1] + ((when.t[i] - when.t[i - 1]) * a) / (a - b));
  }
  let t = unique(moments);
  if (check.within !== undefined) { // so that the interval's far end is a point for every start
    t = unique([...t, ...Array.from(t, (at) => at + within).filter((at) => at <= last)]);
  }
  /** @param {any} condition @param {Course} line */
  const signed = (condition, line) => {
    const level = levelIn(condition.above ?? condition.below, condition, run, t[0]);
    const sign = condition.above !== undefined ? 1 : -1;
    return interpolated(t, line.t, line.x).map((value) => sign * (value - level));
  };
  const met = signed(check.when, when);
  const answer = signed(check.then, then);
  const end = check.to !== undefined ? stop : last - within;
  const best = within > 0 ? slidingLargest(t, answer, within) : answer;
  const n = placeBehind(t.subarray(0, best.length), end + 1e-9);
  const active = n > 1 ? timeOver(t.subarray(0, n), met.subarray(0, n)) : 0;
  let [margin, at, length, any] = [0, t[0], 0, false];
  for (let i = 0; i < n; i++) {
    if (met[i] < 0 || (any && !(best[i] < margin))) continue;
    [margin, at, length, any] = [best[i], t[i], active, true];
  }
  const { unit } = measureOf(check.then.observable);
  const level = levelIn(check.then.above ?? check.then.below, check.then, run, t[0]);
  return {
    margin,
    unit,
    scale: Math.max(Math.abs(level), 1e-12),
    says: `when ${check.when.observable} was past its level (${quantity(length, 'min')} in all), `
      + `${check.then.observable} was past ${quantity(level, unit)} with ${quantity(margin, unit)} to spare, `
      + `worst at ${number(at)} min`,
    evidence: { arm, active_min: length, at_min: at, level },
    nothing: length < check.active_at_least
      ? `the condition is active for ${quantity(length, 'min')} only` : null,
  };
}

/** @param {Float64Array} times @param {Float64Array} deviation @param {number} band @param {number} latest @param {number} stays */
function returns(times, deviation, band, latest, stays) {
  const away = deviation.map(Math.abs);
  const first = away.findIndex((value) => value > band);
  const never = { margin: band - largest(away), at: times[0], left: times[0], didLeave: false };
  if (first < 0) return never;
  const t = times.subarray(first);
  const rest = away.subarray(first);
  // an interval may also start where a later one's end meets a sample
  const more = unique([...t, ...Array.from(t, (at) => at - stays).filter((at) => at >= t[0])]);
  const worst = slidingLargest(more, interpolated(more, t, rest), stays);
  let found = -1;
  for (let i = 0; i < worst.length; i++) {
    if (more[i] <= latest + 1e-9 && (found < 0 || worst[i] < worst[found])) found = i;
  }
  if (found < 0) return { margin: band - largest(rest), at: t[0], left: t[0], didLeave: true };
  return { margin: band - worst[found], at: more[found], left: t[0], didLeave: true };
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function returnsWithin(check, bench) {
  const arm = bench.treated(check.arm);
  const run = bench.run(arm);
  let line = course(run, check.observable, check.after, check.after + check.within + check.and_stays);
  if (check.daily !== undefined) line = byTheDay(line, check.daily, check.period, clockStart(run));
  const base = baselineOf(run, check.observable, check.baseline, check.after);
  const measure = measureOf(check.observable);
  const band = sizeOf(measure.effect(check.of_baseline), base);
  const { margin, at, left, didLeave } = returns(
    line.t, line.x.map((value) => value - base), band, check.after + check.within, check.and_stays,
  );
  return {
    margin,
    unit: measure.unit,
    scale: band,
    says: `${check.observable} of '${arm}' ${margin >= 0 ? 'was back' : 'was not back'} within `
      + `${quantity(band, measure.unit)} of its baseline ${number(base)} (left at ${number(left)} min, best `
      + `${quantity(band - margin, measure.unit)} away from ${number(at)} min on)`,
    evidence: { arm, baseline: base, band, left_min: left, at_min: at },
    nothing: didLeave ? null : 'it never left the band',
  };
}

/** @type {Record<string, (check: Check, bench: Bench) => Judgement>} */
export const COURSE_CHECKS = {
  stays_above: stays, stays_below: stays, stays_between: stays, when_then: whenThen, returns_within: returnsWithin,
};
