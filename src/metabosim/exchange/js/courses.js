// @ts-check
/** Held courses: a state or a constant follows a cubic Hermite curve between knots. */

import { CONSTANTS, STATES } from './kernel.js';

export const GLUCOSE = STATES.indexOf('glucose');
export const GLUCOSE_HELD = CONSTANTS.indexOf('input.glucose_held');
const GLUCOSE_SLOPE = CONSTANTS.indexOf('input.glucose_slope');

/**
 * @typedef {object} Courses All courses of a run, as engine/integrate.py has them.
 * @property {Int32Array} kind 0 holds a state, 1 a constant
 * @property {Int32Array} index which one
 * @property {Int32Array} bounds where the knots of course k begin; one more than there are courses
 * @property {Float64Array} period min, 0 where nothing repeats
 * @property {Float64Array} times of all knots in a row, min; and their
 * @property {Float64Array} values
 * @property {Float64Array} slopes
 */

/** @returns {Courses} */
export function noCourses() {
  return {
    kind: new Int32Array(0),
    index: new Int32Array(0),
    bounds: new Int32Array(1),
    period: new Float64Array(0),
    times: new Float64Array(0),
    values: new Float64Array(0),
    slopes: new Float64Array(0),
  };
}

/**
 * Value and slope of course `k` at `t` into `out`; beyond its ends it stays where it was.
 * @param {number} t @param {number} k @param {Courses} courses @param {Float64Array} out
 */
function courseAt(t, k, courses, out) {
  const { bounds, period, times, values, slopes } = courses;
  const lo = bounds[k];
  const hi = bounds[k + 1];
  if (period[k] > 0) t -= period[k] * Math.floor(t / period[k]);
  out[1] = 0;
  if (t <= times[lo]) {
    out[0] = values[lo];
    return;
  }
  if (t >= times[hi - 1]) {
    out[0] = values[hi - 1];
    return;
  }
  let left = lo;
  let right = hi - 1;
  while (right - left > 1) {
    const middle = (left + right) >> 1;
    if (times[middle] <= t) left = middle;
    else right = middle;
  }
  const h = times[right] - times[left];
  const s = (t - times[left]) / h;
  const p = values[left];
  const q = values[right];
  const m = h * slopes[left];
  const n = h * slopes[right];
  const square = 3 * (q - p) - 2 * m - n;
  const cube = 2 * (p - q) + m + n;
  out[0] = p + s * (m + s * (square + s * cube));
  out[1] = (m + s * (2 * square + 3 * s * cube)) / h;
}

/**
 * Put what every followed course says at `t` in place; `pinned` gets the slopes of held states.
 * @param {number} t @param {Float64Array} y @param {Float64Array} c @param {Uint8Array} followed
 * @param {Courses} courses @param {Float64Array} pinned @param {Float64Array} pair room for two numbers
 */
export function hold(t, y, c, followed, courses, pinned, pair) {
  const { kind, index } = courses;
  for (let k = 0; k < index.length; k++) {
    if (!followed[k]) continue;
    courseAt(t, k, courses, pair);
    if (kind[k] !== 0) {
      c[index[k]] = pair[0];
      continue;
    }
    y[index[k]] = pair[0];
    pinned[index[k]] = pair[1];
    if (index[k] === GLUCOSE) {
      c[GLUCOSE_HELD] = 1;
      c[GLUCOSE_SLOPE] = pair[1];
    }
  }
}

/**
 * Held states move as their course does.
 * @param {Float64Array} dy @param {Uint8Array} followed @param {Courses} courses
 * @param {Float64Array} pinned
 */
export function pin(dy, followed, courses, pinned) {
  const { kind, index } = courses;
  for (let k = 0; k < index.length; k++) {
    if (followed[k] && kind[k] === 0) dy[index[k]] = pinned[index[k]];
  }
}
