// @ts-check
/** Quantities as text ("75 g", "8 h", "1 mU/kg/min") turned into numbers in the inside units: units.py in JavaScript. */

import { didYouMean, short, wrong } from './faults.js';
import {
  ALIASES, EXAMPLES, KINDS, MINUTES, MJ_PER_KCAL, MOLAR_MASS, PMOL_PER_INSULIN_UNIT, SUFFIXES, UNITS, US,
} from './tables.js';

export { MINUTES, MJ_PER_KCAL, MOLAR_MASS };

const NUMBER = '[+-]?(?:(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?';
const QUANTITY = new RegExp(`^(${NUMBER})\\s*([A-Za-zµμ%].*|1/.*)?$`, 'u');
const SUBSTANCE = ['mass', 'amount', 'insulin'];

/** @typedef {{powers: Map<string, number>, factor: number}} Unit */

/** Dimensions and factor of a unit such as "mU/kg/min"; kg below the line is body weight. @param {string} text @returns {Unit} */
function takeApart(text) {
  const powers = new Map();
  let factor = 1;
  text.replaceAll(' ', '').split('/').forEach((part, position) => {
    const name = ALIASES.get(part) ?? part;
    const known = UNITS.get(name);
    if (known === undefined) {
      const hint = part.toLowerCase().startsWith('month')
        ? 'months differ in length: give weeks or days'
        : didYouMean(part, [...UNITS.keys(), ...ALIASES.keys()]) ?? `known units: ${[...UNITS.keys()].join(' ')}`;
      throw wrong(`unknown unit '${short(text)}'`, { hint });
    }
    let [dimension, size] = known;
    if (position > 0 && name === 'kg') [dimension, size] = ['body', 1];
    powers.set(dimension, (powers.get(dimension) ?? 0) + (position > 0 ? -1 : 1));
    factor = position > 0 ? factor / size : factor * size;
  });
  powers.delete('number');
  for (const [name, power] of powers) if (power === 0) powers.delete(name);
  return { powers, factor };
}

/** @param {Iterable<[string, number]>} powers */
function key(powers) {
  return [...powers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, power]) => `${name}${power}`).join(' ');
}

/** How the numerator counts a substance; "" if it does not. @param {Unit} unit */
function substance({ powers }) {
  return [...powers].find(([name, power]) => SUBSTANCE.includes(name) && power > 0)?.[0] ?? '';
}

/** @param {Unit} unit */
function others({ powers }) {
  return key([...powers].filter(([name]) => !SUBSTANCE.includes(name)));
}

/** What a unit measures, in words. @param {string} unit */
function kind(unit) {
  const taken = takeApart(unit);
  const known = KINDS.get(key(taken.powers));
  if (known !== undefined) return known;
  if (substance(taken)) {
    const said = new Map([
      ['volume-1', 'a concentration'],
      ['time-1', 'a rate'],
      ['body-1 time-1', 'a rate per kg of body weight'],
      ['body-1', 'an amount per kg of body weight'],
    ]).get(others(taken));
    if (said !== undefined) return said;
  }
  return `a quantity in ${unit}`;
}

/** How a quantity of this unit may be written. @param {string} unit */
function example(unit) {
  return EXAMPLES.get(unit) ?? `5 ${unit}`;
}

/** @param {string} written @param {string} unit @param {number | undefined} molarMass */
function factorOf(written, unit, molarMass) {
  const source = takeApart(written);
  const target = takeApart(unit);
  if (key(source.powers) === key(target.powers)) return source.factor / target.factor;
  /** @type {Map<string, number>} */
  const mmol = new Map([['amount', 1]]);
  if (!unit.startsWith('mmol')) mmol.set('insulin', PMOL_PER_INSULIN_UNIT * 1e-9);
  if (molarMass !== undefined) mmol.set('mass', 1e3 / molarMass);
  const have = mmol.get(substance(source));
  const want = mmol.get(substance(target));
  if (have !== undefined && want !== undefined && others(source) === others(target)) {
    return (source.factor * have) / (target.factor * want);
  }
  throw wrong(`'${short(written)}' is the unit of ${kind(written)}, expected ${kind(unit)}`, {
    hint: `write it as in '${example(unit)}'`,
  });
}

