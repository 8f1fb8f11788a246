// @ts-check
/** Numbers, times and units as one would say them. */

import { asWritten as plainly } from '../../exchange/js/lab/words.js';
import { decimalSign, said, t } from './texts.js';

/**
 * @typedef {'si' | 'us'} Units
 * @typedef {object} Shown How an observable is shown.
 * @property {string} unit
 * @property {number} factor from the unit it is computed in
 */

/** What an arm, a knock-out or a check is called. @param {string} name */
export function asWritten(name) {
  return said(plainly(name));
}

export const MINUTES = { min: 1, h: 60, d: 1440, weeks: 10080, years: 525600 };
/** @typedef {keyof typeof MINUTES} TimeUnit */

/** @type {Record<string, {unit: string, us: Shown}>} */
let observables = {};

/** @param {Record<string, {unit: string, us: Shown}>} declared every observable's unit, and what it is in the USA */
export function setObservables(declared) {
  observables = declared;
}

/** @type {Record<string, string>} */
let technical = {};

/** @param {Record<string, string>} words names with a `_` in words */
export function setTechnicalNames(words) {
  technical = words;
}

export function technicalNames() {
  return technical;
}

/** @param {string} unit */
export function shownUnit(unit) {
  if (unit === '1' || unit === 'dimensionless') return '';
  return unit.replace('ug', 'µg').replace('uU', 'µU').replace('*', '·').replace(/\/d$/, t('per-day'));
}

/** @param {string} column @param {Units} units @returns {Shown} */
export function shown(column, units) {
  const declared = Object.hasOwn(observables, column) ? observables[column] : undefined;
  if (declared === undefined) return { unit: column.startsWith('drug_') ? 'nmol/L' : '', factor: 1 };
  const { unit, factor } = units === 'us' ? declared.us : { unit: declared.unit, factor: 1 };
  return { unit: shownUnit(unit), factor };
}

/** Three digits, thin spaces, a true minus. @param {number} value */
export function number(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const text = size >= 1000
    ? Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f')
    : plain(Number(value.toPrecision(3)));
  return text.replace('-', '−').replace('.', decimalSign());
}

/** A text with the language's decimal sign. @param {string} text */
export function decimals(text) {
  return text.replace(/(?<=\d)\.(?=\d)/g, decimalSign());
}

/** @param {number} value */
function plain(value) {
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(1) : String(value);
}

/** @param {number} value @param {string} unit */
export function quantity(value, unit) {
  return unit === '' ? number(value) : `${number(value)} ${unit}`;
}

/** The unit in which a stretch of time is told. @param {number} start @param {number} stop @returns {TimeUnit} */
export function bestUnit(start, stop) {
  const span = Math.max(stop - start, 0);
  if (span >= 2 * MINUTES.years) return 'years';
  if (span >= 4 * MINUTES.weeks) return 'weeks';
  if (span > 2 * MINUTES.d) return 'd';
  return span > 120 ? 'h' : 'min';
}

/** A stretch of time. @param {number} minutes */
export function duration(minutes) {
  const unit = bestUnit(0, Math.abs(minutes));
  return `${number(minutes / MINUTES[unit])} ${t(`unit-${unit}`)}`;
}

/** A moment of a run: the clock within days, else how long it is. @param {number} minutes @param {boolean} clock @param {TimeUnit} unit */
export function moment(minutes, clock, unit) {
  if (clock && (unit === 'h' || unit === 'min')) {
    const whole = Math.round(minutes);
    const day = Math.floor(whole / 1440);
    const text = `${two(Math.floor((whole % 1440) / 60))}:${two(whole % 60)}`;
    return day > 0 ? t('day-and-time', { day: day + 1, time: text }) : text;
  }
  return `${number(minutes / MINUTES[unit])} ${t(`unit-${unit}`)}`;
}

/** A text that may be a part of a sentence, as one of its own. @param {string} text */
export function asSentence(text) {
  // what has a capital further on is written so: "pH", "mRNA"
  const first = /^[a-z][a-z]*\b/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
  return first === '' || /[.!?]$/.test(first) ? first : `${first}.`;
}

/** A text whose numbers keep their per cent. @param {string} text */
export function tied(text) {
  return text.replace(/(\d) %/g, '$1\u00a0%');
}

/** @param {number} value */
export function two(value) {
  return String(value).padStart(2, '0');
}
