// @ts-check
/** The steps of a protocol, read as a scenario writes them into plain objects in the inside units (protocol/). */

import { running } from '../settings.js';
import { didYouMean, short, wrong } from './faults.js';
import { all, isMapping, within } from './read.js';
import { HELD_AS, HORMONES } from './tables.js';
import { MOLAR_MASS, parseForColumn, parseQuantity, parseRate } from './units.js';

/**
 * @typedef {Record<string, any>} Step One key, its kind, and under it its fields; `stop` is missing where it goes on.
 * @typedef {object} Known What a scenario may name.
 * @property {Map<string, {id: string, molar_mass: number}>} therapies
 * @property {Map<string, string>} holdable with their units
 * @typedef {(value: any, known: Known, made: Record<string, any>) => any} Read
 */

const { CARBOHYDRATE_SHARE, MJ_PER_MMOL_CARBOHYDRATE } = running;
const DAY = 1440;

/** @param {unknown} written @param {number} value @param {number} [above] */
function bounded(written, value, above) {
  if (above === undefined && value < 0) throw wrong(`must be at least 0, got ${short(written)}`);
  if (above !== undefined && !(value > above)) throw wrong(`must be above ${above}, got ${short(written)}`);
  if (!Number.isFinite(value)) throw wrong(`must be finite, got ${short(written)}`);
  return value;
}

/** @param {string} unit @param {number} [above] @returns {Read} */
const amount = (unit, above) => (value) => bounded(value, parseQuantity(value, unit), above);

/** @param {string} unit @returns {Read} */
const rate = (unit) => (value) => checkedRate(value, parseRate(value, unit));

/** @param {unknown} written @param {number | {value: number, per_kg: true}} read */
function checkedRate(written, read) {
  bounded(written, typeof read === 'number' ? read : read.value);
  return read;
}

/** @param {string} unit @returns {Read} */
const perMeal = (unit) => (value) => (
  (Array.isArray(value) ? value : [value]).map((item) => bounded(item, parseQuantity(item, unit)))
);

/** A rate that was read before stays as it is. @param {any} value */
function isRate(value) {
  return isMapping(value) && value.per_kg === true && typeof value.value === 'number';
}

/** @type {Read} */
function hormone(value) {
  if (typeof value === 'string' && HORMONES.has(value)) return value;
  throw wrong(`unknown hormone '${short(value)}'`, { hint: `one of ${[...HORMONES.keys()].join(', ')}` });
}

/** @type {Read} */
function hormoneRate(value, known, made) {
  const [unit, molarMass] = HORMONES.get(made.name) ?? ['ug/min', null];
  return checkedRate(value, parseRate(value, unit, { molarMass: molarMass ?? undefined }));
}

/** @type {Read} */
function therapy(value, { therapies }) {
  const found = typeof value === 'string' ? therapies.get(value) : undefined;
  if (found !== undefined) return found.id;
  throw wrong(`unknown therapy '${short(value)}'`, {
    hint: didYouMean(String(value), therapies.keys()) ?? `one of ${[...therapies.keys()].join(', ')}`,
  });
}

/** @type {Read} */
function dose(value, { therapies }, made) {
  const molarMass = therapies.get(made.therapy)?.molar_mass ?? MOLAR_MASS.get('insulin');
  return bounded(value, parseQuantity(value, 'mg', { molarMass }));
}

/** @type {Read} */
function levels(value) {
  const items = Array.isArray(value) ? value : [value];
  if (items.length === 0) throw wrong('expected at least one level', { hint: 'such as [5 mmol/L, 10 mmol/L]' });
  return items.map((item) => {
    if (!isMapping(item)) return { level: bounded(item, parseQuantity(item, 'mmol/L'), 0), start: -1 };
    if (Object.keys(item).sort().join() !== 'level,start') {
      throw wrong('expected a number, or {level: ..., start: ...}');
    }
    return {
      level: bounded(item.level, parseQuantity(item.level, 'mmol/L'), 0),
      start: bounded(item.start, parseQuantity(item.start, 'min')),
    };
  });
}

