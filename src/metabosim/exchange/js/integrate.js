// @ts-check
/**
 * Integrates the body from event to event: engine/integrate.py in JavaScript, step for step.
 *
 * Explicit, since the body is not stiff. Every event splits the integration; nothing is stepped over. Nothing is
 * allocated on the way: a workspace is made once and used again for every run.
 */

import { CONSTANTS, HOISTED, READINGS, STATES, observe, prepare, rates } from './kernel.js';
import { GLUCOSE, GLUCOSE_HELD, hold, pin } from './courses.js';
import * as stages from './stages.js';

/** @typedef {import('./courses.js').Courses} Courses */

/** What an event does to the states or the constants; at a pause nothing but a new step begins. */
export const ADD = 0;
export const ADD_MEAL = 1;
export const SET_CONSTANT = 2;
export const SET_STATE = 3;
export const MARK_MEAL = 4;
export const FOLLOW = 5;
export const LET_GO = 6;
export const PAUSE = 7;

/** How a run ended. */
export const DONE = 0;
export const NON_FINITE = 1;
export const STEP_TOO_SMALL = 2;
export const OVER_BUDGET = 3;

const N = STATES.length;
const M = READINGS.length;
const STOMACH = STATES.indexOf('stomach');
const APPETITE = READINGS.indexOf('appetite_index');
const DIET = CONSTANTS.indexOf('input.diet');
const MEAL_SIZE = CONSTANTS.indexOf('input.meal_size');
const JUST_BELOW = 1 - 2 ** -53; // times this, a positive number is the next one down
// What a pool holds after hundreds of half-lives. Left to shrink on, it would be subnormal at last, and a
// processor takes a hundred times longer over such numbers and their squares.
const NOTHING = 1e-100;

/**
 * @typedef {object} Events In time order.
 * @property {Float64Array} time min
 * @property {Int32Array} kind
 * @property {Int32Array} index of a state, a constant or a course
 * @property {Float64Array} value
 */

/**
 * @typedef {object} Workspace Room for one run at a time, and how the last one ended.
 * @property {Float64Array} w the vectors of a step, as stages.js lays them out
 * @property {Float64Array} lasting what `prepare` makes
 * @property {Float64Array} pinned slopes of held states
 * @property {Float64Array} scratch readings
 * @property {Float64Array} pair
 * @property {Int32Array} at
 * @property {Uint8Array} followed which courses are being followed
 * @property {number} status DONE, NON_FINITE, STEP_TOO_SMALL or OVER_BUDGET
 * @property {number} time where it stopped, min
 * @property {number} fault the state at fault
 * @property {number} evaluations how often the rates were taken
 */

/** @returns {Workspace} */
export function workspace() {
  return {
    w: new Float64Array(stages.SIZE),
    lasting: new Float64Array(HOISTED),
    pinned: new Float64Array(N),
    scratch: new Float64Array(M),
    pair: new Float64Array(2),
    at: new Int32Array(1),
    followed: new Uint8Array(64),
    status: DONE,
    time: 0,
    fault: 0,
    evaluations: 0,
  };
}

/**
 * Run from `t` to `stop`; `state` and `c` are changed in place, and `work` says how it ended.
 *
 * States and readings are recorded at `out`, a row a minute: ascending, within [t, stop]; at an event's time after
 * the event, at `stop` before any event there. An empty vector asks for none of either.
 * @param {Workspace} work
 * @param {number} t min
 * @param {Float64Array} state
 * @param {Float64Array} c
 * @param {number} stop min
 * @param {Events} events
 * @param {Courses} courses
 * @param {Float64Array} out
 * @param {Float64Array} states
 * @param {Float64Array} readings
 * @param {number} rtol relative tolerance; a thousandth of it, times `scale`, is the absolute one
 * @param {Float64Array} scale a typical size of each state
 * @param {number} budget evaluations
 * @returns {number} the status
 */
