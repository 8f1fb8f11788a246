// @ts-check
/** The days of a plan: which of them are alike, and living through one. engine/averaging/days.py for one body. */

import { ADD, DONE, MARK_MEAL, SET_CONSTANT, integrate } from './integrate.js';
import { noCourses } from './courses.js';
import { SCALE, STATES } from './kernel.js';
import { DEPOTS, DRUG_STATES, Doses, Drugs, rounded } from './averaged_drugs.js';
import { placeBefore, unique } from './numeric.js';
import { averaging, DAY } from './settings.js';

/**
 * @typedef {import('./integrate.js').Events} Events
 * @typedef {import('./integrate.js').Workspace} Workspace
 */

const { BUDGET, DAY_TOLERANCE } = averaging;
export const N = STATES.length;
/** The states that are no drug's. */
export const BODY = Int32Array.from(
  STATES.map((_, i) => i).filter((i) => !DRUG_STATES.includes(i)),
);
const NOTHING = new Float64Array(0);
const NO_COURSES = noCourses();

/** A day that cannot be lived through. */
export class Fails extends Error {}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function same(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * The days of a plan's `events` under constants `c`, seen at `out`: what happens on each, and what came of it.
 *
 * `midnights` (a row of states each) are filled in by and by; `courses` has the states of each day that was lived
 * through, a row a minute of those in `seen`, or else of the `usual` ones.
 */
export class Days {
  /**
   * @param {Workspace} work @param {Events} events @param {number} stop min @param {Float64Array} c
   * @param {Float64Array} out @param {number} tolerance
   */
  constructor(work, events, stop, c, out, tolerance) {
    this.work = work;
    this.events = events;
    this.stop = stop;
    this.c = c;
    this.tolerance = Math.min(DAY_TOLERANCE, tolerance);
    this.count = Math.ceil(stop / DAY);
    const { time, kind, index } = events;
    this.edges = Int32Array.from({ length: this.count + 1 }, (_, day) => placeBefore(time, day * DAY));
    this.edges[this.count] = time.length;
    this.minute = new Float64Array(time.length); // of its day, of each event
    for (let day = 0; day < this.count; day++) {
      for (let i = this.edges[day]; i < this.edges[day + 1]; i++) {
        this.minute[i] = rounded(time[i] - day * DAY);
      }
    }
    /** The constants with which each day begins; one vector where nothing changes. */
    this.constants = this.#constants();
    this.given = Uint8Array.from(kind, (what, i) => Number(what === ADD && DEPOTS.includes(index[i])));
    this.drugs = new Drugs(c, this.#doses(), this.count);
    /** Minutes of days that are looked at in their own way. @type {Map<number, Float64Array>} */
    this.seen = new Map();
    this.usual = NOTHING;
    /** Which of its minutes are wanted of each day. @type {Int32Array[]} */
    this.wanted = [];
    this.#lookAt(out);
    this.rows = new Int32Array(this.count + 1); // of each day in `out`
    for (let day = 0; day < this.count; day++) {
      this.rows[day + 1] = this.rows[day] + this.wanted[day].length;
    }
    this.midnights = new Float64Array((this.count + 1) * N);
    for (let day = 0; day <= this.count; day++) {
      for (let j = 0; j < 6; j++) {
        this.midnights[day * N + DRUG_STATES[j]] = this.drugs.midnights[day * 6 + j];
      }
    }
    /** @type {Map<number, Float64Array>} */
    this.courses = new Map();
    this.evaluations = 0;
    this.after = new Float64Array(N);
    this.now = new Float64Array(c.length);
  }

  #constants() {
    const { kind, index, value } = this.events;
    const found = [];
    let now = this.c;
    for (let day = 0; day < this.count; day++) {
      found.push(now);
      let changed = false;
      for (let i = this.edges[day]; i < this.edges[day + 1]; i++) {
        if (kind[i] !== SET_CONSTANT) continue;
        if (!changed) now = now.slice();
        changed = true;
        now[index[i]] = value[i];
      }
    }
    return found;
  }

  #doses() {
    /** @type {Map<number, Doses>} */
    const found = new Map();
    const { time, index, value } = this.events;
    DEPOTS.forEach((depot, slot) => {
      /** @type {number[]} */
      const mine = [];
      for (let i = 0; i < time.length; i++) if (this.given[i] && index[i] === depot) mine.push(i);
      if (mine.length === 0) return;
      const column = (/** @type {Float64Array} */ of) => Float64Array.from(mine, (i) => of[i]);
      found.set(slot + 1, new Doses(column(time), column(value)));
    });
    return found;
  }

  /** Whether on a day the same happens as on the one before, doses aside, under the same constants. @param {number} day */
  likeTheDayBefore(day) {
    if (this.constants[day] !== this.constants[day - 1]) return false;
    const { kind, index, value } = this.events;
    let i = this.edges[day - 1];
    let j = this.edges[day];
    for (;;) {
      while (i < this.edges[day] && this.given[i]) i++;
      while (j < this.edges[day + 1] && this.given[j]) j++;
      const [over, done] = [i >= this.edges[day], j >= this.edges[day + 1]];
      if (over || done) return over && done;
      if (
        this.minute[i] !== this.minute[j] || kind[i] !== kind[j] || index[i] !== index[j]
        || value[i] !== value[j]
      ) return false;
      i++;
      j++;
    }
  }

  /** Which minutes are recorded of each day, and which of them are wanted. @param {Float64Array} out */
  #lookAt(out) {
    /** @type {{minutes: Float64Array, days: number, wanted: Map<number, Int32Array>}[]} */
    const ways = [];
    const way = new Int32Array(this.count); // of looking at each day
    /** @type {Map<string, number>} */
    const known = new Map();
    let at = 0;
    for (let day = 0; day < this.count; day++) {
      const from = at;
      while (at < out.length && (day === this.count - 1 || out[at] < (day + 1) * DAY)) at++;
      const minutes = new Float64Array(at - from);
      for (let i = from; i < at; i++) minutes[i - from] = rounded(out[i] - day * DAY);
      let found = day > 0 && same(ways[way[day - 1]].minutes, minutes) ? way[day - 1] : undefined;
      if (found === undefined) {
        const key = minutes.join();
        found = known.get(key);
        if (found === undefined) {
          found = ways.length;
          known.set(key, found);
          ways.push({ minutes, days: 0, wanted: new Map() });
        }
      }
      ways[found].days += 1;
      way[day] = found;
    }
    const usual = ways.reduce((most, one) => (one.days > most.days ? one : most));
    const eaten = [];
    for (let i = 0; i < this.minute.length; i++) {
      if (this.events.kind[i] === MARK_MEAL) eaten.push(this.minute[i]);
    }
    this.usual = unique([0, ...usual.minutes, ...new Set(eaten)]);
    for (let day = 0; day < this.count; day++) {
      const { minutes, wanted } = ways[way[day]];
      let here = this.usual;
      if ((minutes.length > 0 && ways[way[day]] !== usual) || day === this.count - 1) {
        here = unique([...this.usual, ...minutes]);
        this.seen.set(day, here);
      }
      if (!wanted.has(here.length)) {
        wanted.set(here.length, Int32Array.from(minutes, (minute) => placeBefore(here, minute - 1e-6)));
      }
      this.wanted.push(/** @type {Int32Array} */ (wanted.get(here.length)));
    }
  }

  /** The minutes at which a day's course is recorded. @param {number} day */
  minutesOf(day) {
    return this.seen.get(day) ?? this.usual;
  }

  /**
   * Live through a day from the body's states `x`: the states after it are in `after`, and the day is recorded.
   * @param {Float64Array} x @param {number} day
   */
  live(x, day) {
    const after = this.tried(x, day);
    if (after === null) throw new Fails();
    return after;
  }

  /**
   * The same; null if it cannot be integrated.
   * @param {Float64Array} x @param {number} day
   */
  tried(x, day) {
    const y = this.after;
    for (let j = 0; j < N; j++) y[j] = this.midnights[day * N + j];
    for (let i = 0; i < BODY.length; i++) y[BODY[i]] = x[i];
    const from = day * DAY;
    const to = Math.min((day + 1) * DAY, this.stop);
    const minutes = this.minutesOf(day);
    const out = minutes.map((minute) => Math.min(from + minute, to));
    const course = new Float64Array(minutes.length * N);
    this.now.set(this.constants[day]);
    const status = integrate(
      this.work, from, y, this.now, to, this.eventsOf(day), NO_COURSES, out, course, NOTHING,
      this.tolerance, SCALE, BUDGET,
    );
    this.evaluations += this.work.evaluations;
    if (status !== DONE) return null;
    this.courses.set(day, course);
    return y;
  }

  /** What happens on a day. @param {number} day @returns {Events} */
  eventsOf(day) {
    const { time, kind, index, value } = this.events;
    const [from, to] = [this.edges[day], this.edges[day + 1]];
    return {
      time: time.subarray(from, to),
      kind: kind.subarray(from, to),
      index: index.subarray(from, to),
      value: value.subarray(from, to),
    };
  }
}
