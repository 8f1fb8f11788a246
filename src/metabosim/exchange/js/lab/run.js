// @ts-check
/** One body, one protocol, one trajectory (engine/run.py). */

import { READINGS, SCALE, STATES } from '../kernel.js';
import { averaged, lasts } from '../averaged.js';
import { FOLLOW, LET_GO, NON_FINITE, OVER_BUDGET, SET_CONSTANT, DONE, integrate } from '../integrate.js';
import { DAY, running } from '../settings.js';
import { Fault } from './faults.js';
import { placeBehind } from '../numeric.js';
import { planOf } from './protocol.js';
import { columnOf } from './rest_day.js';
import { parseRate } from './units.js';
import { general } from './words.js';

/**
 * @typedef {import('../averaged.js').Averaged} Averaged
 * @typedef {import('../integrate.js').Events} Events
 * @typedef {import('./body.js').Body} Body
 * @typedef {import('./protocol.js').Planning} Planning
 * @typedef {import('./reading.js').ClampOptions} ClampOptions
 * @typedef {import('./reading.js').Run} RunLike
 * @typedef {import('./steps.js').Step} Step
 */

const N = STATES.length;
const M = READINGS.length;
const { CLAMP_GLUCOSE, CLAMP_LENGTH, EVALUATIONS_PER_DAY, FASTING, MILLIGRAM, TOLERANCE } = running;
export const EACH_MINUTE = Float64Array.from({ length: CLAMP_LENGTH + 1 }, (_, i) => i);

/** @param {string} name */
const noOther = (name) => {
  throw new Fault('input', `arm '${name}' has to be run before it can be replayed`);
};

/**
 * Events and constants for a run that goes on from `since`, of which the constants are brought up to that minute;
 * courses that are being followed are taken up again first.
 * @param {Events} events @param {number} since @param {Float64Array} c @returns {Events}
 */
function resumed(events, since, c) {
  const { time, kind, index, value } = events;
  /** @type {number[]} */
  const followed = [];
  const first = placeBehind(time, since);
  for (let i = 0; i < first; i++) {
    if (kind[i] === SET_CONSTANT) c[index[i]] = value[i];
    else if (kind[i] === FOLLOW) followed.push(index[i]);
    else if (kind[i] === LET_GO) followed.splice(followed.indexOf(index[i]), 1);
  }
  return {
    time: Float64Array.of(...followed.map(() => since), ...time.subarray(first)),
    kind: Int32Array.of(...followed.map(() => FOLLOW), ...kind.subarray(first)),
    index: Int32Array.of(...followed, ...index.subarray(first)),
    value: Float64Array.of(...followed.map(() => 0), ...value.subarray(first)),
  };
}

/** What was recorded of a run, and what it was made with. */
export class Run {
  /**
   * @param {Body} body @param {Step[]} protocol @param {Planning} plan @param {Float64Array} c
   * @param {Float64Array} time @param {{states: Float64Array, readings: Float64Array}} rows
   * @param {{start: 'midnight' | 'fasting', tolerance: number, evaluations: number, averaged: Averaged | null}} how
   */
  constructor(body, protocol, plan, c, time, rows, { start, tolerance, evaluations, averaged: sampled }) {
    this.body = body;
    this.protocol = protocol;
    this.plan = plan;
    this.c = c;
    this.time = time;
    this.states = rows.states;
    this.readings = rows.readings;
    this.start = start;
    this.tolerance = tolerance;
    this.evaluations = evaluations;
    this.averaged = sampled;
    this.duration = plan.stop;
    this.days = Math.ceil(plan.stop / DAY);
    /** @type {'averaged' | 'full'} */
    this.resolution = sampled === null ? 'full' : 'averaged';
    this.lived = sampled === null ? null : sampled.lived.length;
    this.drugs = Object.fromEntries(plan.slots);
    this.subject = body.subject;
    const { observables } = body.bodies.data;
    this.names = [
      ...observables.map(({ name }) => name), ...[...plan.slots.keys()].map((id) => body.bodies.columnOfTherapy(id)),
    ];
    /** @type {Map<string, Float64Array>} */
    this.columns = new Map();
    /** @type {Float64Array | null} */
    this.errors = null;
    this.rest = {
      time: body.rest.minutes,
      column: (/** @type {string} */ name) => (
        this.#isDrug(name) ? new Float64Array(body.rest.minutes.length) : body.rest.column(name)
      ),
    };
  }

