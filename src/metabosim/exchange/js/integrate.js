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
 * @property {Float64Array[]} k rates of the seven stages
 * @property {Float64Array} trial
 * @property {Float64Array} stage
 * @property {Float64Array} look
 * @property {Float64Array} error
 * @property {Float64Array} bends
 * @property {Float64Array} lasting
 * @property {Float64Array} pinned
 * @property {Float64Array} scratch
 * @property {Float64Array} pair
 * @property {Int32Array} at
 * @property {Uint8Array} followed
 * @property {number} status DONE, NON_FINITE, STEP_TOO_SMALL or OVER_BUDGET
 * @property {number} time where it stopped, min
 * @property {number} fault the state at fault
 * @property {number} evaluations how often the rates were taken
 */

/** @returns {Workspace} */
export function workspace() {
  const vector = () => new Float64Array(N);
  return {
    k: Array.from({ length: 7 }, vector),
    trial: vector(),
    stage: vector(),
    look: vector(),
    error: vector(),
    bends: new Float64Array(3 * N),
    lasting: new Float64Array(HOISTED),
    pinned: vector(),
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
 * Run from `t` to `stop`; `y` and `c` are changed in place, and `work` says how it ended.
 *
 * States (one row of `states` a minute) and readings (of `readings`) are recorded at `out`: ascending, within
 * [t, stop]; at an event's time after the event, at `stop` before any event there.
 * @param {Workspace} work
 * @param {number} t min
 * @param {Float64Array} y
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
  work, t, y, c, stop, events, courses, out, states, readings, rtol, scale, budget,
) {
  const { k, trial, stage, look, error, bends, lasting, pinned, scratch, pair, at } = work;
  const { time, kind, index, value } = events;
  if (work.followed.length < courses.index.length) {
    work.followed = new Uint8Array(courses.index.length);
  }
  const followed = work.followed;
  followed.fill(0);
  pinned.fill(0);
  prepare(c, lasting);
  let [k0, k1, k2, k3, k4, k5, k6] = k;
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
    if (t >= stop) return ended(work, DONE, t, 0, evaluations);
    const target = event < time.length && time[event] < stop ? time[event] : stop;
    // What is held may jump at the target; until there, its value before the jump counts.
    const limit = target * JUST_BELOW;

    if (holding) hold(t, y, c, followed, courses, pinned, pair);
    rates(y, c, lasting, k0);
    if (holding) pin(k0, followed, courses, pinned);
    evaluations++;
    while (t < target) {
      if (evaluations > budget) return ended(work, OVER_BUDGET, t, 0, evaluations);
      const last = t + h * 1.000001 >= target;
      if (last) h = target - t;
      if (holding) {
        for (let i = 1; i < 7; i++) {
          const slopes = i === 6 ? k6 : k[i];
          const state = i === 6 ? trial : stage;
          if (i === 1) stages.second(h, y, k0, state);
          else if (i === 2) stages.third(h, y, k0, k1, state);
          else if (i === 3) stages.fourth(h, y, k0, k1, k2, state);
          else if (i === 4) stages.fifth(h, y, k0, k1, k2, k3, state);
          else if (i === 5) stages.sixth(h, y, k0, k1, k2, k3, k4, state);
          else stages.result(h, y, k0, k2, k3, k4, k5, state);
          const moment = Math.min(t + stages.NODES[i] * h, limit);
          hold(moment, state, c, followed, courses, pinned, pair);
          rates(state, c, lasting, slopes);
          pin(slopes, followed, courses, pinned);
        }
      } else {
        stages.second(h, y, k0, stage);
        rates(stage, c, lasting, k1);
        stages.third(h, y, k0, k1, stage);
        rates(stage, c, lasting, k2);
        stages.fourth(h, y, k0, k1, k2, stage);
        rates(stage, c, lasting, k3);
        stages.fifth(h, y, k0, k1, k2, k3, stage);
        rates(stage, c, lasting, k4);
        stages.sixth(h, y, k0, k1, k2, k3, k4, stage);
        rates(stage, c, lasting, k5);
        stages.result(h, y, k0, k2, k3, k4, k5, trial);
        rates(trial, c, lasting, k6);
      }
      evaluations += 6;
      stages.difference(h, k0, k2, k3, k4, k5, k6, error);
      const worst = stages.worstOf(error, y, trial, rtol, scale, at);
      if (worst > 1) {
        if (h < 1e-6) {
          const status = worst < Infinity ? STEP_TOO_SMALL : NON_FINITE;
          return ended(work, status, t, firstWrong(k0, at[0]), evaluations);
        }
        h *= worst < Infinity ? Math.max(0.2, 0.9 * worst ** -0.2) : 0.1;
        continue;
      }
      const next = last ? target : t + h;
      if (seen < out.length && out[seen] < next) {
        stages.bendsOf(h, y, trial, k0, k2, k3, k4, k5, k6, bends);
        do {
          stages.within((out[seen] - t) / h, y, trial, bends, look);
          if (holding) hold(out[seen], look, c, followed, courses, pinned, pair);
          record(seen, look, c, lasting, scratch, states, readings);
          seen++;
        } while (seen < out.length && out[seen] < next);
      }
      t = next;
      for (let j = 0; j < N; j++) {
        const reached = trial[j];
        y[j] = reached < NOTHING && reached > -NOTHING ? 0 : reached;
      }
      const reused = k0;
      k0 = k6;
      k6 = reused;
      h *= Math.min(5, Math.max(0.2, 0.9 * Math.max(worst, 1e-10) ** -0.2));
    }
  }
}

/**
 * @param {number} row @param {Float64Array} y @param {Float64Array} c @param {Float64Array} lasting
 * @param {Float64Array} scratch @param {Float64Array} states @param {Float64Array} readings
 */
function record(row, y, c, lasting, scratch, states, readings) {
  observe(y, c, lasting, scratch);
  for (let j = 0; j < N; j++) states[row * N + j] = y[j];
  for (let j = 0; j < M; j++) readings[row * M + j] = scratch[j];
}

/**
 * Where it began: the first state whose own rate is no number, if there is one.
 * @param {Float64Array} k0 @param {number} otherwise
 */
function firstWrong(k0, otherwise) {
  for (let j = 0; j < N; j++) if (!Number.isFinite(k0[j])) return j;
  return otherwise;
}

/**
 * @param {Workspace} work @param {number} status @param {number} time @param {number} fault
 * @param {number} evaluations
 */
function ended(work, status, time, fault, evaluations) {
  work.status = status;
  work.time = time;
  work.fault = fault;
  work.evaluations = evaluations;
  return status;
}