/** @type {Read} */
function held(value, { holdable }) {
  if (typeof value === 'string' && holdable.has(value)) return value;
  throw wrong(`'${short(value)}' is nothing that can be held`, {
    hint: didYouMean(String(value), holdable.keys()) ?? 'any state or signal can, and observables that read one',
  });
}

/** @type {Read} */
function holdAt(value, { holdable }, made) {
  if (value === 'baseline') return value;
  if (isMapping(value)) {
    if (Object.keys(value).join() !== 'arm' || typeof value.arm !== 'string') {
      throw wrong('expected {arm: <name of another arm>}');
    }
    return { arm: value.arm };
  }
  if (typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value)) {
    throw wrong(`cannot hold at '${short(value)}'`, {
      hint: didYouMean(value, ['baseline']) ?? 'say baseline, a number, or {arm: <name of another arm>}',
    });
  }
  const column = [...HELD_AS].find(([, state]) => state === made.name)?.[0] ?? made.name;
  if (HELD_AS.has(column)) return bounded(value, parseForColumn(value, column));
  return bounded(value, parseQuantity(value, holdable.get(made.name) ?? '1'));
}

/** @type {Read} */
function arm(value) {
  if (typeof value === 'string' && value) return value;
  throw wrong('expected the name of an arm');
}

/** `?` may be left out. @type {Record<string, Record<string, Read>>} */
const STEPS = {
  meal: { at: amount('min'), carbohydrate: amount('mmol'), 'energy?': amount('MJ') },
  daily_meals: {
    times: perMeal('min'), carbohydrate: perMeal('mmol'), 'energy?': perMeal('MJ'), 'start?': amount('min'),
    'stop?': amount('min', 0),
  },
  fast: { start: amount('min'), 'stop?': amount('min', 0) },
  oral_glucose: { at: amount('min'), amount: amount('mmol') },
  glucose_bolus: { at: amount('min'), amount: amount('mmol') },
  glucose_infusion: { rate: rate('mmol/min'), 'start?': amount('min'), 'stop?': amount('min', 0) },
  glucose_profile: { arm, 'start?': amount('min'), 'stop?': amount('min', 0) },
  glucose_clamp: { levels, 'start?': amount('min'), 'stop?': amount('min', 0) },
  insulin_infusion: { rate: rate('pmol/min'), 'start?': amount('min'), 'stop?': amount('min', 0) },
  hormone_infusion: { name: hormone, rate: hormoneRate, 'start?': amount('min'), 'stop?': amount('min', 0) },
  activity: { energy: amount('MJ'), start: amount('min'), 'stop?': amount('min', 0) },
  dose: {
    therapy, amount: dose, 'start?': amount('min'), 'every?': amount('min', 0), 'stop?': amount('min', 0),
  },
  diet: { energy: amount('1'), 'start?': amount('min'), 'stop?': amount('min', 0) },
  hold: { name: held, at: holdAt, 'start?': amount('min'), 'stop?': amount('min', 0) },
};

/** The kinds of steps there are. */
export const STEP_KINDS = Object.keys(STEPS);

/** One step as a scenario writes it. @param {unknown} value @param {Known} known @returns {Step} */
export function readStep(value, known) {
  if (!isMapping(value) || Object.keys(value).length !== 1) {
    throw wrong('expected one step, such as meal: {at: 8 h, carbohydrate: 75 g}');
  }
  const [kind] = Object.keys(value);
  if (!Object.hasOwn(STEPS, kind)) {
    throw wrong(`unknown step '${short(kind)}'`, {
      hint: didYouMean(kind, STEP_KINDS) ?? `one of ${STEP_KINDS.join(', ')}`,
    });
  }
  const given = value[kind];
  return within(kind, () => {
    if (!isMapping(given)) throw wrong(`expected the fields of ${kind}, in braces`);
    const fields = Object.entries(STEPS[kind]).map(([name, read]) => ({ name: name.replace('?', ''), read, optional: name.endsWith('?') }));
    const names = fields.map(({ name }) => name);
    /** @type {Record<string, any>} */
    const made = {};
    all([
      ...Object.keys(given).filter((name) => !names.includes(name)).map((name) => /** @type {[string, () => void]} */ ([name, () => {
        throw wrong(`unknown field '${short(name)}'`, {
          hint: didYouMean(name, names) ?? `known fields: ${names.join(', ')}`,
        });
      }])),
      ...fields.map(({ name, read, optional }) => /** @type {[string, () => void]} */ ([name, () => {
        const written = Object.hasOwn(given, name) ? given[name] : undefined;
        if (written === undefined || written === null) {
          if (!optional) throw wrong('is missing');
          if (name === 'start') made.start = 0;
          return;
        }
        made[name] = isRate(written) ? { ...(/** @type {object} */ (written)) } : read(written, known, made);
      }])),
    ]);
    complete(kind, made);
    return { [kind]: made };
  });
}

