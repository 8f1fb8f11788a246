// @ts-check
/** A scenario's arms, run once each when first asked for, in the order they depend (claims/bench.py). */

import { judging } from '../settings.js';
import { cannotJudge, wrong } from './faults.js';
import { stepping, unique } from '../numeric.js';

/**
 * @typedef {import('./arms.js').Arm} Arm
 * @typedef {import('./reading.js').Run} Run
 * @typedef {import('./vocabulary_use.js').Window} Window
 */

/**
 * @typedef {object} Running How an arm is run: `other` gives the runs that its protocol replays.
 * @property {Float64Array} minutes
 * @property {number} tolerance
 * @property {(name: string) => Run} other
 * @property {{name: string, source: Run}[]} held states or signals held at the course they took in another run
 * @typedef {(arm: Arm, how: Running) => Run} Simulate
 */

/** @param {[number | null, number][]} table @param {number} length */
function stepFor(table, length) {
  const found = table.find(([limit]) => limit === null || length <= limit);
  return /** @type {[number | null, number]} */ (found)[1];
}

const GRIDS = /** @type {[number | null, number][]} */ (judging.GRIDS);
const THROUGHOUT = /** @type {[number | null, number][]} */ (judging.THROUGHOUT);

/**
 * The minutes to record: a few an hour throughout, finer inside windows, and their edges exactly. An arm that another
 * one replays is recorded as finely as its length allows.
 * @param {number} duration @param {Window[]} windows @param {boolean} replayed
 */
export function outputMinutes(duration, windows, replayed) {
  const found = [...stepping(0, duration, stepFor(THROUGHOUT, duration)), duration];
  const all = replayed ? [...windows, { start: 0, stop: duration, arms: [], grid: 1 }] : windows;
  for (const { start, stop, grid } of all) {
    const from = start === null ? 0 : Math.max(start, 0);
    const to = stop === null ? duration : Math.min(stop, duration);
    if (from > duration || to < from) continue;
    found.push(from, to);
    if (grid === null || !(to > from)) continue;
    for (const at of stepping(from, to, Math.max(grid, stepFor(GRIDS, to - from)))) found.push(at);
  }
  return unique(found);
}

/** The arms that must be run before one, because its protocol replays them. @param {Arm} arm @returns {string[]} */
export function referencesOf(arm) {
  const found = arm.protocol.map((step) => step.glucose_profile?.arm ?? step.hold?.at?.arm);
  return [...new Set(found.filter((name) => name !== undefined))];
}

/** Arms and how to run them. */
export class Bench {
  /**
   * @param {Record<string, Arm>} arms @param {string} control @param {Simulate} simulate
   * @param {{windows?: Window[], columns?: string[], kept?: string[], tolerance: number,
   *   minutes?: (name: string) => Float64Array, between?: () => void}} how `columns` are those that checks read
   */
  constructor(arms, control, simulate, how) {
    this.arms = arms;
    this.control = control;
    this.simulate = simulate;
    this.how = how;
    /** @type {Map<string, Run>} */
    this.runs = new Map();
    /** @type {Map<string, Bench>} */
    this.worlds = new Map();
    /** @type {Set<string>} */
    this.waiting = new Set();
  }

  /** The run of an arm, simulated on first use (with the arms it replays before it). @param {string} name @returns {Run} */
  run(name) {
    let run = this.runs.get(name);
    if (run === undefined) {
      if (!Object.hasOwn(this.arms, name)) {
        throw cannotJudge(`there is no arm '${name}'; the arms are ${Object.keys(this.arms).join(', ')}`);
      }
      if (this.waiting.has(name)) throw wrong(`'${name}' replays an arm that waits for '${name}'`);
      this.waiting.add(name);
      try {
        run = this.#simulated(name, []);
      } finally {
        this.waiting.delete(name);
      }
      this.runs.set(name, run);
    }
    return run;
  }

  /** @param {string} name @param {{name: string, source: Run}[]} held */
  #simulated(name, held) {
    const arm = this.arms[name];
    for (const other of referencesOf(arm)) this.run(other);
    this.how.between?.();
    const run = this.simulate(arm, {
      minutes: this.minutes(name),
      tolerance: this.how.tolerance,
      other: (/** @type {string} */ other) => this.run(other),
      held,
    });
    if (this.how.kept !== undefined) run.keep?.(this.how.kept);
    return run;
  }

  /** What is recorded of an arm. @param {string} name */
  minutes(name) {
    if (this.how.minutes !== undefined) return this.how.minutes(name);
    const replayed = Object.values(this.arms).some((other) => referencesOf(other).includes(name));
    const mine = (this.how.windows ?? []).filter(({ arms }) => arms.length === 0 || arms.includes(name));
    return outputMinutes(this.arms[name].duration, mine, replayed);
  }

  /** `name`, or the only arm beside the control. @param {string} [name] */
  treated(name) {
    if (name) return name;
    const others = Object.keys(this.arms).filter((arm) => arm !== this.control);
    if (others.length === 1) return others[0];
    if (others.length === 0) return this.control;
    throw cannotJudge(`which arm is meant? name one of ${others.join(', ')}`);
  }

  /** The same bench, but in one arm states or signals are held at the course they took in arm `at`. @param {string} arm @param {string[]} names @param {string} at @returns {Bench} */
  holding(arm, names, at) {
    const key = JSON.stringify(['hold', arm, names, at]);
    let world = this.worlds.get(key);
    if (world === undefined) {
      const source = this.run(at);
      world = new Bench(this.arms, this.control, this.simulate, this.how);
      world.runs = new Map(this.runs);
      world.runs.set(arm, this.#simulated(arm, names.map((name) => ({ name, source }))));
      this.worlds.set(key, world);
    }
    return world;
  }

  /** A bench with these levers set in every arm. @param {Record<string, number>} levers @returns {Bench} */
  withLevers(levers) {
    if (Object.keys(levers).length === 0) return this;
    const key = JSON.stringify(['levers', Object.entries(levers).sort()]);
    let world = this.worlds.get(key);
    if (world === undefined) {
      const arms = Object.fromEntries(Object.entries(this.arms).map(([name, arm]) => (
        [name, { ...arm, levers: { ...arm.levers, ...levers } }]
      )));
      world = new Bench(arms, this.control, this.simulate, { ...this.how, kept: this.how.columns });
      this.worlds.set(key, world);
    }
    return world;
  }

  /** The same arms at a tighter tolerance. @param {number} [factor] */
  tighter(factor = 10) {
    return new Bench(this.arms, this.control, this.simulate, { ...this.how, tolerance: this.how.tolerance / factor });
  }

  /** Whether two runs are the same in everything they record. @param {Run} a @param {Run} b */
  same(a, b) {
    if (a === b) return true;
    const equal = (/** @type {ArrayLike<number>} */ x, /** @type {ArrayLike<number>} */ y) => {
      if (x.length !== y.length) return false;
      for (let i = 0; i < x.length; i++) {
        if (!(x[i] === y[i] || Math.abs(x[i] - y[i]) <= 1e-12 + 1e-9 * Math.abs(y[i]))) return false;
      }
      return true;
    };
    if (a.time.length !== b.time.length || !a.time.every((at, i) => at === b.time[i])) return false;
    if (a.names.length !== b.names.length || !a.names.every((name) => b.names.includes(name))) return false;
    return a.names.every((name) => equal(a.column(name), b.column(name)));
  }
}