/** The number, and the unit as written if there is one. @param {unknown} value @param {string} unit @returns {[number, string | undefined]} */
function split(value, unit) {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw wrong(`'${value}' must be finite`);
    return [value, undefined];
  }
  if (typeof value !== 'string') {
    throw wrong(`expected ${kind(unit)}, got ${typeof value === 'boolean' ? value : `a ${typeof value}`}`);
  }
  const text = value.trim();
  const match = text.length <= 200 ? QUANTITY.exec(text) : null;
  if (match === null) throw wrong(`'${short(value)}' is not ${kind(unit)}`, { hint: numberHint(text, unit) });
  const number = Number(match[1]);
  if (!Number.isFinite(number)) throw wrong(`'${short(match[1])}' must be finite`);
  return [number, match[2]];
}

/** Why a text is no quantity, as far as one can guess. @param {string} text @param {string} unit */
function numberHint(text, unit) {
  if (/^[+-]?\d+,\d+(?!\w)/.test(text)) return `use a point, as in '${short(text.replaceAll(',', '.'))}'`;
  if (/^\d{1,2}:\d{2}$/.test(text)) {
    const [hours, minutes] = text.split(':').map(Number);
    return `give hours as a number, as in '${Number((hours + minutes / 60).toPrecision(6))} h'`;
  }
  if (text.includes('_') || /^[+-]?0\d/.test(text)) {
    return "expected a number in plain digits, without '_' or leading zeros";
  }
  return `expected a number, with its unit, such as '${example(unit)}'`;
}

/** @param {unknown} value @param {string} unit @param {number | undefined} molarMass */
function convert(value, unit, molarMass) {
  const [number, written] = split(value, unit);
  return written === undefined ? number : number * factorOf(written, unit, molarMass);
}

/**
 * "75 g" or a bare number as a number in `unit`; "1" also takes percent. Where `unit` counts mmol, or mg per kg, the
 * substance is glucose unless told otherwise (`molarMass` in g/mol).
 * @param {unknown} value @param {string} unit @param {{molarMass?: number}} [more]
 */
export function parseQuantity(value, unit, { molarMass } = {}) {
  if (molarMass === undefined && (unit.startsWith('mmol') || unit.startsWith('mg/kg'))) {
    molarMass = MOLAR_MASS.get('glucose');
  }
  return convert(value, unit, molarMass);
}

/**
 * "1 mU/kg/min", "5 g/h" or a bare number as a rate in `unit`, such as "pmol/min"; per kg it stays {value, per_kg}.
 * @param {unknown} value @param {string} unit @param {{molarMass?: number}} [more]
 * @returns {number | {value: number, per_kg: true}}
 */
export function parseRate(value, unit, more = {}) {
  const [, written] = split(value, unit);
  if (written === undefined || takeApart(written).powers.get('body') !== -1) {
    return parseQuantity(value, unit, more);
  }
  const [amount, time] = unit.split('/');
  return { value: parseQuantity(value, `${amount}/kg/${time}`, more), per_kg: true };
}

/** A quantity in the unit of an observable: "100 mg/dL" for "glucose_mmol_l" is 5.55. @param {unknown} value @param {string} column */
export function parseForColumn(value, column) {
  const named = [...MOLAR_MASS].find(([name]) => column.startsWith(`${name}_`));
  return convert(value, displayUnit(column), named?.[1]);
}

/** The unit a column's name ends in ("glucose_mmol_l" -> "mmol/L"); "1" if it has none. @param {string} column */
export function displayUnit(column) {
  let found = '';
  for (const suffix of SUFFIXES.keys()) {
    if (column.endsWith(suffix) && suffix.length > found.length) found = suffix;
  }
  return SUFFIXES.get(found) ?? '1';
}

/** A column in the units of the United States: its name, its unit and what to multiply with; null if it has none. @param {string} column */
export function toUs(column) {
  const found = US.get(column);
  return found === undefined ? null : { name: found[0], unit: displayUnit(found[0]), factor: found[1] };
}

/** The unit in which a stretch from `start` to `stop` (min) is best told. @param {number} start @param {number} stop */
export function bestUnit(start, stop) {
  const span = stop - start;
  if (span <= 120) return 'min';
  if (span <= 2.5 * 1440) return 'h';
  if (span <= 28 * 1440) return 'd';
  return span <= 104 * 10080 ? 'weeks' : 'years';
}
