// @ts-check
/** A subject with everything fixed for one arm, and the rest it starts from (engine/run.py and levers.py). */

import { CONSTANTS, STATES } from '../kernel.js';
import { findRest, jacobianOf, quickRest } from '../rest.js';
import { running } from '../settings.js';
import { Fault } from './faults.js';
import { Rest, habitualOf } from './rest_day.js';
import { IDLE } from './tables.js';

/**
 * @typedef {import('../integrate.js').Workspace} Workspace
 * @typedef {import('../plan.js').Habitual} Habitual
 * @typedef {import('./arms.js').Arm} Arm
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./protocol.js').Person} Person
 * @typedef {import('./steps.js').Step} Step
 */

const N = STATES.length;
const MOST_RESTS = 64; // that are remembered
const { FASTING } = running;
/** What each constant is. */
const LAYOUT = CONSTANTS.map((name) => {
  const [block, key] = name.split('.');
  return { block, key };
});
const LEAN = STATES.indexOf('lean');
const FAT = STATES.indexOf('fat');

/** A subject under parameters, levers and variants, at rest. */
export class Body {
  /**
   * @param {Bodies} bodies @param {Arm} arm @param {Record<string, number>} parameters @param {Float64Array} c
   * @param {Rest} rest
   */
  constructor(bodies, arm, parameters, c, rest) {
    this.bodies = bodies;
    this.subject = arm.subject;
    this.arm = arm;
    this.parameters = parameters;
    this.c = c;
    this.rest = rest;
    this.habitual = habitualOf(parameters);
  }

  /** Mean over the habitual day. @param {string} name */
  baseline(name) {
    const day = this.rest.column(name);
    let sum = 0;
    for (let i = 1; i < day.length; i++) sum += 0.5 * (day[i] + day[i - 1]);
    return sum / (day.length - 1);
  }

  /** Value at a minute of the habitual day. @param {string} name @param {number} minute */
  atClock(name, minute) {
    return this.rest.rows(name)[this.rest.minute[minute]];
  }

  /** Value at 07:00 of the habitual day. @param {string} name */
  fastingBaseline(name) {
    return this.atClock(name, FASTING);
  }

  /** The states at midnight, or at 07:00. @param {'midnight' | 'fasting'} start */
  startingState(start) {
    const row = this.rest.minute[start === 'fasting' ? FASTING : 0];
    return this.rest.states.slice(row * N, (row + 1) * N);
  }

  /** The constants with drugs in their slots. @param {Map<string, number>} slots */
  constantsWith(slots) {
    if (slots.size === 0) return this.c;
    const c = this.c.slice();
    for (const [id, slot] of slots) this.bodies.fill(c, id, slot);
    return c;
  }

  /** What planning needs to know. @returns {Person} */
  person() {
    const { rest, parameters } = this;
    const row = rest.minute[0] * N;
    const [lean, fat] = [rest.states[row + LEAN], rest.states[row + FAT]];
    return {
      habitual: this.habitual,
      weight: lean + fat,
      lean,
      glucoseVolume: parameters.glucose_volume,
      glucoseEnergy: parameters.glucose_energy,
      restTime: rest.time,
      rest: (name) => rest.rows(name),
    };
  }
}

/** @param {Record<string, unknown>} values */
const sorted = (values) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

/** Bodies made and remembered, with their rests. */
export class Bodies {
  /** @param {Data} data @param {Workspace} work */
  constructor(data, work) {
    this.data = data;
    this.work = work;
    /** @type {Map<string, Rest>} */
    this.rests = new Map();
    this.subjects = new Map(data.subjects.map((subject) => [subject.id, subject]));
    this.therapies = new Map(data.therapies.map((therapy) => [therapy.id, therapy]));
    this.solved = new Map(data.rests.map((rest) => (
      [this.#key(rest.subject, rest.parameters, rest.lifelong), rest]
    )));
    this.factor = new Map(data.parameters.map(({ name, factor }) => [name, factor]));
  }

  /** @param {string} subject @param {Record<string, number>} parameters @param {Record<string, number>} lifelong */
  #key(subject, parameters, lifelong) {
    const moved = sorted(lifelong).filter(([, value]) => value !== 1);
    return JSON.stringify([subject, sorted(parameters), moved]);
  }

  /** Every parameter in declared units. @param {string} subject @param {Record<string, number>} own @returns {Record<string, number>} */
  parametersOf(subject, own) {
    const found = Object.fromEntries(this.data.parameters.map((item) => [item.name, item.default]));
    return { ...found, ...this.#subject(subject).parameters, ...own };
  }

  /** @param {string} id */
  #subject(id) {
    const found = this.subjects.get(id);
    if (found === undefined) throw new Fault('input', `unknown subject '${id}'`);
    return found;
  }

