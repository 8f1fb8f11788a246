// @ts-check
/** The habitual day of a body at rest, recorded (engine/rest.py and plan.py). */

import { READINGS, SCALE, STATES } from '../kernel.js';
import { noCourses } from '../courses.js';
import { DONE, integrate } from '../integrate.js';
import { habitualDays } from '../plan.js';
import { DAY, resting, running } from '../settings.js';
import { Fault } from './faults.js';

/**
 * @typedef {import('../integrate.js').Workspace} Workspace
 * @typedef {import('../plan.js').Habitual} Habitual
 */

const N = STATES.length;
const M = READINGS.length;
const JUST_BELOW = 1 - 2 ** -53; // times this, a positive number is the next one down
const { MEAL_SHARES, MEAL_TIMES, MJ_PER_MMOL_CARBOHYDRATE, NIGHT, NIGHT_WIDTH } = running;

/** Half to even, as Python. @param {number} x */
function whole(x) {
  const down = Math.floor(x);
  if (x - down === 0.5) return down % 2 === 0 ? down : down + 1;
  return Math.round(x);
}

/** The habitual day of a body with such parameters. @param {Record<string, number>} parameters @returns {Habitual} */
export function habitualOf(parameters) {
  const meals = MEAL_TIMES.map((at, i) => {
    const energy = parameters.habitual_intake * MEAL_SHARES[i];
    return { at, carbohydrate: (energy * parameters.carbohydrate_share) / MJ_PER_MMOL_CARBOHYDRATE, energy };
  });
  const n = whole(parameters.pulses_per_day);
  const pulses = Array.from({ length: n }, (_, k) => {
    const at = ((k + 0.5) * DAY) / n;
    const apart = Math.min(Math.abs(at - NIGHT), DAY - Math.abs(at - NIGHT));
    return { at, size: 1 + (parameters.night_pulse - 1) * Math.exp(-((apart / NIGHT_WIDTH) ** 2)) };
  });
  return { meals, pulses };
}

/** The habitual day from a midnight on: every minute, and twice each moment of a meal or pulse, before and after. */
export class Rest {
  /**
   * @param {Workspace} work @param {Float64Array} c @param {Habitual} habitual @param {Float64Array} state
   * @param {Float64Array} jacobian how a day answers to the states
   */
  constructor(work, c, habitual, state, jacobian) {
    this.state = state;
    this.jacobian = jacobian;
    const day = habitualDays(habitual, 1);
    const moments = [...new Set(day.time)].filter((at) => at > 0);
    const minutes = Array.from({ length: DAY + 1 }, (_, i) => i);
    const rows = [
      ...[...new Set([...minutes, ...moments])].map((at) => ({ out: at, time: at, after: true })),
      ...moments.map((at) => ({ out: at * JUST_BELOW, time: at, after: false })),
    ].sort((a, b) => a.out - b.out);
    this.time = Float64Array.from(rows, (row) => row.time);
    /** Rows of the whole minutes. */
    this.minute = Int32Array.from(
      [...rows.keys()].filter((i) => rows[i].after && Number.isInteger(rows[i].time)),
    );
    this.states = new Float64Array(rows.length * N);
    this.readings = new Float64Array(rows.length * M);
    const status = integrate(
      work, 0, state.slice(), c.slice(), DAY, day, noCourses(), Float64Array.from(rows, (row) => row.out),
      this.states, this.readings, resting.TOLERANCE, SCALE, resting.BUDGET,
    );
    if (status !== DONE) throw new Fault('rest', 'the habitual day cannot be lived through');
    this.minutes = Float64Array.from(minutes);
    /** @type {Map<string, Float64Array>} */
    this.columns = new Map();
  }

  /** A column at all recorded moments. @param {string} name */
  rows(name) {
    return columnOf(this.states, this.readings, name);
  }

  /** A column minute by minute from midnight. @param {string} name @returns {Float64Array} */
  column(name) {
    let found = this.columns.get(name);
    if (found === undefined) {
      const rows = this.rows(name);
      found = Float64Array.from(this.minute, (row) => rows[row]);
      this.columns.set(name, found);
    }
    return found;
  }
}

/**
 * A state or reading out of rows of them.
 * @param {Float64Array} states @param {Float64Array} readings @param {string} name
 */
export function columnOf(states, readings, name) {
  let [table, width, place] = [readings, M, READINGS.indexOf(name)];
  if (place < 0) [table, width, place] = [states, N, STATES.indexOf(name)];
  if (place < 0) throw new Fault('input', `unknown observable '${name}'`);
  const found = new Float64Array(table.length / width);
  for (let i = 0; i < found.length; i++) found[i] = table[i * width + place];
  return found;
}
