// @ts-check
/**
 * The rest of a body: the day that repeats itself under the habitual meals and pulses. engine/rest.py in
 * JavaScript, and `quickRest` beside it. From a rest near by another is often found in forty days' work; where
 * the body comes to live quite differently it takes hundreds or thousands, so that a page does better to search
 * in a worker.
 */

import { CONSTANTS, LASTING, SCALE, STATES } from './kernel.js';
import { noCourses } from './courses.js';
import { DONE, integrate } from './integrate.js';
import { habitualDays } from './plan.js';
import { DAY, resting } from './settings.js';
import { growth, identity, largest, length, solve, times } from './matrices.js';

/**
 * @typedef {import('./integrate.js').Events} Events
 * @typedef {import('./integrate.js').Workspace} Workspace
 * @typedef {import('./plan.js').Habitual} Habitual
 */

/**
 * @typedef {object} Near A rest to start from.
 * @property {ArrayLike<number>} state at midnight
 * @property {Float64Array} jacobian how a day answers to the states, row by row
 */

/**
 * @typedef {object} Rest
 * @property {boolean} found
 * @property {Float64Array} state at midnight; where the search ended, if nothing was found
 * @property {Float64Array} jacobian for the next search
 * @property {number} drift largest relative change a day
 * @property {number} days integrated on the way: what it cost
 */

const { ATTEMPTS, BUDGET, CLOSE, NUDGE, ROUGH, SETTLING_DAYS, TOLERANCE } = resting;
const QUICK = { tolerance: 1e-6, close: 1e-6, days: 15 };

/** The states that are there at rest. */
const ACTIVE = STATES.map((_, i) => i).filter((i) => LASTING[i]);
const A = ACTIVE.length;
const FAT = ACTIVE.indexOf(STATES.indexOf('fat'));
const NO_TIMES = new Float64Array(0);
const NO_COURSES = noCourses();

/** A Jacobian as Python writes it, row by row. @param {number[][]} rows */
export function jacobianOf(rows) {
  return Float64Array.from(rows.flat());
}

/**
 * Where a search begins that has no rest near by: beta cells grown as far as they can.
 * @param {Float64Array} c
 */
function firstGuess(c) {
  /** @param {string} name */
  const parameter = (name) => c[CONSTANTS.indexOf(`parameter.${name}`)];
  /** @type {Record<string, number>} */
  const put = {
    fat: parameter('habitual_fat'),
    lean: parameter('habitual_lean'),
    igf1: parameter('habitual_igf1'),
    stomach: 5,
    intestine: 10,
    food_energy: 1,
    vat: parameter('vat_share') * parameter('habitual_fat'),
    beta_mass: parameter('mass_ceiling'),
    beta_function: parameter('function_capacity'),
    workload: parameter('habitual_workload'),
  };
  const y = Float64Array.from(SCALE, (size, i) => (LASTING[i] ? size : 0));
  for (const name in put) y[STATES.indexOf(name)] = put[name];
  return y;
}

/** One body's days. */
class Days {
  /** @param {Workspace} work @param {Float64Array} c @param {Habitual} habitual */
  constructor(work, c, habitual) {
    this.work = work;
    this.constants = c;
    this.c = c.slice();
    this.habitual = habitual;
    this.day = habitualDays(habitual, 1);
    this.after = new Float64Array(STATES.length);
    this.lived = 0;
  }

  /**
   * Live from midnight `y`; the state after is in `after`.
   * @param {Float64Array} y @param {Events} events @param {number} days @param {number} tolerance
   */
  live(y, events, days, tolerance) {
    this.c.set(this.constants);
    this.after.set(y);
    this.lived += days;
    return integrate(
      this.work, 0, this.after, this.c, days * DAY, events, NO_COURSES, NO_TIMES, NO_TIMES,
      NO_TIMES, tolerance, SCALE, BUDGET * days,
    );
  }