  /** @param {string} name */
  #isDrug(name) {
    return name.startsWith('drug_') && this.body.bodies.therapyOfColumn(name) !== undefined;
  }

  /** Keep no readings but these: a phone has not room for dozens of runs. @param {string[]} names */
  keep(names) {
    for (const name of names) this.column(name);
    this.readings = this.readings.slice(0, 0);
  }

  /** An observable, state, signal or drug over time. @param {string} name @returns {Float64Array} */
  column(name) {
    let found = this.columns.get(name);
    if (found === undefined) {
      const { bodies } = this.body;
      const therapy = name.startsWith('drug_') ? bodies.therapyOfColumn(name) : undefined;
      if (therapy === undefined) found = columnOf(this.states, this.readings, name);
      else {
        const slot = this.plan.slots.get(therapy);
        found = slot === undefined
          ? new Float64Array(this.time.length)
          : columnOf(this.states, this.readings, `drug${slot}_centre`);
      }
      this.columns.set(name, found);
    }
    return found;
  }

  /** @param {string} name */
  baseline(name) {
    return this.#isDrug(name) ? 0 : this.body.baseline(name);
  }

  /** @param {string} name */
  fastingBaseline(name) {
    return this.#isDrug(name) ? 0 : this.body.fastingBaseline(name);
  }

  /** How far off the daily mean, lowest and highest of an observable may be; zeros if it was run in full. @param {string} name */
  averagingError(name) {
    if (this.averaged === null) return [0, 0, 0];
    const errors = this.errors ?? this.averaged.record.errors();
    this.errors = errors;
    const place = READINGS.indexOf(name);
    return [0, 1, 2].map((row) => (place < 0 ? 0 : errors[row * M + place]));
  }

  /** Every state at a minute of the run, integrated on from the last recorded one. @param {number} at */
  stateAt(at) {
    if (!(at >= 0 && at <= this.duration)) {
      throw new Fault('input', `${general(at)} min is outside the run, which ends at ${general(this.duration)} min`);
    }
    const i = placeBehind(this.time, at) - 1;
    if (i >= 0 && this.time[i] === at) return this.states.slice(i * N, (i + 1) * N);
    const c = this.c.slice();
    let y = this.body.startingState(this.start);
    let { events } = this.plan;
    let since = 0;
    if (i >= 0) {
      since = this.time[i];
      y = this.states.slice(i * N, (i + 1) * N);
      events = resumed(events, since, c);
    }
    const past = at * (1 + 2 ** -52); // so that what happens at that minute has happened
    const { states } = integrated(this.body, this.plan, events, y, c, since, past, Float64Array.of(at), this.tolerance);
    return states;
  }

  /**
   * A hyperinsulinaemic euglycaemic clamp on a copy of the body as it is at `at`, drugs still on board; after a
   * `washout` under the same protocol without further doses. Its own time starts at 0.
   * @param {number} at @param {ClampOptions} [options] @returns {Run}
   */
  clamp(at, { insulin_rate: insulin = '1 mU/kg/min', washout = 0 } = {}) {
    const { body, tolerance } = this;
    let y = this.stateAt(at);
    let clock = this.plan.clock + at;
    const doses = this.protocol.filter((step) => 'dose' in step)
      .map(({ dose }) => ({ dose: { ...dose, amount: 0, start: 0, every: undefined, stop: undefined } }));
    if (washout > 0) {
      const on = simulateFrom(body, y, doses, clock, washout, { meals: true, minutes: Float64Array.of(washout), tolerance });
      y = on.states.slice();
      clock += washout;
    }
    const span = CLAMP_LENGTH;
    const steps = [
      { fast: { start: 0, stop: span } },
      { glucose_clamp: { levels: [{ level: CLAMP_GLUCOSE, start: 0 }], start: 0, stop: span } },
      { insulin_infusion: { rate: parseRate(insulin, 'pmol/min'), start: 0, stop: span } },
      ...doses,
    ];
    return simulateFrom(body, y, steps, clock, span, { meals: false, minutes: EACH_MINUTE, tolerance });
  }

  /** M, mg/kg/min: mean glucose infusion over the last third of the clamp per kg body weight. @param {number} at @param {ClampOptions} [options] */
  mValue(at, options) {
    const run = this.clamp(at, options);
    const infusion = run.column('glucose_infusion_mmol_min');
    const late = infusion.filter((_, i) => run.time[i] >= (2 / 3) * run.duration);
    return ((late.reduce((a, b) => a + b, 0) / late.length) * MILLIGRAM) / run.column('weight_kg')[0];
  }
}

