// @ts-check
/** Drug levels, which are linear and known exactly: engine/averaging/drugs.py for one body. */

import { CONSTANTS, STATES } from './kernel.js';
import { exponential } from './matrices.js';
import { averaging, DAY } from './settings.js';

const { AFFINITIES, PARTS } = averaging;

/** The states of each slot, three and three: depot, centre, effect. */
export const DRUG_STATES = Int32Array.from(
  [1, 2].flatMap((slot) => (
    ['depot', 'centre', 'effect'].map((part) => STATES.indexOf(`drug${slot}_${part}`))
  )),
);
export const DEPOTS = [DRUG_STATES[0], DRUG_STATES[3]];

/** As numpy rounds: what is half way goes to the even one. @param {number} x @param {number} digits */
export function rounded(x, digits = 6) {
  const scale = 10 ** digits;
  const shifted = x * scale;
  const down = Math.floor(shifted);
  const rest = shifted - down;
  const whole = rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
  return whole / scale;
}

/** What is put into one slot: when, on which day, and how much (nmol). */
export class Doses {
  /** @param {Float64Array} minute @param {Float64Array} amount */
  constructor(minute, amount) {
    this.minute = minute;
    this.day = Int32Array.from(minute, (at) => Math.floor(at / DAY));
    this.amount = amount;
    this.hour = Float64Array.from(minute, (at, i) => rounded(at - this.day[i] * DAY));
    /** Days from the first dose to the second. */
    this.apart = minute.length > 1 ? this.day[1] - this.day[0] : 1;
  }

  /** The days from which doses are others than before: raised, stopped or given at another hour. */
  turns() {
    const found = [this.day[0]];
    for (let i = 1; i < this.minute.length; i++) {
      const same = this.amount[i] === this.amount[i - 1] && this.hour[i] === this.hour[i - 1];
      if (!same) found.push(this.day[i]);
    }
    found.push(this.day[this.day.length - 1] + this.apart);
    return found;
  }
}

/** What flows between the three states of a slot, 1/min, row by row. @param {Float64Array} c @param {number} slot */
function flows(c, slot) {
  /** @param {string} name */
  const constant = (name) => c[CONSTANTS.indexOf(`parameter.drug${slot}_${name}`)];
  const absorbed = constant('absorption');
  const felt = constant('equilibration');
  return Float64Array.of(
    -absorbed, 0, 0,
    (absorbed * constant('bioavailability')) / constant('volume'), -constant('elimination'), 0,
    0, felt, -felt,
  );
}

/**
 * The exponential of a chain of three over `span`, nine numbers from `at` on in `out`: Bateman's solution.
 * @param {Float64Array} flow @param {number} span @param {Float64Array} out @param {number} at
 */
function chain(flow, span, out, at) {
  const a = flow[0];
  const b = flow[4];
  const c = flow[8];
  const least = Math.min(Math.abs(a - b), Math.abs(b - c), Math.abs(a - c));
  const most = Math.max(Math.abs(a), Math.abs(b), Math.abs(c));
  if (least < 1e-3 * most) { // it would lose all its digits
    out.set(exponential(flow.map((rate) => rate * span), 3), at);
    return;
  }
  const ofA = Math.exp(a * span);
  const ofB = Math.exp(b * span);
  const ofC = Math.exp(c * span);
  const ab = (ofA - ofB) / (a - b);
  const bc = (ofB - ofC) / (b - c);
  out.fill(0, at, at + 9);
  out[at] = ofA;
  out[at + 3] = flow[3] * ab;
  out[at + 4] = ofB;
  out[at + 6] = (flow[3] * flow[7] * (ab - bc)) / (a - c);
  out[at + 7] = flow[7] * bc;
  out[at + 8] = ofC;
}

/**
 * The drugs of a body under constants `c`, given `doses` by slot, over a `count` of days.
 *
 * `midnights` (6 a midnight) are the drug states at every midnight, `reach` (2 a day) is how far each slot reaches
 * its receptors, averaged over each day.
 */
export class Drugs {
  /** @param {Float64Array} c @param {Map<number, Doses>} doses @param {number} count */
  constructor(c, doses, count) {
    this.doses = doses;
    this.count = count;
    this.midnights = new Float64Array((count + 1) * 6);
    this.reach = new Float64Array(count * 2);
    /** @type {Map<number, Float64Array>} */
    this.flows = new Map();
    for (const [slot, given] of doses) {
      const flow = flows(c, slot);
      this.flows.set(slot, flow);
      const affinity = Math.max(
        ...AFFINITIES.map((name) => c[CONSTANTS.indexOf(`parameter.drug${slot}_${name}_affinity`)]),
      );
      this.#levels(slot, given, flow, affinity);
    }
  }