  /**
   * How far a day moves each state, relative to its size; null if the day cannot be integrated.
   * @param {Float64Array} y @param {number} [tolerance]
   */
  change(y, tolerance = TOLERANCE) {
    if (this.live(y, this.day, 1, tolerance) !== DONE) return null;
    return Float64Array.from(ACTIVE, (i) => (
      (this.after[i] - y[i]) / Math.max(Math.abs(y[i]), 1e-6 * SCALE[i])
    ));
  }

  /**
   * How that change answers to the logarithm of each state; null where no day can be lived.
   * @param {Float64Array} y
   */
  jacobian(y) {
    const base = this.change(y, ROUGH);
    const matrix = new Float64Array(A * A);
    const moved = y.slice();
    for (let k = 0; k < A && base !== null; k++) {
      moved[ACTIVE[k]] = y[ACTIVE[k]] * (1 + NUDGE);
      const changed = this.change(moved, ROUGH);
      if (changed === null) return null;
      moved[ACTIVE[k]] = y[ACTIVE[k]];
      for (let i = 0; i < A; i++) matrix[i * A + k] = (changed[i] - base[i]) / Math.log1p(NUDGE);
    }
    return base === null ? null : matrix;
  }
}

/**
 * (1/days - jacobian) step = change.
 * @param {Float64Array} jacobian @param {Float64Array} change @param {number} days
 */
function implicitStep(jacobian, change, days) {
  const matrix = jacobian.map((value) => -value);
  for (let i = 0; i < A; i++) matrix[i * A + i] += 1 / days;
  return solve(matrix, change);
}

/**
 * Broyden's update: the least change of the Jacobian that explains what the last step did.
 * @param {Float64Array} jacobian @param {Float64Array} moved @param {Float64Array} gained
 */
function updated(jacobian, moved, gained) {
  const expected = times(jacobian, moved);
  const size = length(moved) ** 2;
  return jacobian.map((value, at) => {
    const i = Math.floor(at / A);
    return value + ((gained[i] - expected[i]) * moved[at % A]) / size;
  });
}

/** Change the logarithms of the states `by` so much. @param {Float64Array} y @param {Float64Array} by */
function move(y, by) {
  for (let k = 0; k < A; k++) y[ACTIVE[k]] *= Math.exp(by[k]);
}

/**
 * Implicit steps of growing length along the slow drift, then Newton's.
 * @param {Days} days @param {Float64Array} y @param {number} reach days of the first step
 * @param {Float64Array | null} jacobian
 */
function settle(days, y, reach, jacobian) {
  let change = days.change(y);
  for (let attempt = 0; attempt < 90; attempt++) {
    if (change === null || largest(change) < CLOSE) break;
    jacobian ??= days.jacobian(y);
    if (jacobian === null) break;
    const step = implicitStep(jacobian, change, reach);
    const longest = largest(step);
    if (longest > 1 && reach > 1) {
      reach *= Math.max(0.1, 0.5 / longest);
      continue;
    }
    const moved = step.map((by) => Math.min(1, Math.max(-1, by)));
    const trial = y.slice();
    move(trial, moved);
    const changed = days.change(trial);
    if (reach > 1 && (changed === null || length(changed) > 3 * length(change))) {
      reach *= 0.2;
      jacobian = null;
      continue;
    }
    if (changed === null) {
      change = null;
      break;
    }
    const before = change;
    // Close to rest Broyden's update spares a Jacobian; further out the drift bends too much.
    const near = reach > 1e3 && length(changed) < 0.2 * length(before);
    jacobian = near ? updated(jacobian, moved, changed.map((value, i) => value - before[i])) : null;
    y = trial;
    change = changed;
    reach = Math.min(reach * 5, 1e12);
  }
  return { y, jacobian, drift: change === null ? Infinity : largest(change) };
}

