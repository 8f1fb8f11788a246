// @ts-check
/** From a protocol to what the integrator takes: events in time order, and courses to follow (engine/plan.py). */

import { CONSTANTS, STATES } from '../kernel.js';
import { ADD, FOLLOW, LET_GO, PAUSE, SET_CONSTANT } from '../integrate.js';
import { Timeline, rounds } from '../plan.js';
import { DAY, running } from '../settings.js';
import { wrong } from './faults.js';
import { pchipSlopes, splineSlopes } from './splines.js';
import { HELD_AS, IDLE, INFUSED } from './tables.js';

/**
 * @typedef {import('../courses.js').Courses} Courses
 * @typedef {import('../integrate.js').Events} Events
 * @typedef {import('../plan.js').Habitual} Habitual
 * @typedef {import('./reading.js').Run} Run
 * @typedef {import('./steps.js').Step} Step
 */

/**
 * @typedef {object} Course A trajectory to follow: knots with values and slopes; two knots at one time are a jump.
 * @property {Float64Array} times
 * @property {Float64Array} values
 * @property {Float64Array} slopes
 * @property {number} period 0 where nothing repeats
 */

/**
 * @typedef {object} Person What planning needs to know of the body.
 * @property {Habitual} habitual
 * @property {number} weight kg, at rest
 * @property {number} lean kg, at rest
 * @property {number} glucoseVolume L per kg lean
 * @property {number} glucoseEnergy MJ/mmol
 * @property {Float64Array} restTime min of the clock, twice where something is eaten or pulses
 * @property {(name: string) => Float64Array} rest a state or signal at those minutes
 */

/**
 * @typedef {object} Planning
 * @property {number} stop
 * @property {number} clock
 * @property {Events} events
 * @property {Courses} courses
 * @property {Map<string, number>} slots which therapy is in which
 */

const { MJ_PER_MMOL_CARBOHYDRATE } = running;

/** @param {string} name */
const constant = (name) => CONSTANTS.indexOf(name);

/** @param {number | {value: number, per_kg: true}} rate @param {Person} person */
const total = (rate, { weight }) => (typeof rate === 'number' ? rate : rate.value * weight);

/** A course at one value. @param {number} value @returns {Course} */
function level(value) {
  return { times: new Float64Array(1), values: Float64Array.of(value), slopes: new Float64Array(1), period: 0 };
}

/** The course of another run; where it was recorded coarsely it does not ring. @param {Run} run @param {string} name @returns {Course} */
function recorded(run, name) {
  const times = run.time;
  const values = run.column(name);
  return { times, values, slopes: pchipSlopes(times, values), period: 0 };
}

/** The habitual day's course as a run sees it that starts at `clock`. @param {Person} person @param {string} name @param {number} clock @returns {Course} */
function resting({ restTime, rest }, name, clock) {
  const n = restTime.length - 1;
  const shown = rest(name);
  const order = Array.from({ length: n }, (_, i) => ({ i, at: (((restTime[i] - clock) % DAY) + DAY) % DAY }))
    .sort((a, b) => a.at - b.at);
  const times = new Float64Array(n + 1);
  const values = new Float64Array(n + 1);
  order.forEach(({ i, at }, k) => {
    times[k] = at;
    values[k] = shown[i];
  });
  times[n] = DAY + times[0];
  values[n] = values[0];
  const slopes = new Float64Array(n + 1);
  let from = 0;
  for (let k = 1; k <= n + 1; k++) {
    if (k <= n && times[k] > times[k - 1]) continue;
    slopes.set(splineSlopes(times.subarray(from, k), values.subarray(from, k)), from);
    from = k;
  }
  return { times, values, slopes, period: DAY };
}

/** Collects what is done in a run. */
class Planner {
  /** @param {Person} person @param {number} stop @param {number} clock */
  constructor(person, stop, clock) {
    this.person = person;
    this.timeline = new Timeline(clock, stop);
    /** @type {Map<string, {start: number, stop: number, value: number}[]>} */
    this.windows = new Map();
    /** @type {{kind: number, index: number, course: Course}[]} */
    this.tables = [];
    /** @type {Map<string, number>} */
    this.slots = new Map();
  }