  /**
   * By steps of a part of a day.
   * @param {number} slot @param {Doses} given @param {Float64Array} flow @param {number} affinity
   */
  #levels(slot, given, flow, affinity) {
    const { midnights, reach, count } = this;
    const part = DAY / PARTS;
    const step = new Float64Array(9);
    const spent = new Float64Array(9);
    chain(flow, part, step, 0);
    let [depot, centre, effect] = [0, 0, 0];
    let dose = 0;
    for (let k = 0; k < PARTS * count; k++) {
      let newDepot = step[0] * depot + step[1] * centre + step[2] * effect;
      let newCentre = step[3] * depot + step[4] * centre + step[5] * effect;
      let newEffect = step[6] * depot + step[7] * centre + step[8] * effect;
      while (
        dose < given.minute.length
        && Math.min(Math.floor(given.minute[dose] / part), PARTS * count - 1) === k
      ) {
        chain(flow, (k + 1) * part - given.minute[dose], spent, 0);
        newDepot += spent[0] * given.amount[dose];
        newCentre += spent[3] * given.amount[dose];
        newEffect += spent[6] * given.amount[dose];
        dose++;
      }
      depot = newDepot;
      centre = newCentre;
      effect = newEffect;
      const day = Math.floor(k / PARTS);
      const bound = affinity * effect;
      reach[day * 2 + slot - 1] += bound / (1 + bound) / PARTS;
      if (k % PARTS === PARTS - 1) {
        const at = (day + 1) * 6 + (slot - 1) * 3;
        midnights[at] = depot;
        midnights[at + 1] = centre;
        midnights[at + 2] = effect;
      }
    }
  }

  /** What `during` needs to know of some minutes of a day. @param {Float64Array} minutes */
  looking(minutes) {
    return new Looking(this, minutes);
  }
}

/** A body's drug states at some minutes of any day, after any dose given then. */
class Looking {
  /** @param {Drugs} drugs @param {Float64Array} minutes */
  constructor(drugs, minutes) {
    this.drugs = drugs;
    this.minutes = minutes;
    const n = minutes.length;
    /** @type {{slot: number, given: Doses, chains: Float64Array, first: Int32Array, spent: Map<number, Float64Array>}[]} */
    this.slots = [];
    for (const [slot, given] of drugs.doses) {
      const flow = /** @type {Float64Array} */ (drugs.flows.get(slot));
      const chains = new Float64Array(9 * n);
      for (let m = 0; m < n; m++) chain(flow, minutes[m], chains, 9 * m);
      // what a dose at some hour leaves later that day
      const spent = new Map();
      const one = new Float64Array(9);
      for (const hour of new Set(given.hour)) {
        const left = new Float64Array(3 * n);
        for (let m = 0; m < n; m++) {
          if (minutes[m] < hour) continue;
          chain(flow, minutes[m] - hour, one, 0);
          left[3 * m] = one[0];
          left[3 * m + 1] = one[3];
          left[3 * m + 2] = one[6];
        }
        spent.set(hour, left);
      }
      // the first dose of each day
      const first = new Int32Array(drugs.count + 2);
      let dose = 0;
      for (let day = 0; day < first.length; day++) {
        while (dose < given.day.length && given.day[dose] < day) dose++;
        first[day] = dose;
      }
      this.slots.push({ slot, given, chains, first, spent });
    }
  }

  /** The drug states (6 a minute) of a day. @param {number} day @param {Float64Array} out */
  during(day, out) {
    out.fill(0);
    const n = this.minutes.length;
    for (const { slot, given, chains, first, spent } of this.slots) {
      const from = day * 6 + (slot - 1) * 3;
      const depot = this.drugs.midnights[from];
      const centre = this.drugs.midnights[from + 1];
      const effect = this.drugs.midnights[from + 2];
      for (let m = 0; m < n; m++) {
        const at = 6 * m + (slot - 1) * 3;
        const row = 9 * m;
        out[at] = chains[row] * depot;
        out[at + 1] = chains[row + 3] * depot + chains[row + 4] * centre;
        out[at + 2] = chains[row + 6] * depot + chains[row + 7] * centre + chains[row + 8] * effect;
      }
      for (let dose = first[day]; dose < first[day + 1]; dose++) {
        const left = /** @type {Float64Array} */ (spent.get(given.hour[dose]));
        for (let m = 0; m < n; m++) {
          const at = 6 * m + (slot - 1) * 3;
          for (let j = 0; j < 3; j++) out[at + j] += left[3 * m + j] * given.amount[dose];
        }
      }
    }
  }
}
