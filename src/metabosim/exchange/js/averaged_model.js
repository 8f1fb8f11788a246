// @ts-check
/** What a day does to a body, learned from days that are lived through: engine/averaging/stretch.py for one body. */

import { LASTING, SCALE } from './kernel.js';
import { Doing } from './averaged_acting.js';
import { BODY, N } from './averaged_days.js';
import { pseudoInverse } from './matrices.js';
import { averaging } from './settings.js';

/** @typedef {import('./averaged_days.js').Days} Days */

const { FAST, FORGOTTEN, NUDGE, PACE, REACH, RIPPLE, SLOW, TELLING, WEIGHTS } = averaging;
export const n = BODY.length;
const ACTIVE = BODY.filter((i) => LASTING[i]);
/** Places in the body of states that only drugs move. */
export const MOVED_BY_DRUGS = Int32Array.from(
  Array.from(BODY.keys()).filter((k) => !LASTING[BODY[k]]),
);

/**
 * A rest's Jacobian in the states' own units, over the body's states.
 * @param {ArrayLike<number>} state at midnight @param {Float64Array} jacobian over the states that are there at rest
 */
export function jacobianOfBody(state, jacobian) {
  const found = new Float64Array(n * n);
  const size = Float64Array.from(ACTIVE, (i) => Math.max(Math.abs(state[i]), 1e-6 * SCALE[i]));
  ACTIVE.forEach((i, row) => {
    ACTIVE.forEach((j, column) => {
      found[BODY.indexOf(i) * n + BODY.indexOf(j)] = (
        (jacobian[row * ACTIVE.length + column] * size[row]) / size[column]
      );
    });
  });
  return found;
}

/** What a day does to the body, as far as is known: affine in its midnight and in the reach of drugs. */
export class Model {
  /** @param {Days} days @param {Float64Array} jacobian */
  constructor(days, jacobian) {
    this.days = days;
    this.jacobian = jacobian.slice();
    this.perReach = new Float64Array(n * 2);
    /** What drugs do to slow states by themselves, each day. */
    this.direct = new Float64Array(days.count * n);
    // where it is right: the last day lived through, its midnight, and what it changed
    this.base = 0;
    this.there = new Float64Array(n);
    this.change = new Float64Array(n);
    this.size = new Float64Array(n).fill(1);
    this.weight = Float64Array.from({ length: n }, (_, i) => {
      const answer = jacobian[i * n + i];
      return WEIGHTS[MOVED_BY_DRUGS.includes(i) ? PACE.indexOf(SLOW) : PACE.filter((p) => answer >= p).length];
    });
    // what the last sample showed
    this.seen = { base: 0, there: new Float64Array(n), change: new Float64Array(n) };
    this.share = new Float64Array(n);
    this.along = new Float64Array(n);
    this.reached = new Float64Array(2);
    this.moved = new Float64Array(n);
  }

  /**
   * Live through a day from `x`, which becomes the midnight after it; it is where the model is right.
   * @param {Float64Array} x @param {number} day
   */
  live(x, day) {
    const { midnights } = this.days;
    const after = this.days.live(x, day);
    this.base = day;
    for (let i = 0; i < n; i++) {
      const j = BODY[i];
      midnights[day * N + j] = x[i];
      midnights[(day + 1) * N + j] = after[j];
      this.there[i] = x[i];
      this.change[i] = after[j] - x[i];
      x[i] = after[j];
    }
  }

  /**
   * Midnights from `first` to `last` into `out`, from `x`, with a `fault` that grows to the day `sampled`.
   * @param {Float64Array} x @param {number} first @param {number} last @param {Float64Array | null} fault
   * @param {number} sampled @param {Float64Array} out
   */
  steps(x, first, last, fault, sampled, out) {
    const { base, there, change, jacobian, perReach, direct, moved } = this;
    const { reach } = this.days.drugs;
    const span = Math.max(sampled - base, 1);
    for (let i = 0; i < n; i++) out[i] = x[i];
    for (let day = first; day < last; day++) {
      const row = (day - first) * n;
      const growth = (day - base) / span;
      const further = reach[day * 2] - reach[base * 2];
      const furtherStill = reach[day * 2 + 1] - reach[base * 2 + 1];
      for (let i = 0; i < n; i++) {
        moved[i] = change[i] + direct[day * n + i] - direct[base * n + i]
          + perReach[2 * i] * further + perReach[2 * i + 1] * furtherStill;
        if (fault !== null) moved[i] += growth * fault[i];
      }
      for (let i = 0; i < n; i++) {
        let sum = moved[i];
        for (let j = 0; j < n; j++) sum += jacobian[i * n + j] * (out[row + j] - there[j]);
        const next = out[row + i] + sum;
        out[row + n + i] = next > 0 ? next : 0;
      }
    }
  }

  /**
   * Live a day from the row of `midnights` at `at`: what was wrong about it into `fault`, which is kept to be learned.
   * False if it cannot be lived, which may be because nobody would come to be there.
   * @param {Float64Array} midnights @param {number} at @param {number} day @param {Float64Array} fault
   */
  sample(midnights, at, day, fault) {
    const { base, there, change, jacobian, perReach, direct, size, seen, share, along, reached } = this;
    const { reach } = this.days.drugs;
    const x = midnights.subarray(at, at + n);
    const after = this.days.tried(x, day);
    if (after === null) return false;
    let norm = 0;
    for (let s = 0; s < 2; s++) {
      const further = reach[day * 2 + s] - reach[base * 2 + s];
      reached[s] = further / REACH ** 2;
      norm += reached[s] * further;
    }
    for (let i = 0; i < n; i++) {
      along[i] = (x[i] - there[i]) / size[i] ** 2;
      norm += along[i] * (x[i] - there[i]);
    }
    for (let i = 0; i < n; i++) {
      let said = change[i] + direct[day * n + i] - direct[base * n + i];
      for (let j = 0; j < n; j++) said += jacobian[i * n + j] * (x[j] - there[j]);
      for (let s = 0; s < 2; s++) {
        said += perReach[2 * i + s] * (reach[day * 2 + s] - reach[base * 2 + s]);
      }
      fault[i] = after[BODY[i]] - x[i] - said;
      share[i] = fault[i] / Math.max(norm, TELLING ** 2);
      seen.there[i] = x[i];
      seen.change[i] = after[BODY[i]] - x[i];
    }
    for (const i of MOVED_BY_DRUGS) share[i] = 0; // nothing is missing there
    seen.base = day;
    return true;
  }

