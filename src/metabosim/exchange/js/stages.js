// @ts-check
/**
 * The arithmetic of a Dormand-Prince 5(4) step over the vector of states. One loop a stage, as in
 * engine/integrate.py: V8 keeps the slopes of a short loop in registers, and folds the constants.
 */

import { STATES } from './kernel.js';

const N = STATES.length;

/** Where in a step the rates of each stage are taken. */
export const NODES = new Float64Array([0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1]);

/** @typedef {Float64Array} Vector */

/** @param {number} h @param {Vector} y @param {Vector} k0 @param {Vector} out */
export function second(h, y, k0, out) {
  for (let j = 0; j < N; j++) out[j] = y[j] + h * ((1 / 5) * k0[j]);
}

/** @param {number} h @param {Vector} y @param {Vector} k0 @param {Vector} k1 @param {Vector} out */
export function third(h, y, k0, k1, out) {
  for (let j = 0; j < N; j++) out[j] = y[j] + h * ((3 / 40) * k0[j] + (9 / 40) * k1[j]);
}

/**
 * @param {number} h @param {Vector} y @param {Vector} k0 @param {Vector} k1 @param {Vector} k2
 * @param {Vector} out
 */
export function fourth(h, y, k0, k1, k2, out) {
  for (let j = 0; j < N; j++) {
    out[j] = y[j] + h * ((44 / 45) * k0[j] - (56 / 15) * k1[j] + (32 / 9) * k2[j]);
  }
}

/**
 * @param {number} h @param {Vector} y @param {Vector} k0 @param {Vector} k1 @param {Vector} k2
 * @param {Vector} k3 @param {Vector} out
 */
export function fifth(h, y, k0, k1, k2, k3, out) {
  for (let j = 0; j < N; j++) {
    out[j] = y[j] + h * (
      (19372 / 6561) * k0[j] - (25360 / 2187) * k1[j] + (64448 / 6561) * k2[j]
      - (212 / 729) * k3[j]
    );
  }
}

/**
 * @param {number} h @param {Vector} y @param {Vector} k0 @param {Vector} k1 @param {Vector} k2
 * @param {Vector} k3 @param {Vector} k4 @param {Vector} out
 */
export function sixth(h, y, k0, k1, k2, k3, k4, out) {
  for (let j = 0; j < N; j++) {
    out[j] = y[j] + h * (
      (9017 / 3168) * k0[j] - (355 / 33) * k1[j] + (46732 / 5247) * k2[j] + (49 / 176) * k3[j]
      - (5103 / 18656) * k4[j]
    );
  }
}

/**
 * The fifth-order result.
 * @param {number} h @param {Vector} y @param {Vector} k0 @param {Vector} k2 @param {Vector} k3
 * @param {Vector} k4 @param {Vector} k5 @param {Vector} out
 */
export function result(h, y, k0, k2, k3, k4, k5, out) {
  for (let j = 0; j < N; j++) {
    out[j] = y[j] + h * (
      (35 / 384) * k0[j] + (500 / 1113) * k2[j] + (125 / 192) * k3[j] - (2187 / 6784) * k4[j]
      + (11 / 84) * k5[j]
    );
  }
}

/**
 * By how much the fifth-order result differs from the fourth-order one, state by state.
 * @param {number} h @param {Vector} k0 @param {Vector} k2 @param {Vector} k3 @param {Vector} k4
 * @param {Vector} k5 @param {Vector} k6 @param {Vector} out
 */
export function difference(h, k0, k2, k3, k4, k5, k6, out) {
  for (let j = 0; j < N; j++) {
    out[j] = h * (
      (71 / 57600) * k0[j] - (71 / 16695) * k2[j] + (71 / 1920) * k3[j]
      - (17253 / 339200) * k4[j] + (22 / 525) * k5[j] - (1 / 40) * k6[j]
    );
  }
}

/**
 * The largest error of a step in units of what is allowed. Left in `at[0]`: the state it is in, or the first
 * that is no number (then infinite).
 * @param {Vector} error @param {Vector} y @param {Vector} trial @param {number} rtol
 * @param {Vector} scale @param {Int32Array} at
 */
export function worstOf(error, y, trial, rtol, scale, at) {
  const atol = rtol * 1e-3;
  let worst = 0;
  at[0] = 0;
  for (let j = 0; j < N; j++) {
    const before = Math.abs(y[j]);
    const after = Math.abs(trial[j]);
    const size = atol * scale[j] + rtol * (before > after ? before : after);
    const wrong = Math.abs(error[j]);
    // A division only where the worst is surpassed, or something is no number.
    if (wrong <= worst * size && size < Infinity) continue;
    const ratio = wrong / size;
    if (!(ratio < Infinity && size < Infinity)) {
      at[0] = j;
      return Infinity;
    }
    if (ratio > worst) {
      worst = ratio;
      at[0] = j;
    }
  }
  return worst;
}

// Dense output of Hairer, Norsett and Wanner, Solving ODEs I, II.6.
const D0 = -12715105075 / 11282082432;
const D2 = 87487479700 / 32700410799;
const D3 = -10690763975 / 1880347072;
const D4 = 701980252875 / 199316789632;
const D5 = -1453857185 / 822651844;
const D6 = 69997945 / 29380423;

/**
 * What `within` needs of a step, three numbers a state; worth making once, since several minutes may be read in
 * one step.
 * @param {number} h @param {Vector} y @param {Vector} trial @param {Vector} k0 @param {Vector} k2
 * @param {Vector} k3 @param {Vector} k4 @param {Vector} k5 @param {Vector} k6 @param {Vector} bends
 */
export function bendsOf(h, y, trial, k0, k2, k3, k4, k5, k6, bends) {
  for (let j = 0; j < N; j++) {
    const step = trial[j] - y[j];
    const a = h * k0[j] - step;
    bends[j] = a;
    bends[N + j] = step - h * k6[j] - a;
    bends[2 * N + j] = h * (
      D0 * k0[j] + D2 * k2[j] + D3 * k3[j] + D4 * k4[j] + D5 * k5[j] + D6 * k6[j]
    );
  }
}

/**
 * The state at share `s` of a step.
 * @param {number} s @param {Vector} y @param {Vector} trial @param {Vector} bends @param {Vector} out
 */
export function within(s, y, trial, bends, out) {
  const left = 1 - s;
  for (let j = 0; j < N; j++) {
    const bend = bends[j] + s * (bends[N + j] + left * bends[2 * N + j]);
    out[j] = y[j] + s * (trial[j] - y[j] + left * bend);
  }
}
