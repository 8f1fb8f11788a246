// @ts-check
/** What judges share: features seen in arms, and how they are named (claims/judging.py). */

import { lookAt, read } from './features.js';
import { observableOf } from './quantities.js';
import { armsOf, windowsOf } from './vocabulary_use.js';
import { GRIDS } from './vocabulary.js';
import { quantity } from './words.js';

/**
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {import('./reading.js').Reading} Reading
 */

/** The feature in an arm. @param {Feature} feature @param {Bench} bench @param {string} arm */
export function seen(feature, bench, arm) {
  return read(feature, lookAt(bench, arm));
}

/** @param {Feature} feature @param {Bench} bench */
function anyArm(feature, bench) {
  return armsOf(feature)[0] ?? bench.treated();
}

/** The arm a check means: the one named, the feature's own, or the only one treated. @param {Feature} feature @param {string | undefined} named @param {Bench} bench */
export function armFor(feature, named, bench) {
  return named || feature.arm || anyArm(feature, bench);
}

/** A feature in words: "peak of glucose_mmol_l (treated)". @param {Feature} feature @param {string} arm */
export function described(feature, arm) {
  const observable = observableOf(feature);
  return `${feature.kind.replaceAll('_', ' ')}${observable ? ` of ${observable}` : ''} (${arm})`;
}

/** A name for an operand, and its reading. @param {string | Feature} value @param {Feature | undefined} feature @param {Bench} bench @returns {[string, Reading]} */
export function operand(value, feature, bench) {
  if (typeof value === 'string') return [value, seen(/** @type {Feature} */ (feature), bench, value)];
  const arm = value.arm || anyArm(value, bench);
  return [described(value, arm), seen(value, bench, arm)];
}

/** `operand` for each; those that would have the same name are told apart by when they look. @param {(string | Feature)[]} values @param {Feature | undefined} feature @param {Bench} bench @returns {[string, Reading][]} */
export function operands(values, feature, bench) {
  const found = values.map((value) => operand(value, feature, bench));
  const plain = found.map(([name]) => name);
  const names = plain.map((name, i) => {
    const value = values[i];
    const several = plain.filter((one) => one === name).length > 1;
    return several && typeof value !== 'string' ? `${name}, ${whenRead(value)}` : name;
  });
  names.forEach((name, n) => {
    if (names.slice(0, n).includes(name)) {
      names[n] = `${name}, ${names.slice(0, n + 1).filter((one) => one === name).length}`;
    }
  });
  return found.map(([, reading], i) => [names[i], reading]);
}

/** When a feature looks, as short as can be: "7 to 8 weeks", "26 weeks", "the whole run". @param {Feature} feature */
export function whenRead(feature) {
  const windows = windowsOf(feature);
  if (windows.length === 0) return 'at rest';
  const starts = windows.map((window) => window.start);
  const stops = windows.map((window) => window.stop);
  const start = starts.includes(null) ? null : Math.min(.../** @type {number[]} */ (starts));
  const stop = stops.includes(null) ? null : Math.max(.../** @type {number[]} */ (stops));
  if (start === stop) return stop === null && GRIDS[feature.kind] === null ? 'the end' : moment(stop);
  if (start === null || stop === null) return stop === null ? `from ${moment(start)}` : `up to ${moment(stop)}`;
  const [first, last] = [moment(start), moment(stop)];
  const unit = (/** @type {string} */ text) => text.split(' ').at(-1);
  return `${unit(first) === unit(last) ? first.split(' ')[0] : first} to ${last}`;
}

/** @param {number | null} time */
function moment(time) {
  return time === null ? 'the whole run' : quantity(time, 'min');
}

/** A reading as evidence. @param {Reading} reading */
export function shown({ value, at, note }) {
  return { value, ...(at === null ? {} : { at_min: at }), ...(note ? { note } : {}) };
}
