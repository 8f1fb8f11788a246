// @ts-check
/** What an averaged run shows, and how far off it may be: engine/averaging/record.py for one body. */

import { CONSTANTS, HOISTED, READINGS, STATES, observe, prepare } from './kernel.js';
import { MARK_MEAL, SET_CONSTANT } from './integrate.js';
import { DRUG_STATES } from './averaged_drugs.js';
import { BODY, N } from './averaged_days.js';
import { placeBefore } from './numeric.js';
import { pseudoInverse } from './matrices.js';
import { averaging, DAY } from './settings.js';

/** @typedef {import('./averaged_days.js').Days} Days */

const { LOCAL, MOMENT, NEAR, RIPPLE, SAFETY } = averaging;
const M = READINGS.length;
const MEAL_SIZE = CONSTANTS.indexOf('input.meal_size');
const STOMACH = STATES.indexOf('stomach');

export class Record {
  /**
   * @param {Days} days
   * @param {Float64Array} memory what a day leaves of a difference at its midnight, of each of the body's states
   * @param {number[]} edges days from which others are not alike
   */
  constructor(days, memory, edges) {
    this.days = days;
    this.edges = edges;
    this.lived = [...days.courses.keys()].sort((a, b) => a - b);
    const { usual } = days;
    this.looking = days.drugs.looking(usual);
    this.levels = new Float64Array(6 * usual.length);
    /** What is left, at the usual minutes, of a difference in each state at midnight. */
    this.left = new Float64Array(usual.length * N).fill(1);
    for (let m = 0; m < usual.length; m++) {
      for (let i = 0; i < BODY.length; i++) this.left[m * N + BODY[i]] = memory[i] ** (usual[m] / DAY);
    }
    this.course = new Float64Array(usual.length * N);
    this.response = new Float64Array(usual.length * N * 2);
    this.responds = false;
    this.off = new Float64Array(N);
    this.reach = new Float64Array(2);
    this.c = days.c.slice();
    this.lasting = new Float64Array(HOISTED);
    this.reading = new Float64Array(M);
    this.state = new Float64Array(N);
  }

  /** States and readings at the minutes that the run is looked at, a row each. */
  at() {
    const { days, lived } = this;
    const rows = days.rows[days.count];
    const states = new Float64Array(rows * N);
    const readings = new Float64Array(rows * M);
    this.c.set(days.c);
    prepare(this.c, this.lasting); // inputs, which alone change, are not in it
    let before = 0;
    for (const day of lived) {
      if (day > before + 1) this.#lookBetween(before, day, states, readings);
      const course = /** @type {Float64Array} */ (days.courses.get(day));
      this.#lookAt(day, days.minutesOf(day), course, states, readings);
      before = day;
    }
    return { states, readings };
  }