  /** An input over a window; where windows overlap they add (diets multiply). @param {string} name @param {number} value @param {number} start @param {number} [stop] */
  setInput(name, value, start, stop = Infinity) {
    if (value === IDLE.get(name)) return;
    this.windows.set(name, [...(this.windows.get(name) ?? []), { start, stop, value }]);
  }

  /** Hold a state or signal at a course over a window. @param {string} name @param {Course} course @param {number} start @param {number} [stop] */
  follow(name, course, start, stop) {
    const { timeline, tables } = this;
    let [kind, index] = [0, STATES.indexOf(name)];
    if (index < 0) {
      [kind, index] = [1, constant(`held_at.${name}`)];
      timeline.add(start, SET_CONSTANT, constant(`held.${name}`), 1);
      if (stop !== undefined) timeline.add(stop, SET_CONSTANT, constant(`held.${name}`), 0);
    }
    tables.push({ kind, index, course });
    // a step must end where what is held jumps
    const { times, period } = course;
    for (let k = 1; k < times.length; k++) {
      if (times[k] !== times[k - 1]) continue;
      if (period === 0) timeline.add(times[k], PAUSE, 0, 0);
      else for (const at of rounds(times[k], timeline.stop, period)) timeline.add(at, PAUSE, 0, 0);
    }
    timeline.add(start, FOLLOW, tables.length - 1, 0);
    if (stop !== undefined) timeline.add(stop, LET_GO, tables.length - 1, 0);
  }

  /** @param {Step} step @param {(name: string) => Run} other */
  plan(step, other) {
    const { person, timeline } = this;
    const [kind] = Object.keys(step);
    const of = step[kind];
    switch (kind) {
      case 'meal': return timeline.eat(of.at, of, ADD);
      case 'oral_glucose':
        return timeline.eat(of.at, { at: of.at, carbohydrate: of.amount, energy: of.amount * MJ_PER_MMOL_CARBOHYDRATE }, ADD);
      case 'daily_meals':
        return of.times.forEach((/** @type {number} */ minute, /** @type {number} */ i) => {
          const meal = { at: minute, carbohydrate: of.carbohydrate[i], energy: of.energy[i] };
          for (const at of timesOf(timeline, minute, of)) timeline.eat(at, meal, ADD);
        });
      case 'fast': return undefined; // habitual meals are left out of the window
      case 'glucose_bolus':
        timeline.give(of.at, ADD, STATES.indexOf('glucose'), of.amount / (person.glucoseVolume * person.lean));
        return timeline.give(of.at, ADD, STATES.indexOf('food_energy'), of.amount * person.glucoseEnergy);
      case 'glucose_infusion': case 'insulin_infusion':
        return this.setInput(kind, total(of.rate, person), of.start, of.stop);
      case 'hormone_infusion':
        return this.setInput(/** @type {string} */ (INFUSED.get(of.name)), total(of.rate, person), of.start, of.stop);
      case 'activity':
        return this.setInput('activity', of.energy / ((of.stop ?? timeline.stop) - of.start), of.start, of.stop);
      case 'diet': return this.setInput('diet', of.energy, of.start, of.stop);
      case 'glucose_clamp':
        return of.levels.forEach((/** @type {any} */ one, /** @type {number} */ i) => {
          this.follow('glucose', level(one.level), one.start, of.levels[i + 1]?.start ?? of.stop);
        });
      case 'glucose_profile': return this.follow('glucose', recorded(other(of.arm), 'glucose_mmol_l'), of.start, of.stop);
      case 'hold': return this.hold(of, other);
      case 'dose': return this.dose(of);
      default: throw wrong(`unknown step '${kind}'`);
    }
  }

  /** @param {any} of @param {(name: string) => Run} other */
  hold(of, other) {
    const name = HELD_AS.get(of.name) ?? of.name;
    let course;
    if (of.at === 'baseline') course = resting(this.person, name, this.timeline.clock);
    else if (typeof of.at === 'number') course = level(of.at);
    else course = recorded(other(of.at.arm), name);
    this.follow(name, course, of.start, of.stop);
  }

