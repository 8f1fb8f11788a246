// @ts-check
/** From checks and features as written to plain objects with times in minutes and defaults filled in. */

import { Fault, Faults, didYouMean, short, wrong } from './faults.js';
import { parseQuantity } from './units.js';
import { CHECKS, FEATURES, PARTS } from './vocabulary.js';

/**
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {import('./vocabulary_use.js').Check} Check
 * @typedef {Record<string, import('./vocabulary.js').Field>} Fields
 */

const DEEPEST = 20;

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export function isMapping(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Call `read`, and put what it finds wrong within `field`. @template T @param {string | number} field @param {() => T} read @returns {T} */
export function within(field, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) throw error.within(field);
    if (error instanceof Faults) throw new Faults(error.faults.map((fault) => fault.within(field)));
    throw error;
  }
}

/** Read all of `entries`, and throw everything that is wrong at once. @template T @param {[string | number, () => T][]} entries @returns {T[]} */
export function all(entries) {
  /** @type {Fault[]} */
  const faults = [];
  const found = [];
  for (const [field, read] of entries) {
    try {
      found.push(within(field, read));
    } catch (error) {
      if (error instanceof Fault) faults.push(error);
      else if (error instanceof Faults) faults.push(...error.faults);
      else throw error;
    }
  }
  if (faults.length > 0) throw new Faults(faults);
  return found;
}

/**
 * The fields of a mapping, each read by its type, defaults filled in.
 * @param {unknown} value @param {Fields} fields @param {string} what @param {number} depth
 * @returns {Record<string, any>}
 */
function readFields(value, fields, what, depth) {
  if (!isMapping(value)) throw wrong(`expected the fields of ${what}, in braces`);
  /** @type {[string, () => [string, any] | null][]} */
  const entries = [];
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) {
      entries.push([name, () => {
        throw wrong(`unknown field '${short(name)}'`, {
          hint: didYouMean(name, Object.keys(fields)) ?? `known fields: ${Object.keys(fields).join(', ')}`,
        });
      }]);
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    entries.push([name, () => {
      if (given === undefined || given === null) {
        if (field.required) throw wrong('is missing');
        return 'default' in field ? [name, structuredClone(field.default)] : null;
      }
      return [name, readAs(given, field.type, depth + 1)];
    }]);
  }
  const found = all(entries).filter((entry) => entry !== null);
  return Object.fromEntries(/** @type {[string, any][]} */ (found));
}

/** @param {unknown} value @param {any} type @param {number} depth @returns {any} */
function readAs(value, type, depth) {
  if (depth > DEEPEST) throw wrong('is nested too deeply');
  if (type === true) {
    if (value !== true) throw wrong('expected true');
    return true;
  }
  switch (type) {
    case 'text':
      if (typeof value !== 'string' || value === '') throw wrong('expected text');
      return value;
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('expected a number');
      return value;
    case 'whole':
      if (!Number.isSafeInteger(value)) throw wrong('expected a whole number');
      return value;
    case 'flag':
      if (typeof value !== 'boolean') throw wrong('expected true or false');
      return value;
    case 'time': return parseQuantity(value, 'min');
    case 'span': {
      const minutes = parseQuantity(value, 'min');
      if (!(minutes > 0)) throw wrong('expected a time above 0');
      return minutes;
    }
    case 'share': return parseQuantity(value, '1');
    case 'amount':
      if (typeof value === 'string') return value;
      if (typeof value !== 'number') throw wrong("expected a quantity, such as '0.3 mmol/L' or '30 %'");
      if (!Number.isFinite(value)) throw wrong('must be finite');
      return value;
    case 'feature': return readFeature(value, depth);
    case 'check': return readCheck(value, depth);
    case 'nothing': throw wrong('expected nothing');
    default: return readComposed(value, type, depth);
  }
}

/** @param {unknown} value @param {any} type @param {number} depth @returns {any} */
function readComposed(value, type, depth) {
  if (type.one) {
    const text = value === 0 ? '0' : value;
    if (!type.one.includes(text)) throw wrong(`expected ${type.one.map((/** @type {string} */ one) => `'${one}'`).join(' or ')}`);
    return text;
  }
  if (type.list) {
    if (!Array.isArray(value)) throw wrong('expected a list');
    if (type.count !== undefined && value.length !== type.count) throw wrong(`expected ${type.count} of them`);
    return all(value.map((item, i) => [i, () => readAs(item, type.list, depth + 1)]));
  }
  if (type.map) {
    if (!isMapping(value)) throw wrong('expected names and values, in braces');
    const names = Object.keys(value);
    const read = all(names.map((name) => [name, () => readAs(value[name], type.map, depth + 1)]));
    return Object.fromEntries(names.map((name, i) => [name, read[i]]));
  }
  if (type.part) return readFields(value, PARTS[type.part], type.part.toLowerCase(), depth);
  // one of several: a text is an arm where there may be one
  const fitting = type.either.find((/** @type {any} */ one) => (
    one === 'text' ? typeof value === 'string'
      : one === 'feature' ? isMapping(value)
        : one.list ? Array.isArray(value)
          : one.map ? isMapping(value)
            : !isMapping(value) && !Array.isArray(value)
  ));
  if (fitting === undefined) throw wrong('expected something else here');
  return readAs(value, fitting, depth);
}

/**
 * The one key of a mapping that names a kind.
 * @param {Record<string, unknown>} value @param {Record<string, unknown>} kinds @param {string} noun
 */
function kindOf(value, kinds, noun) {
  const found = Object.keys(value).filter((name) => Object.hasOwn(kinds, name));
  if (found.length === 1) return found[0];
  if (found.length > 1) throw wrong(`two ${noun}s in one: ${found.join(' and ')}`);
  const guess = Object.keys(value).map((name) => didYouMean(name, Object.keys(kinds))).find(Boolean);
  throw wrong(`unknown ${noun} '${short(Object.keys(value)[0] ?? '')}'`, { hint: guess ?? `one of ${Object.keys(kinds).join(', ')}` });
}

/** A feature as written, `{peak: glucose_mmol_l, from: 8 h}`. @param {unknown} value @param {number} [depth] @returns {Feature} */
export function readFeature(value, depth = 0) {
  const given = typeof value === 'string' ? { [value]: true } : value;
  if (!isMapping(given)) throw wrong('expected a feature, such as {peak: glucose_mmol_l}');
  const kind = kindOf(given, FEATURES, 'feature');
  const fields = within(`(${kind})`, () => readFields(given, FEATURES[kind], kind, depth));
  ordered(fields);
  return { kind, ...fields };
}

/** A check as written, `{rises: {...}}`. @param {unknown} value @param {number} [depth] @returns {Check} */
export function readCheck(value, depth = 0) {
  if (!isMapping(value)) throw wrong('expected a check, such as {rises: ...}');
  const kind = kindOf(value, CHECKS, 'check');
  if (Object.keys(value).length > 1) throw wrong('expected one check, under the key of its kind');
  const fields = within(kind, () => readFields(value[kind], CHECKS[kind], kind, depth));
  ordered(fields);
  return { kind, ...fields };
}

/** A window must not run backwards. @param {Record<string, any>} fields */
function ordered({ from, to }) {
  if (from !== undefined && to !== undefined && !(from < to)) {
    throw wrong(`the window is reversed or empty: from ${from} min to ${to} min`);
  }
}
