// @ts-check
/**
 * From a plan, as exchange/javascript.py writes it, to what `integrate` takes.
 *
 * A plan carries its events as Python planned them (`planned`), and apart from these what a page may change:
 * `eventsOf` builds the same events from habits, meals and doses. Minutes, mmol and MJ throughout.
 */

import { STATES } from './kernel.js';
import { ADD, ADD_MEAL, MARK_MEAL } from './integrate.js';
import { DAY } from './settings.js';

/**
 * @typedef {import('./integrate.js').Events} Events
 * @typedef {import('./courses.js').Courses} Courses
 * @typedef {[time: number, kind: number, index: number, value: number]} Event
 * @typedef {{time: number[], kind: number[], index: number[], value: number[]}} Columns
 * @typedef {{at: number, carbohydrate: number, energy: number}} Meal
 */

/**
 * @typedef {object} Habitual The day that repeats itself; `at` is the clock's minute.
 * @property {Meal[]} meals scaled by appetite when they are eaten
 * @property {{at: number, size: number}[]} pulses of the pituitary
 */

/**
 * @typedef {object} Daily Meals at the same times of every day.
 * @property {Meal[]} meals at the clock's minute
 * @property {number} start
 * @property {number | null} stop null: to the end
 */

/**
 * @typedef {object} Dose
 * @property {string} therapy
 * @property {number} slot 1 or 2: which of the body's two drugs
 * @property {number} amount nmol
 * @property {number} start
 * @property {number | null} every null: once
 * @property {number | null} stop
 */

/**
 * @typedef {object} Plan
 * @property {number} clock minutes past midnight at time 0
 * @property {number} stop
 * @property {number[]} state at time 0
 * @property {number[]} constants
 * @property {Habitual} habitual
 * @property {[start: number, stop: number | null][]} away when habitual meals are not eaten
 * @property {Meal[]} meals at the run's minute
 * @property {Daily[]} daily
 * @property {Dose[]} doses
 * @property {Columns} others whatever else happens: infusions, clamps, holds, diets
 * @property {Columns} events all of it, as Python planned it
 * @property {{kind: number[], index: number[], bounds: number[], period: number[], times: number[],
 *   values: number[], slopes: number[]}} courses
 */

const STOMACH = STATES.indexOf('stomach');
const FOOD_ENERGY = STATES.indexOf('food_energy');
const PULSE = STATES.indexOf('pulse');
const DEPOTS = [STATES.indexOf('drug1_depot'), STATES.indexOf('drug2_depot')];

/** @param {Columns} columns @returns {Events} */
function typed({ time, kind, index, value }) {
  return {
    time: Float64Array.from(time),
    kind: Int32Array.from(kind),
    index: Int32Array.from(index),
    value: Float64Array.from(value),
  };
}

/** The events as Python planned them. @param {Plan} plan */
export function planned(plan) {
  return typed(plan.events);
}

/** @param {Plan} plan @returns {Courses} */
export function coursesOf({ courses }) {
  return {
    kind: Int32Array.from(courses.kind),
    index: Int32Array.from(courses.index),
    bounds: Int32Array.from(courses.bounds),
    period: Float64Array.from(courses.period),
    times: Float64Array.from(courses.times),
    values: Float64Array.from(courses.values),
    slopes: Float64Array.from(courses.slopes),
  };
}

/**
 * From `start` in equal steps to below `stop`, rounded as numpy's arange does.
 * @param {number} start @param {number} stop @param {number} step
 */
export function rounds(start, stop, step) {
  const n = Math.max(0, Math.ceil((stop - start) / step));
  const rounded = start + step - start;
  return Array.from({ length: n }, (_, i) => start + i * rounded);
}

/** Collects events within a run. */
export class Timeline {
  /** @param {number} clock @param {number} stop */
  constructor(clock, stop) {
    this.clock = clock;
    this.stop = stop;
    /** @type {Event[]} */
    this.events = [];
  }

  /** @param {number} time @param {number} kind @param {number} index @param {number} value */
  add(time, kind, index, value) {
    if (time >= 0 && time < this.stop) this.events.push([time, kind, index, value]);
  }

  /** @param {number} time @param {number} kind @param {number} state @param {number} amount */
  give(time, kind, state, amount) {
    if (amount !== 0) this.add(time, kind, state, amount);
  }

  /** @param {number} time @param {Meal} meal @param {number} kind */
  eat(time, { carbohydrate, energy }, kind) {
    this.give(time, kind, STOMACH, carbohydrate);
    this.give(time, kind, FOOD_ENERGY, energy);
    if (carbohydrate > 0) this.add(time, MARK_MEAL, 0, 0);
  }

  /** The run's minutes at which the clock shows `minute`. @param {number} minute */
  daily(minute) {
    return rounds((((minute - this.clock) % DAY) + DAY) % DAY, this.stop, DAY);
  }

  /** @param {Habitual} habitual @param {(time: number) => boolean} skipped */
  habits({ meals, pulses }, skipped) {
    for (const { at, size } of pulses) {
      for (const time of this.daily(at)) this.give(time, ADD, PULSE, size);
    }
    for (const meal of meals) {
      for (const time of this.daily(meal.at)) if (!skipped(time)) this.eat(time, meal, ADD_MEAL);
    }
  }

  /** In time order; what happens at one time stays in the order it was added in. @returns {Events} */
  sorted() {
    this.events.sort((a, b) => a[0] - b[0]);
    /** @param {number} column */
    const column = (column) => this.events.map((event) => event[column]);
    return typed({ time: column(0), kind: column(1), index: column(2), value: column(3) });
  }
}

/** The events of a plan built anew, after its meals or doses were changed. @param {Plan} plan */
export function eventsOf(plan) {
  const timeline = new Timeline(plan.clock, plan.stop);
  const { time, kind, index, value } = plan.others;
  time.forEach((at, i) => timeline.add(at, kind[i], index[i], value[i]));
  for (const meal of plan.meals) timeline.eat(meal.at, meal, ADD);
  for (const { meals, start, stop } of plan.daily) {
    for (const meal of meals) {
      for (const at of timeline.daily(meal.at)) {
        if (at >= start && (stop === null || at < stop)) timeline.eat(at, meal, ADD);
      }
    }
  }
  for (const dose of plan.doses) {
    const stop = dose.stop === null ? plan.stop : Math.min(dose.stop, plan.stop);
    const times = dose.every === null ? [dose.start] : rounds(dose.start, stop, dose.every);
    for (const at of times) timeline.give(at, ADD, DEPOTS[dose.slot - 1], dose.amount);
  }
  timeline.habits(plan.habitual, (at) => (
    plan.away.some(([start, stop]) => start <= at && (stop === null || at < stop))
  ));
  return timeline.sorted();
}

/** Habitual days from midnight and nothing else. @param {Habitual} habitual @param {number} days */
export function habitualDays(habitual, days) {
  const timeline = new Timeline(0, days * DAY);
  timeline.habits(habitual, () => false);
  return timeline.sorted();
}
