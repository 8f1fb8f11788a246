// @ts-check
/** What drugs do by themselves to a body in a day: `done_by_rates` of engine/averaging/loops.py. */

import { HOISTED, STATES, prepare, rates } from './kernel.js';
import { DRUG_STATES } from './averaged_drugs.js';
import { DAY } from './settings.js';

const N = STATES.length;

/** What the rates along the course of a day add up to by its end, with drug states put in. */
export class Doing {
  /** @param {Float64Array} minutes @param {Float64Array} c */
  constructor(minutes, c) {
    this.minutes = minutes;
    this.c = c;
    this.memory = new Float64Array(N).fill(1);
    this.weights = new Float64Array(minutes.length * N);
    this.y = new Float64Array(N);
    this.dy = new Float64Array(N);
    this.lasting = new Float64Array(HOISTED);
    prepare(c, this.lasting);
    this.forget();
  }

  /** How much of what is done at each minute is left at the day's end, after `memory` was changed. */
  forget() {
    const { minutes, memory, weights } = this;
    const count = minutes.length;
    for (let m = 0; m < count; m++) {
      const before = m > 0 ? minutes[m - 1] : minutes[count - 1] - DAY;
      const behind = m + 1 < count ? minutes[m + 1] : minutes[0] + DAY;
      const share = (DAY - minutes[m]) / DAY;
      for (let j = 0; j < N; j++) {
        weights[m * N + j] = 0.5 * (behind - before) * memory[j] ** share;
      }
    }
  }

  /** @param {Float64Array} course @param {Float64Array} levels @param {Float64Array} out */
  done(course, levels, out) {
    const { weights, y, dy, c, lasting } = this;
    out.fill(0);
    for (let m = 0; m < this.minutes.length; m++) {
      for (let j = 0; j < N; j++) y[j] = course[m * N + j];
      for (let j = 0; j < 6; j++) y[DRUG_STATES[j]] = levels[6 * m + j];
      rates(y, c, lasting, dy);
      for (let j = 0; j < N; j++) out[j] += weights[m * N + j] * dy[j];
    }
  }
}