/**
 * The direction in which days lead away from a rest that does not draw its neighbours in, or null. Of its two
 * senses the one in which fat falls: what a lighter body comes to is the milder of two rests.
 * @param {Float64Array} jacobian
 */
function wayOut(jacobian) {
  const step = identity(A);
  const way = growth(jacobian.map((value, i) => value + step[i]), A);
  return way !== null && way[FAT] > 0 ? way.map((value) => -value) : way;
}

/**
 * The rest under constants `c`, searched from a rest near by, and if that fails from afar.
 * @param {Workspace} work
 * @param {Float64Array} c
 * @param {Habitual} habitual
 * @param {Near | null} [near]
 * @returns {Rest}
 */
export function findRest(work, c, habitual, near = null) {
  const days = new Days(work, c, habitual);
  if (near !== null) {
    const found = settle(days, Float64Array.from(near.state), 1e6, near.jacobian);
    const jacobian = found.drift < CLOSE ? days.jacobian(found.y) : null;
    if (jacobian !== null && wayOut(jacobian) === null) return ended(days, found, jacobian);
  }
  return fromAfar(days);
}

/**
 * A rest that Newton's method closes in on from `near` in a few days' work, for a lever that is being dragged;
 * null if it does not, and then there may be another rest altogether, for `findRest` to find. Good for a picture:
 * coarser, and not proved to draw its neighbours in.
 * @param {Workspace} work @param {Float64Array} c @param {Habitual} habitual @param {Near} near
 * @returns {Rest | null}
 */
export function quickRest(work, c, habitual, near) {
  const days = new Days(work, c, habitual);
  let { jacobian } = near;
  // A day by itself settles whatever is quick.
  if (days.live(Float64Array.from(near.state), days.day, 1, QUICK.tolerance) !== DONE) return null;
  let y = days.after.slice();
  let change = days.change(y, QUICK.tolerance);
  while (change !== null && days.lived <= QUICK.days) {
    const drift = largest(change);
    if (drift < QUICK.close) return ended(days, { y, drift }, jacobian);
    const moved = implicitStep(jacobian, change, 1e12);
    if (!(largest(moved) < 1)) return null;
    const trial = y.slice();
    move(trial, moved);
    const changed = days.change(trial, QUICK.tolerance);
    if (changed === null || length(changed) > 3 * length(change)) return null;
    const before = change;
    jacobian = updated(jacobian, moved, changed.map((value, i) => value - before[i]));
    y = trial;
    change = changed;
  }
  return null;
}

/**
 * @typedef {{y: Float64Array, jacobian: Float64Array | null, drift: number}} Settled
 */

/** @param {Days} days @returns {Rest} */
function fromAfar(days) {
  const season = habitualDays(days.habitual, SETTLING_DAYS);
  let y = firstGuess(days.constants);
  let status = days.live(y, days.day, 1, TOLERANCE);
  y = days.after.slice();
  /** @type {Settled} */
  let found = { y, jacobian: null, drift: Infinity };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (status === DONE) {
      found = settle(days, y, 30, null);
      y = found.y.slice();
      const jacobian = found.drift < CLOSE ? days.jacobian(y) : null;
      const away = jacobian && wayOut(jacobian);
      if (jacobian !== null && away === null) return ended(days, found, jacobian);
      if (away) {
        // A rest on a ridge: nobody stays there.
        move(y, away.map((by) => NUDGE * by));
      }
    }
    status = days.live(y, season, SETTLING_DAYS, ROUGH);
    y = days.after.slice();
    if (status !== DONE || !y.every(Number.isFinite)) break;
  }
  return { ...ended(days, found, found.jacobian ?? identity(A)), found: false };
}

/**
 * @param {Days} days @param {{y: Float64Array, drift: number}} found @param {Float64Array} jacobian
 * @returns {Rest}
 */
function ended(days, found, jacobian) {
  return { found: true, state: found.y, jacobian, drift: found.drift, days: days.lived };
}