  /** The vector of constants. @param {Record<string, number>} parameters @param {Record<string, number>} levers @param {string[]} variants */
  constants(parameters, levers, variants) {
    const c = new Float64Array(CONSTANTS.length);
    for (let i = 0; i < LAYOUT.length; i++) {
      const { block, key } = LAYOUT[i];
      if (block === 'parameter') c[i] = parameters[key] * /** @type {number} */ (this.factor.get(key));
      else if (block === 'lever') c[i] = Object.hasOwn(levers, key) ? levers[key] : 1;
      else if (block === 'variant') c[i] = Number(variants.includes(key.replaceAll('_', '-')));
      else if (block === 'input') c[i] = IDLE.get(key) ?? 0;
    }
    return c;
  }

  /** Put a therapy's parameters into a slot. @param {Float64Array} c @param {string} id @param {number} slot */
  fill(c, id, slot) {
    const therapy = this.therapies.get(id);
    if (therapy === undefined) throw new Fault('input', `unknown therapy '${id}'`);
    for (const [name, value] of Object.entries(therapy.parameters)) {
      const key = `drug${slot}_${name}`;
      c[CONSTANTS.indexOf(`parameter.${key}`)] = value * /** @type {number} */ (this.factor.get(key));
    }
  }

  /** A protocol whose doses carry their therapy. @param {Step[]} protocol @returns {Step[]} */
  withTherapies(protocol) {
    return protocol.map((step) => {
      if (!('dose' in step)) return step;
      const therapy = this.therapies.get(step.dose.therapy);
      if (therapy === undefined) throw new Fault('input', `unknown therapy '${step.dose.therapy}'`);
      return { dose: { ...step.dose, therapy } };
    });
  }

  /** The column of a therapy's concentration. @param {string} id */
  columnOfTherapy(id) {
    return `drug_${id.replaceAll('-', '_')}_nmol_l`;
  }

  /** The therapy of such a column; undefined if there is none. @param {string} name */
  therapyOfColumn(name) {
    return [...this.therapies.keys()].find((id) => this.columnOfTherapy(id) === name);
  }

  /** The body of an arm, at rest; see `rest`. @param {Arm} arm @param {boolean} [quick] */
  body(arm, quick = false) {
    const parameters = this.parametersOf(arm.subject, arm.parameters);
    const acting = { ...arm.lifelong, ...arm.levers };
    const c = this.constants(parameters, acting, arm.variants);
    return new Body(this, arm, parameters, c, this.rest(arm, quick));
  }

  /**
   * The rest that an arm's body starts from. A `quick` one is good for a picture while a lever is dragged; it is not
   * remembered.
   * @param {Arm} arm @param {boolean} [quick] @returns {Rest}
   */
  rest(arm, quick = false) {
    const subject = this.#subject(arm.subject);
    const key = this.#key(arm.subject, arm.parameters, arm.lifelong);
    let rest = this.rests.get(key);
    if (rest === undefined) {
      const parameters = this.parametersOf(arm.subject, arm.parameters);
      const c = this.constants(parameters, arm.lifelong, []);
      const habitual = habitualOf(parameters);
      const known = key === this.#key(arm.subject, {}, {})
        ? { state: subject.rest, jacobian: subject.jacobian } : this.solved.get(key);
      if (known === undefined && quick) {
        const near = { state: subject.rest, jacobian: jacobianOf(subject.jacobian) };
        const found = quickRest(this.work, c, habitual, near);
        if (found !== null) return new Rest(this.work, c, habitual, found.state, found.jacobian);
      }
      rest = known === undefined
        ? this.#found(arm.subject, c, habitual)
        : new Rest(this.work, c, habitual, Float64Array.from(known.state), jacobianOf(known.jacobian));
      this.rests.set(key, rest);
      // dragging leaves many behind
      if (this.rests.size > MOST_RESTS) this.rests.delete(/** @type {string} */ (this.rests.keys().next().value));
    }
    return rest;
  }

  /** @param {string} id @param {Float64Array} c @param {Habitual} habitual */
  #found(id, c, habitual) {
    const subject = this.#subject(id);
    const near = { state: subject.rest, jacobian: jacobianOf(subject.jacobian) };
    const found = findRest(this.work, c, habitual, near);
    if (!found.found) {
      throw new Fault('rest', `subject '${id}' has no rest to start from: its habitual days do not come to repeat themselves`, {
        hint: "bring its parameters and lifelong levers nearer to a bundled subject's",
      });
    }
    return new Rest(this.work, c, habitual, found.state, found.jacobian);
  }
}
