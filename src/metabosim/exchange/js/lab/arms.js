// @ts-check
/** Arms: what they inherit, how they are changed, and what a scenario as written makes of them (scenario/model.py). */

import { didYouMean, short, wrong } from './faults.js';
import { all, isMapping } from './read.js';
import { readStep } from './steps.js';
import { LEVER_RANGE, VARIANTS } from './tables.js';
import { parseQuantity } from './units.js';

/**
 * @typedef {import('./steps.js').Step} Step
 * @typedef {import('./steps.js').Known} KnownSteps
 * @typedef {object} Arm One run: a subject, levers, a protocol.
 * @property {string} subject
 * @property {number} duration min
 * @property {'midnight' | 'fasting'} start
 * @property {Record<string, number>} levers
 * @property {Record<string, number>} lifelong
 * @property {Record<string, number>} parameters declared units
 * @property {string[]} variants
 * @property {Step[]} protocol
 * @typedef {Partial<Arm>} ArmChange What is merged into an arm, appended to it, or replaces it.
 * @typedef {ArmChange & {name: string, arms?: string[], replace: Record<string, ArmChange>}} KnockOut
 * @typedef {KnownSteps & {subjects: Map<string, unknown>, levers: Map<string, unknown>,
 *   parameters: Map<string, unknown>}} Known
 */

/** An arm with a change put onto it. @param {Arm} arm @param {ArmChange} change @returns {Arm} */
export function changed(arm, change) {
  return {
    subject: change.subject || arm.subject,
    duration: change.duration || arm.duration,
    start: change.start || arm.start,
    levers: { ...arm.levers, ...change.levers },
    lifelong: { ...arm.lifelong, ...change.lifelong },
    parameters: { ...arm.parameters, ...change.parameters },
    variants: [...new Set([...arm.variants, ...(change.variants ?? [])])],
    protocol: [...arm.protocol, ...(change.protocol ?? [])],
  };
}

/** The arms of a scenario with a knock-out done to them. @param {Record<string, Arm>} arms @param {Arm} context @param {KnockOut} knockOut @returns {Record<string, Arm>} */
export function knockedOut(arms, context, knockOut) {
  const all = { ...arms };
  for (const [name, change] of Object.entries(knockOut.replace)) all[name] = changed(context, change);
  const chosen = knockOut.arms ?? Object.keys(all);
  return Object.fromEntries(Object.entries(all).map(([name, arm]) => (
    [name, chosen.includes(name) ? changed(arm, knockOut) : arm]
  )));
}

/** @param {unknown} value @param {Map<string, unknown>} names @param {string} what @param {[number, number]} range */
function numbers(value, names, what, [low, high]) {
  if (!isMapping(value)) throw wrong(`expected ${what}s and numbers, in braces`);
  return Object.fromEntries(all(Object.keys(value).map((name) => [name, () => {
    const given = value[name];
    if (!names.has(name)) throw wrong(`unknown ${what} '${short(name)}'`, { hint: didYouMean(name, names.keys()) });
    if (typeof given !== 'number' || !(given >= low && given <= high) || !Number.isFinite(given)) {
      throw wrong(Number.isFinite(high)
        ? `must be a number from ${low} to ${high}, got ${short(given)}` : `expected a finite number, got ${short(given)}`);
    }
    return [name, given];
  }])));
}

/** @type {[number, number]} */
const GAINS = [LEVER_RANGE[0], LEVER_RANGE[1]];
/** @type {[number, number]} */
const ANY = [-Infinity, Infinity];

/** @type {Record<string, (value: any, known: Known) => any>} */
const FIELDS = {
  subject(value, { subjects }) {
    if (typeof value === 'string' && subjects.has(value)) return value;
    throw wrong(`unknown subject '${short(value)}'`, {
      hint: didYouMean(String(value), subjects.keys()) ?? `one of ${[...subjects.keys()].join(', ')}`,
    });
  },
  duration(value) {
    const minutes = parseQuantity(value, 'min');
    if (!(minutes > 0)) throw wrong(`must be longer than 0, got ${short(value)}`);
    return minutes;
  },
  start(value) {
    if (value === 'midnight' || value === 'fasting') return value;
    throw wrong("expected 'midnight' or 'fasting'");
  },
  levers: (value, { levers }) => numbers(value, levers, 'lever', GAINS),
  lifelong: (value, { levers }) => numbers(value, levers, 'lever', GAINS),
  parameters: (value, { parameters }) => numbers(value, parameters, 'parameter', ANY),
  variants(value) {
    if (!Array.isArray(value)) throw wrong('expected a list');
    return all(value.map((name, i) => [i, () => {
      if (VARIANTS.includes(name)) return name;
      throw wrong(`unknown variant '${short(name)}'`, { hint: `one of ${VARIANTS.join(', ')}` });
    }]));
  },
  protocol(value, known) {
    if (!Array.isArray(value)) throw wrong('expected a list of steps');
    return all(value.map((step, i) => [i, () => readStep(step, known)]));
  },
};

/** What an arm, the context or a knock-out sets. @param {unknown} value @param {Known} known @param {string[]} [more] other fields it has @returns {ArmChange} */
export function readChange(value, known, more = []) {
  const given = value ?? {};
  if (!isMapping(given)) throw wrong('expected the fields of an arm, in braces');
  const names = Object.keys(given).filter((name) => !more.includes(name));
  const read = all(names.map((name) => [name, () => {
    if (!Object.hasOwn(FIELDS, name)) {
      throw wrong(`unknown field '${short(name)}'`, {
        hint: didYouMean(name, [...Object.keys(FIELDS), ...more]) ?? `known fields: ${Object.keys(FIELDS).join(', ')}`,
      });
    }
    return FIELDS[name](given[name], known);
  }]));
  return Object.fromEntries(names.map((name, i) => [name, read[i]]));
}

/** An arm as plain data made whole and checked. @param {unknown} value @param {Known} known @returns {Arm} */
export function readArm(value, known) {
  const change = readChange(value, known);
  if (change.duration === undefined) throw wrong('is missing', { field: 'duration' });
  return changed(EMPTY, change);
}

/** @type {Arm} */
export const EMPTY = {
  subject: 'lean-healthy', duration: 0, start: 'midnight', levers: {}, lifelong: {}, parameters: {}, variants: [], protocol: [],
};

/** The knock-outs of a scenario as written. @param {unknown} value @param {Known} known @returns {KnockOut[]} */
export function readKnockOuts(value, known) {
  if (!Array.isArray(value)) throw wrong('expected a list of knock-outs');
  return all(value.map((item, i) => [i, () => {
    const change = readChange(item, known, ['name', 'arms', 'replace']);
    if (typeof item?.name !== 'string') throw wrong('is missing', { field: 'name' });
    const replaced = isMapping(item.replace) ? item.replace : {};
    const replace = Object.fromEntries(all(Object.keys(replaced).map((name) => (
      [`replace.${name}`, () => [name, readChange(replaced[name], known)]]
    ))));
    return { ...change, name: item.name, ...(item.arms ? { arms: item.arms } : {}), replace };
  }]));
}