  /** @param {any} of */
  dose(of) {
    const { slots, timeline } = this;
    if (!slots.has(of.therapy.id)) {
      if (slots.size === 2) throw wrong(`a body takes two drugs at once; '${of.therapy.id}' would be the third`);
      slots.set(of.therapy.id, slots.size + 1);
    }
    const stop = of.stop === undefined ? timeline.stop : Math.min(of.stop, timeline.stop);
    const depot = STATES.indexOf(`drug${slots.get(of.therapy.id)}_depot`);
    const nmol = (of.amount / of.therapy.molar_mass) * 1e6;
    const times = of.every === undefined ? [of.start] : rounds(of.start, stop, of.every);
    for (const at of times) timeline.give(at, ADD, depot, nmol);
  }

  /** Steps of the inputs, before whatever else happens at the same time. */
  inputs() {
    const { stop, clock } = this.timeline;
    const found = new Timeline(clock, stop);
    for (const [name, windows] of this.windows) {
      const edges = new Set(windows.flatMap((one) => [one.start, one.stop]));
      for (const at of [...edges].filter((edge) => edge >= 0 && edge < stop).sort((a, b) => a - b)) {
        const active = windows.filter((one) => one.start <= at && at < one.stop).map((one) => one.value);
        const value = name === 'diet'
          ? active.reduce((a, b) => a * b, 1) : active.reduce((a, b) => a + b, 0);
        found.add(at, SET_CONSTANT, constant(`input.${name}`), value);
      }
    }
    return found.events;
  }
}

/** The times at which a daily meal is eaten. @param {Timeline} timeline @param {number} minute @param {{start: number, stop?: number}} window */
function timesOf(timeline, minute, { start, stop = Infinity }) {
  return timeline.daily(minute).filter((at) => at >= start && at < stop);
}

/** @param {{kind: number, index: number, course: Course}[]} tables @returns {Courses} */
function columns(tables) {
  const bounds = new Int32Array(tables.length + 1);
  tables.forEach(({ course }, k) => {
    bounds[k + 1] = bounds[k] + course.times.length;
  });
  /** @param {'times' | 'values' | 'slopes'} part */
  const joined = (part) => {
    const found = new Float64Array(bounds[tables.length]);
    tables.forEach(({ course }, k) => found.set(course[part], bounds[k]));
    return found;
  };
  return {
    kind: Int32Array.from(tables, (table) => table.kind),
    index: Int32Array.from(tables, (table) => table.index),
    bounds,
    period: Float64Array.from(tables, (table) => table.course.period),
    times: joined('times'),
    values: joined('values'),
    slopes: joined('slopes'),
  };
}

/**
 * The plan of a protocol, whose doses carry their therapy ({id, molar_mass}). `held` are states or signals held at the
 * course they took in another run.
 * @param {Step[]} protocol @param {Person} person @param {number} duration @param {number} clock @param {boolean} meals
 * @param {(name: string) => Run} other @param {{name: string, source: Run}[]} [held] @returns {Planning}
 */
export function planOf(protocol, person, duration, clock, meals, other, held = []) {
  const planner = new Planner(person, duration, clock);
  for (const step of protocol) planner.plan(step, other);
  for (const { name, source } of held) {
    const state = HELD_AS.get(name) ?? name;
    planner.follow(state, recorded(source, state), 0);
  }
  const away = protocol.map((step) => step.fast ?? step.daily_meals).filter(Boolean);
  const habits = meals ? person.habitual : { meals: [], pulses: person.habitual.pulses };
  planner.timeline.habits(habits, (at) => (
    away.some(({ start, stop = Infinity }) => start <= at && at < stop)
  ));
  planner.timeline.events = [...planner.inputs(), ...planner.timeline.events];
  return {
    stop: duration,
    clock,
    events: planner.timeline.sorted(),
    courses: columns(planner.tables),
    slots: planner.slots,
  };
}