  /** Take over what the last sample showed: the smallest change of what was believed that explains it (Broyden). */
  learn() {
    const { jacobian, perReach, seen, share, along, reached } = this;
    this.base = seen.base;
    this.there.set(seen.there);
    this.change.set(seen.change);
    for (let i = 0; i < n; i++) {
      if (share[i] === 0) continue;
      for (let j = 0; j < n; j++) jacobian[i * n + j] += share[i] * along[j];
      for (let s = 0; s < 2; s++) perReach[2 * i + s] += share[i] * reached[s];
    }
  }

  /**
   * From days lived through: what the rest's Jacobian does not know, and what reach does.
   * @param {number} first @param {number} lead @param {number} last
   */
  begin(first, lead, last) {
    const { days, direct, jacobian } = this;
    const { midnights, drugs: { reach } } = days;
    /** @param {number} day @param {number} i */
    const at = (day, i) => midnights[(first + day) * N + BODY[i]];
    for (let i = 0; i < n; i++) {
      this.size[i] = Math.max(Math.abs(at(lead, i)), 0.05 * SCALE[BODY[i]]);
    }
    const acting = [0, 1].filter((s) => {
      let [low, high] = [Infinity, -Infinity];
      for (let day = first; day < last; day++) {
        low = Math.min(low, reach[day * 2 + s]);
        high = Math.max(high, reach[day * 2 + s]);
      }
      return high - low > RIPPLE;
    });
    if (acting.length === 0) return;
    this.act(first, last, first + lead - 1);
    const left = new Float64Array(lead * n);
    for (let day = 0; day < lead; day++) {
      for (let i = 0; i < n; i++) {
        left[day * n + i] = at(day + 1, i) - at(day, i) - direct[(first + day) * n + i];
      }
    }
    const end = left.slice((lead - 1) * n);
    for (let day = 0; day < lead; day++) {
      for (let i = 0; i < n; i++) {
        let sum = left[day * n + i] - end[i];
        for (let j = 0; j < n; j++) sum -= jacobian[i * n + j] * (at(day, j) - at(lead - 1, j));
        left[day * n + i] = sum;
      }
    }
    const timed = lead > acting.length + 2; // enough days to tell reach from time passing
    const from = timed ? 0 : 1;
    const width = acting.length + (timed ? 1 : 0);
    const columns = new Float64Array((lead - from) * width);
    for (let day = from; day < lead; day++) {
      acting.forEach((s, k) => {
        columns[(day - from) * width + k] = reach[(first + day) * 2 + s] - reach[(first + lead - 1) * 2 + s];
      });
      if (timed) columns[(day - from) * width + width - 1] = day + 1 - lead;
    }
    const inverse = pseudoInverse(columns, lead - from, width, 1e-3);
    acting.forEach((s, k) => {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let day = from; day < lead; day++) {
          sum += inverse[k * (lead - from) + day - from] * left[day * n + i];
        }
        this.perReach[2 * i + s] = MOVED_BY_DRUGS.includes(i) ? 0 : sum;
      }
    });
    for (const i of MOVED_BY_DRUGS) this.perReach.fill(0, 2 * i, 2 * i + 2);
  }

  /**
   * What drugs do by themselves on days `first` to `last`, were these else `like` one that was lived through. Also
   * how fast states that only drugs move, and that are not in a rest's Jacobian, forget.
   * @param {number} first @param {number} last @param {number} like
   */
  act(first, last, like) {
    const { days, jacobian, direct } = this;
    const minutes = days.minutesOf(like);
    const looking = days.drugs.looking(minutes);
    const levels = new Float64Array(6 * minutes.length);
    const course = /** @type {Float64Array} */ (days.courses.get(like));
    const doing = new Doing(minutes, days.constants[like]);
    const found = new Float64Array(N);
    looking.during(like, levels);
    doing.done(course, levels, found);
    const plain = Float64Array.from(MOVED_BY_DRUGS, (k) => found[BODY[k]]);
    MOVED_BY_DRUGS.forEach((k, which) => {
      const j = BODY[k];
      const nudge = NUDGE * SCALE[j];
      const nudged = course.slice();
      for (let m = 0; m < minutes.length; m++) nudged[m * N + j] += nudge;
      doing.done(nudged, levels, found);
      jacobian[k * n + k] = Math.expm1(Math.min((found[j] - plain[which]) / nudge, 0));
    });
    const alone = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const forgets = Math.min(Math.max(jacobian[i * n + i], FORGOTTEN), 0);
      doing.memory[BODY[i]] = 1 + forgets;
      alone[i] = Number(forgets > FAST || MOVED_BY_DRUGS.includes(i));
    }
    doing.forget();
    for (let day = first; day < last; day++) {
      looking.during(day, levels);
      doing.done(course, levels, found);
      for (let i = 0; i < n; i++) direct[day * n + i] = alone[i] ? found[BODY[i]] : 0;
    }
  }
}
