// @ts-check
/** From a run to a number: courses with exact edges, baselines, and the table of readers (claims/reading.py). */

import { DAY, running } from '../settings.js';
import { cannotJudge } from './faults.js';
import { integral, interpolated, largest, placeBefore, placeBehind, smallest, stepping, valueAt } from '../numeric.js';
import { general } from './words.js';

/**
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {object} Course Times in min and values.
 * @property {Float64Array} t
 * @property {Float64Array} x
 */

/**
 * @typedef {object} Run What is needed of a run; run.js makes it.
 * @property {Float64Array} time min, ascending
 * @property {(name: string) => Float64Array} column
 * @property {string[]} names
 * @property {'midnight' | 'fasting'} start
 * @property {{time: Float64Array, column: (name: string) => Float64Array}} rest the habitual day it began from
 * @property {(name: string) => number} baseline mean of that day
 * @property {(name: string) => number} fastingBaseline its value at 07:00
 * @property {(at: number, options?: ClampOptions) => number} mValue
 * @property {(at: number, options?: ClampOptions) => Run} clamp
 * @property {(names: string[]) => void} [keep]
 * @typedef {{insulin_rate?: string | number, washout?: number}} ClampOptions
 */

/**
 * @typedef {{value: number, at: number | null, note: string}} Reading A number, when it was so (min), what to say.
 * @typedef {{bench: import('./bench.js').Bench, arm: string, run: Run}} Look Where a feature is read.
 */

const EDGE = 1e-6; // min, by which a window may miss the end of a run
const MORNING = running.FASTING;

/** @param {number} value @param {number | null} [at] @param {string} [note] @returns {Reading} */
export function reading(value, at = null, note = '') {
  return { value, at, note };
}

/** The clock time at which the run's own time is 0. @param {Run} run */
export function clockStart(run) {
  return run.start === 'fasting' ? MORNING : 0;
}

/**
 * The course of a column from `start` to `stop`, both edges interpolated and included.
 * @param {Run} run @param {string} name @param {number | null | undefined} start @param {number | null | undefined} stop
 * @returns {Course}
 */
export function course(run, name, start, stop) {
  return courseOf(run.time, run.column(name), name, start, stop);
}

/**
 * @param {Float64Array} t @param {Float64Array} x @param {string} name
 * @param {number | null | undefined} start @param {number | null | undefined} stop @returns {Course}
 */
export function courseOf(t, x, name, start, stop) {
  const end = t[t.length - 1];
  let low = start ?? t[0];
  let high = stop ?? end;
  if (low < t[0] - EDGE || high > end + EDGE || low > high) {
    throw cannotJudge(
      `the window from ${general(low)} to ${general(high)} min is not inside the run, which goes from ${general(t[0])} to ${general(end)} min`,
    );
  }
  low = Math.max(low, t[0]);
  high = Math.min(high, end);
  const first = Math.max(placeBehind(t, low) - 1, 0);
  const last = Math.min(placeBefore(t, high), t.length - 1);
  for (let i = first; i <= last; i++) {
    if (!Number.isFinite(x[i])) throw cannotJudge(`'${name}' is not a finite number at ${general(t[i])} min`);
  }
  if (high === low) return { t: Float64Array.of(low), x: Float64Array.of(valueAt(low, t, x)) };
  const from = placeBehind(t, low);
  const to = placeBefore(t, high);
  const count = Math.max(0, to - from);
  const found = { t: new Float64Array(count + 2), x: new Float64Array(count + 2) };
  found.t[0] = low;
  found.x[0] = valueAt(low, t, x);
  found.t.set(t.subarray(from, from + count), 1);
  found.x.set(x.subarray(from, from + count), 1);
  found.t[count + 1] = high;
  found.x[count + 1] = valueAt(high, t, x);
  return found;
}

/** The value at a moment (undefined: the end of the run). @param {Run} run @param {string} name @param {number | null | undefined} at */
export function valueOf(run, name, at) {
  const moment = at ?? run.time[run.time.length - 1];
  return course(run, name, moment, moment).x[0];
}

/**
 * One number for each whole period of a course, at the middle of it (fasting: at 07:00).
 * @param {Course} line @param {string} how @param {number} period @param {number} clock @returns {Course}
 */
export function byTheDay({ t, x }, how, period, clock) {
  const end = t[t.length - 1];
  if (how === 'fasting') {
    const first = Math.ceil((t[0] + clock - MORNING) / period - 1e-9) * period + MORNING - clock;
    const at = stepping(first, end + EDGE, period);
    if (at.length === 0) throw cannotJudge('the window has no morning (07:00) in it');
    return { t: at, x: interpolated(at, t, x) };
  }
  const count = Math.floor((end - t[0] + EDGE) / period);
  if (count < 1) throw cannotJudge(`the window is shorter than the period of ${general(period)} min`);
  const found = { t: new Float64Array(count), x: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    const [low, high] = [t[0] + period * i, t[0] + period * (i + 1)];
    const [from, to] = [placeBehind(t, low), placeBefore(t, high)];
    const inside = t.subarray(from, Math.max(from, to));
    const times = Float64Array.of(low, ...inside, high);
    const values = interpolated(times, t, x);
    found.t[i] = low + period / 2;
    if (how === 'mean') found.x[i] = integral(values, times) / (high - low);
    else found.x[i] = how === 'max' ? largest(values) : smallest(values);
  }
  return found;
}

/**
 * The course that a windowed feature (or event, or check) looks at.
 * @param {Run} run @param {Record<string, any>} what @param {string} name @returns {Course}
 */
export function windowed(run, what, name) {
  const line = course(run, name, what.from, what.to);
  return what.daily === undefined ? line : byTheDay(line, what.daily, what.period, clockStart(run));
}

/**
 * The arm's baseline: mean, fasting, at the same clock as `start`, or at `start`.
 * @param {Run} run @param {string} name @param {string} mode @param {number | null | undefined} [start]
 */
export function baselineOf(run, name, mode, start) {
  let value;
  if (mode === 'fasting') value = run.fastingBaseline(name);
  else if (mode === 'mean') value = run.baseline(name);
  else {
    const at = start ?? run.time[0];
    if (mode === 'start') return valueOf(run, name, at);
    const clock = (((at + clockStart(run)) % DAY) + DAY) % DAY;
    value = courseOf(run.rest.time, run.rest.column(name), name, clock, clock).x[0];
  }
  if (!Number.isFinite(value)) throw cannotJudge(`the baseline of '${name}' is not a finite number`);
  return value;
}

/** upper / lower, if lower is not 0. @param {number} upper @param {number} lower @param {string} what */
export function ratio(upper, lower, what) {
  if (Math.abs(lower) < 1e-12 * Math.max(1, Math.abs(upper))) {
    throw cannotJudge(`${what} is 0, so there is no ratio to it`);
  }
  return upper / lower;
}