/** What depends on several fields. @param {string} kind @param {Record<string, any>} made */
function complete(kind, made) {
  if (kind === 'meal') {
    made.energy ??= (made.carbohydrate * MJ_PER_MMOL_CARBOHYDRATE) / CARBOHYDRATE_SHARE;
    enoughEnergy(made.carbohydrate, made.energy);
    return;
  }
  if (made.stop !== undefined && made.start >= made.stop) {
    throw wrong(`the window is empty or reversed: start ${made.start} min, stop ${made.stop} min`, {
      field: 'stop', hint: 'stop must come after start',
    });
  }
  if (kind === 'daily_meals') completeDaily(made);
  if (kind === 'glucose_clamp') completeClamp(made);
}

/** @param {number} carbohydrate @param {number} energy */
function enoughEnergy(carbohydrate, energy) {
  const least = carbohydrate * MJ_PER_MMOL_CARBOHYDRATE;
  if (energy < least * 0.99) {
    throw wrong(`${Number(energy.toPrecision(3))} MJ is less than the carbohydrate alone brings (${Number(least.toPrecision(3))} MJ)`, {
      field: 'energy', hint: 'give the energy of the whole meal, or leave it out',
    });
  }
}

/** @param {Record<string, any>} made */
function completeDaily(made) {
  const n = made.times.length;
  if (n === 0 || made.times.some((/** @type {number} */ at) => at >= DAY) || new Set(made.times).size < n) {
    throw wrong('must be different times of day, from 0 to below 24 h', {
      field: 'times', hint: 'give them as in [7 h, 13 h, 19 h]',
    });
  }
  for (const name of ['carbohydrate', 'energy']) {
    if (made[name] === undefined) continue;
    if (made[name].length === 1) made[name] = Array(n).fill(made[name][0]);
    else if (made[name].length !== n) {
      throw wrong(`${made[name].length} numbers for ${n} meals`, { field: name, hint: 'give one each' });
    }
  }
  made.energy ??= made.carbohydrate.map((/** @type {number} */ eaten) => (
    (eaten * MJ_PER_MMOL_CARBOHYDRATE) / CARBOHYDRATE_SHARE
  ));
  made.carbohydrate.forEach((/** @type {number} */ eaten, /** @type {number} */ i) => enoughEnergy(eaten, made.energy[i]));
}

/** @param {Record<string, any>} made */
function completeClamp(made) {
  const { levels: given, start, stop } = made;
  if (given.every((/** @type {{start: number}} */ level) => level.start < 0)) {
    if (stop === undefined && given.length > 1) {
      throw wrong('several levels share a window that has no end', {
        field: 'stop', hint: "give 'stop', or a start for each level",
      });
    }
    const share = stop === undefined ? 0 : (stop - start) / given.length;
    given.forEach((/** @type {{start: number}} */ level, /** @type {number} */ i) => {
      level.start = start + share * i;
    });
  }
  const starts = given.map((/** @type {{start: number}} */ level) => level.start);
  const rising = starts.every((/** @type {number} */ at, /** @type {number} */ i) => i === 0 || at > starts[i - 1]);
  if (!(rising && starts[0] === start && starts.at(-1) < (stop ?? Infinity))) {
    throw wrong("the starts of the levels must rise from the clamp's start to below its stop", {
      field: 'levels', hint: `the first one is ${start} min`,
    });
  }
}