  /**
   * One day, from its `course` at `minutes`; the constants are as they are at its end afterwards.
   * @param {number} day @param {Float64Array} minutes @param {Float64Array} course
   * @param {Float64Array} states @param {Float64Array} readings
   */
  #lookAt(day, minutes, course, states, readings) {
    const { days, c, lasting, reading, state } = this;
    const { kind, index, value } = days.events;
    const wanted = days.wanted[day];
    const end = days.edges[day + 1];
    let row = days.rows[day];
    let event = days.edges[day];
    for (let k = 0; k <= wanted.length; k++) {
      const until = k < wanted.length ? minutes[wanted[k]] : DAY;
      for (; event < end && days.minute[event] <= until + MOMENT; event++) {
        if (kind[event] === SET_CONSTANT) c[index[event]] = value[event];
        else if (kind[event] === MARK_MEAL) {
          const then = placeBefore(minutes, days.minute[event] - MOMENT);
          c[MEAL_SIZE] = Math.max(course[then * N + STOMACH], 1e-9);
        }
      }
      if (k === wanted.length) break;
      const from = wanted[k] * N;
      for (let j = 0; j < N; j++) states[row * N + j] = state[j] = course[from + j];
      observe(state, c, lasting, reading);
      readings.set(reading, row * M);
      row++;
    }
  }

  /** @param {number} before @param {number} behind @param {Float64Array} states @param {Float64Array} readings */
  #lookBetween(before, behind, states, readings) {
    const { days, course, reach, levels } = this;
    const [one, other] = [this.#usual(before), this.#usual(behind)];
    this.#respond(this.lived, before, behind);
    for (let day = before + 1; day < behind; day++) {
      if (days.wanted[day].length === 0 && days.wanted[day + 1].length === 0) {
        this.#lookAt(day, days.usual, course, states, readings);
        continue;
      }
      const share = (day - before) / (behind - before);
      this.#reachOf(day, before, behind, reach);
      this.#betweenDays(one, other, share, day, reach);
      this.looking.during(day, levels);
      for (let m = 0; m < days.usual.length; m++) {
        for (let j = 0; j < 6; j++) course[m * N + DRUG_STATES[j]] = levels[6 * m + j];
      }
      this.#lookAt(day, days.usual, course, states, readings);
    }
  }

  /** How far drugs reach on a day between two, less what these make of it. @param {number} day @param {number} before @param {number} behind @param {Float64Array} out */
  #reachOf(day, before, behind, out) {
    const { reach } = this.days.drugs;
    const share = (day - before) / (behind - before);
    for (let s = 0; s < 2; s++) {
      out[s] = reach[day * 2 + s] - (1 - share) * reach[before * 2 + s] - share * reach[behind * 2 + s];
    }
  }

  /**
   * The course of a day from those lived through before and behind it, drugs left out. What its midnight differs by
   * is forgotten in the course of the day; `reach` acts by the response.
   * @param {Float64Array} before @param {Float64Array} behind @param {number} share @param {number} day
   * @param {Float64Array} reach
   */
  #betweenDays(before, behind, share, day, reach) {
    const { days, course, left, response, off, responds } = this;
    const kept = 1 - share;
    for (let j = 0; j < N; j++) {
      off[j] = days.midnights[day * N + j] - kept * before[j] - share * behind[j]
        - response[2 * j] * reach[0] - response[2 * j + 1] * reach[1];
    }
    for (let at = 0, j = 0; at < course.length; at++) {
      let said = kept * before[at] + share * behind[at] + off[j] * left[at];
      if (responds) said += response[2 * at] * reach[0] + response[2 * at + 1] * reach[1];
      course[at] = said > 0 ? said : 0;
      j = j + 1 < N ? j + 1 : 0;
    }
  }

  /**
   * How states at the usual minutes answer to reach, as seen on days lived through around two, into `response`.
   * @param {number[]} lived @param {number} before @param {number} behind
   */
  #respond(lived, before, behind) {
    const { days, edges, response } = this;
    const { reach } = days.drugs;
    if (this.responds) response.fill(0);
    this.responds = false;
    const first = Math.max(0, ...edges.filter((edge) => edge <= before));
    const last = Math.min(...edges.filter((edge) => edge > before), days.count);
    const here = lived.filter((day) => first <= day && day < last);
    const middle = (before + behind) / 2;
    const pairs = [];
    for (let k = 0; k + 1 < here.length; k++) {
      pairs.push({ k, apart: here[k + 1] - here[k], away: Math.abs((here[k] + here[k + 1]) / 2 - middle) });
    }
    pairs.sort((a, b) => a.away - b.away);
    const chosen = pairs.slice(0, NEAR).sort((a, b) => a.k - b.k);
    /** @param {{k: number}} pair @param {number} s */
    const further = ({ k }, s) => reach[here[k + 1] * 2 + s] - reach[here[k] * 2 + s];
    const acting = chosen.length === 0 ? [] : [0, 1].filter((s) => {
      const found = chosen.map((pair) => further(pair, s));
      return Math.max(...found) - Math.min(...found) > RIPPLE;
    });
    if (acting.length === 0 || chosen.length < acting.length + 2) return;
    this.responds = true;
    const width = acting.length + 1;
    const columns = new Float64Array(chosen.length * width);
    // days close to each other, and close to these, tell most
    const weights = chosen.map(({ apart, away }) => 1 / apart / (1 + (away / LOCAL) ** 2));
    chosen.forEach((pair, row) => {
      acting.forEach((s, k) => {
        columns[row * width + k] = further(pair, s) * weights[row];
      });
      columns[row * width + width - 1] = pair.apart * weights[row];
    });
    const inverse = pseudoInverse(columns, chosen.length, width, 1e-3);
    chosen.forEach(({ k }, row) => {
      const [one, other] = [this.#usual(here[k]), this.#usual(here[k + 1])];
      acting.forEach((s, which) => {
        const factor = inverse[which * chosen.length + row] * weights[row];
        for (let at = 0; at < one.length; at++) response[2 * at + s] += factor * (other[at] - one[at]);
      });
    });
  }

  /** States at the usual minutes of a day that was lived through, a row a minute. @param {number} day */
  #usual(day) {
    const { days } = this;
    const course = /** @type {Float64Array} */ (days.courses.get(day));
    const seen = days.seen.get(day);
    if (seen === undefined) return course;
    const found = new Float64Array(days.usual.length * N);
    days.usual.forEach((minute, m) => {
      const from = placeBefore(seen, minute) * N;
      found.set(course.subarray(from, from + N), m * N);
    });
    return found;
  }

  /**
   * How far off the daily mean, lowest and highest of each reading may be (three rows), in its own unit: what the
   * correction of a step moved the day at its end by, and how far each day lived through is from what its neighbours
   * would have made of it, scaled down by the square of the distance.
   */
  errors() {
    const { days, lived, edges, course, left } = this;
    const found = new Float64Array(3 * M);
    const [truly, shown, guessed] = [0, 1, 2].map(() => new Float64Array(3 * M));
    for (let k = 1; k + 1 < lived.length; k++) {
      const [before, day, behind] = [lived[k - 1], lived[k], lived[k + 1]];
      if (behind - before <= 2 || edges.some((edge) => before < edge && edge <= behind)) continue;
      const nearer = Math.max(day - before, behind - day) / (behind - before);
      const seen = this.#usual(day);
      this.#ofADay(day, seen, truly);
      const moved = seen.slice();
      for (const j of BODY) {
        const off = days.midnights[day * N + j] - seen[j];
        for (let m = 0; m < days.usual.length; m++) {
          moved[m * N + j] = Math.max(seen[m * N + j] + off * left[m * N + j], 0);
        }
      }
      this.#ofADay(day, moved, shown);
      this.#respond(lived.filter((one) => one !== day), before, behind);
      this.#reachOf(day, before, behind, this.reach);
      const share = (day - before) / (behind - before);
      this.#betweenDays(this.#usual(before), this.#usual(behind), share, day, this.reach);
      this.looking.during(day, this.levels);
      for (let m = 0; m < days.usual.length; m++) {
        for (let j = 0; j < 6; j++) course[m * N + DRUG_STATES[j]] = this.levels[6 * m + j];
      }
      this.#ofADay(day, course, guessed);
      for (let i = 0; i < found.length; i++) {
        const off = Math.abs(shown[i] - truly[i]) + nearer ** 2 * Math.abs(guessed[i] - shown[i]);
        found[i] = Math.max(found[i], off);
      }
    }
    return found.map((error) => SAFETY * error);
  }

  /** Mean, lowest and highest of each reading over a day (three rows). @param {number} day @param {Float64Array} course @param {Float64Array} out */
  #ofADay(day, course, out) {
    const { days, reading, state } = this;
    const { usual } = days;
    const c = days.constants[day];
    const lasting = new Float64Array(HOISTED);
    prepare(c, lasting);
    out.fill(0, 0, M);
    out.fill(Infinity, M, 2 * M);
    out.fill(-Infinity, 2 * M);
    const last = usual.length - 1;
    const span = Math.max(usual[last] - usual[0], 1);
    for (let m = 0; m <= last; m++) {
      for (let j = 0; j < N; j++) state[j] = course[m * N + j];
      observe(state, c, lasting, reading);
      const weight = (usual[Math.min(m + 1, last)] - usual[Math.max(m - 1, 0)]) / 2 / span;
      for (let i = 0; i < M; i++) {
        out[i] += weight * reading[i];
        out[M + i] = Math.min(out[M + i], reading[i]);
        out[2 * M + i] = Math.max(out[2 * M + i], reading[i]);
      }
    }
  }
}