/**
 * @param {Body} body @param {Planning} plan @param {Events} events @param {Float64Array} y @param {Float64Array} c
 * @param {number} since @param {number} stop @param {Float64Array} out @param {number} tolerance
 */
function integrated(body, plan, events, y, c, since, stop, out, tolerance) {
  const { work } = body.bodies;
  const states = new Float64Array(out.length * N);
  const readings = new Float64Array(out.length * M);
  const budget = EVALUATIONS_PER_DAY * Math.max(1, (stop - since) / DAY);
  const status = integrate(
    work, since, y, c, stop, events, plan.courses, out, states, readings, tolerance, SCALE, budget,
  );
  if (status !== DONE) throw failure(status, work.time, STATES[work.fault], budget);
  for (let i = 0; i < readings.length; i++) {
    if (!Number.isFinite(readings[i])) throw failure(NON_FINITE, out[Math.floor(i / M)], READINGS[i % M], budget);
  }
  return { states, readings, evaluations: work.evaluations };
}

/** @param {number} status @param {number} at @param {string} what @param {number} budget */
function failure(status, at, what, budget) {
  if (status === NON_FINITE) {
    return new Fault('simulation', `'${what}' is not a finite number at ${general(at)} min`, {
      hint: 'look for a parameter that is zero, or a dose far outside its range',
    });
  }
  if (status === OVER_BUDGET) {
    return new Fault('simulation', `the run was stopped at ${general(at)} min: more than ${Math.trunc(budget)} evaluations`, {
      hint: 'shorten it',
    });
  }
  return new Fault('simulation', `the solver stopped at ${general(at)} min, stuck on '${what}': the step became too small`, {
    hint: 'look for a lever, parameter or dose far outside its range',
  });
}

/**
 * A run from any state `y` at `clock` (min past some midnight).
 * @param {Body} body @param {Float64Array} y @param {Step[]} protocol @param {number} clock @param {number} duration
 * @param {{meals: boolean, minutes: Float64Array, tolerance?: number, start?: 'midnight' | 'fasting',
 *   resolution?: 'averaged' | 'full', other?: (name: string) => RunLike, held?: {name: string, source: RunLike}[]}} how
 * @returns {Run}
 */
export function simulateFrom(body, y, protocol, clock, duration, how) {
  const { meals, minutes, tolerance = TOLERANCE, start = 'midnight', resolution = 'full', other = noOther, held = [] } = how;
  const steps = body.bodies.withTherapies(protocol);
  const plan = planOf(steps, body.person(), duration, ((clock % DAY) + DAY) % DAY, meals, other, held);
  const c = body.constantsWith(plan.slots);
  let sampled = null;
  if (resolution === 'averaged' && plan.courses.index.length === 0 && plan.clock === 0 && lasts(duration)) {
    sampled = averaged(body.bodies.work, plan.events, duration, c, y, body.rest, minutes, tolerance);
  }
  const rows = sampled === null
    ? integrated(body, plan, plan.events, y.slice(), c.slice(), 0, duration, minutes, tolerance)
    : { ...sampled.record.at(), evaluations: sampled.evaluations };
  return new Run(body, protocol, plan, c, minutes, rows, {
    start, tolerance, evaluations: rows.evaluations, averaged: sampled,
  });
}

/**
 * A run of an arm from its rest.
 * @param {import('./body.js').Bodies} bodies @param {import('./arms.js').Arm} arm
 * @param {{minutes: Float64Array, tolerance?: number, resolution?: 'averaged' | 'full', quick?: boolean,
 *   other?: (name: string) => RunLike, held?: {name: string, source: RunLike}[]}} how
 */
export function simulate(bodies, arm, how) {
  const body = bodies.body(arm, how.quick);
  const fasting = arm.start === 'fasting';
  return simulateFrom(body, body.startingState(arm.start), arm.protocol, fasting ? FASTING : 0, arm.duration, {
    ...how, meals: !fasting, start: arm.start,
  });
}