export function integrate(
  work, t, state, c, stop, events, courses, out, states, readings, rtol, scale, budget,
) {
  const { w, lasting, pinned, scratch, pair, at } = work;
  /** @param {number} row */
  const vector = (row) => w.subarray(row, row + N);
  const y = vector(stages.Y);
  const k0 = vector(stages.K0);
  const k1 = vector(stages.K1);
  const k2 = vector(stages.K2);
  const k3 = vector(stages.K3);
  const k4 = vector(stages.K4);
  const k5 = vector(stages.K5);
  const k6 = vector(stages.K6);
  const stage = vector(stages.STAGE);
  const trial = vector(stages.TRIAL);
  const look = vector(stages.LOOK);
  const { time, kind, index, value } = events;
  if (work.followed.length < courses.index.length) {
    work.followed = new Uint8Array(courses.index.length);
  }
  const followed = work.followed;
  followed.fill(0);
  pinned.fill(0);
  prepare(c, lasting);
  y.set(state);
  const atol = rtol * 1e-3;
  let holding = false;
  let evaluations = 0;
  let event = 0;
  let seen = 0;
  let h = 1;
  for (;;) {
    // Events due now, in their given order; they see what is held as it is held now.
    if (holding) hold(t, y, c, followed, courses, pinned, pair);
    while (event < time.length && time[event] <= t && t < stop) {
      const i = index[event];
      const what = kind[event];
      if (what === ADD) {
        y[i] += value[event];
      } else if (what === ADD_MEAL) {
        observe(y, c, lasting, scratch);
        y[i] += value[event] * scratch[APPETITE] * c[DIET];
      } else if (what === SET_CONSTANT) {
        c[i] = value[event];
      } else if (what === SET_STATE) {
        y[i] = value[event];
      } else if (what === MARK_MEAL) {
        c[MEAL_SIZE] = Math.max(y[STOMACH], 1e-9);
      } else if (what === FOLLOW) {
        followed[i] = 1;
        holding = true;
        hold(t, y, c, followed, courses, pinned, pair);
      } else if (what === LET_GO) {
        followed[i] = 0;
        if (courses.kind[i] === 0 && courses.index[i] === GLUCOSE) c[GLUCOSE_HELD] = 0;
      }
      event++;
    }
    while (seen < out.length && out[seen] <= t) {
      if (holding) hold(t, y, c, followed, courses, pinned, pair);
      record(seen, y, c, lasting, scratch, states, readings);
      seen++;
    }
    if (t >= stop) return ended(work, DONE, t, 0, evaluations, state);
    const target = event < time.length && time[event] < stop ? time[event] : stop;
    // What is held may jump at the target; until there, its value before the jump counts.
    const limit = target * JUST_BELOW;
    for (let j = 0; j < N; j++) if (Math.abs(y[j]) < NOTHING) y[j] = 0;

    if (holding) hold(t, y, c, followed, courses, pinned, pair);
    rates(y, c, lasting, k0);
    if (holding) pin(k0, followed, courses, pinned);
    evaluations++;
    while (t < target) {
      if (evaluations > budget) return ended(work, OVER_BUDGET, t, 0, evaluations, state);
      const last = t + h * 1.000001 >= target;
      if (last) h = target - t;
      stages.second(w, h);
      if (holding) hold(least(t + h / 5, limit), stage, c, followed, courses, pinned, pair);
      rates(stage, c, lasting, k1);
      if (holding) pin(k1, followed, courses, pinned);
      stages.third(w, h);
      if (holding) hold(least(t + 0.3 * h, limit), stage, c, followed, courses, pinned, pair);
      rates(stage, c, lasting, k2);
      if (holding) pin(k2, followed, courses, pinned);
      stages.fourth(w, h);
      if (holding) hold(least(t + 0.8 * h, limit), stage, c, followed, courses, pinned, pair);
      rates(stage, c, lasting, k3);
      if (holding) pin(k3, followed, courses, pinned);
      stages.fifth(w, h);
      if (holding) hold(least(t + (8 / 9) * h, limit), stage, c, followed, courses, pinned, pair);
      rates(stage, c, lasting, k4);
      if (holding) pin(k4, followed, courses, pinned);
      stages.sixth(w, h);
      if (holding) hold(least(t + h, limit), stage, c, followed, courses, pinned, pair);
      rates(stage, c, lasting, k5);
      if (holding) pin(k5, followed, courses, pinned);
      stages.last(w, h);
      if (holding) hold(least(t + h, limit), trial, c, followed, courses, pinned, pair);
      rates(trial, c, lasting, k6);
      if (holding) pin(k6, followed, courses, pinned);
      evaluations += 6;
      const worst = stages.worstError(w, h, rtol, atol, scale, at);
      if (worst > 1) {
        if (h < 1e-6) {
          const status = worst < Infinity ? STEP_TOO_SMALL : NON_FINITE;
          return ended(work, status, t, firstWrong(k0, at[0]), evaluations, state);
        }
        h *= worst < Infinity ? Math.max(0.2, 0.9 * worst ** -0.2) : 0.1;
        continue;
      }
      const next = last ? target : t + h;
      if (seen < out.length && out[seen] < next) {
        stages.bend(w, h);
        do {
          stages.within(w, (out[seen] - t) / h);
          if (holding) hold(out[seen], look, c, followed, courses, pinned, pair);
          record(seen, look, c, lasting, scratch, states, readings);
          seen++;
        } while (seen < out.length && out[seen] < next);
      }
      t = next;
      w.copyWithin(stages.Y, stages.TRIAL, stages.TRIAL + 2 * N); // and k6 onto k0
      h *= Math.min(5, Math.max(0.2, 0.9 * worst ** -0.2));
    }
  }
}

/**
 * @param {number} row @param {Float64Array} y @param {Float64Array} c @param {Float64Array} lasting
 * @param {Float64Array} scratch @param {Float64Array} states @param {Float64Array} readings
 */
function record(row, y, c, lasting, scratch, states, readings) {
  if (states.length > 0) states.set(y, row * N);
  if (readings.length === 0) return;
  observe(y, c, lasting, scratch);
  readings.set(scratch, row * M);
}

/**
 * Where it began: the first state whose own rate is no number, if there is one.
 * @param {Float64Array} k0 @param {number} otherwise
 */
function firstWrong(k0, otherwise) {
  for (let j = 0; j < N; j++) if (!Number.isFinite(k0[j])) return j;
  return otherwise;
}

/** @param {number} a @param {number} b */
function least(a, b) {
  return a < b ? a : b;
}

/**
 * @param {Workspace} work @param {number} status @param {number} time @param {number} fault
 * @param {number} evaluations @param {Float64Array} state
 */
function ended(work, status, time, fault, evaluations, state) {
  for (let j = 0; j < N; j++) state[j] = work.w[stages.Y + j];
  work.status = status;
  work.time = time;
  work.fault = fault;
  work.evaluations = evaluations;
  return status;
}
