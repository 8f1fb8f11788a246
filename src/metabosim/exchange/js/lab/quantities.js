// @ts-check
/** Sizes and levels as an author writes them, and the units of features: scenario/vocabulary in JavaScript. */

import { wrong } from './faults.js';
import { MOLAR_MASS, displayUnit, parseForColumn, parseQuantity } from './units.js';

/**
 * @typedef {{value: number, relative: boolean}} Effect A size, or (`relative`) a share of a reference.
 * @typedef {{value: number, times: number}} Threshold A level: `times` the baseline + `value`.
 * @typedef {{kind: string, arm?: string, [field: string]: any}} Feature As read.js makes it.
 */

const FROM_BASELINE = /^(?:baseline(?:\s*([+-])\s*(.+))?|(\S+\s*%|\S+)\s*(?:of|x)\s*baseline)$/;

/** A size in the unit at hand. @param {Effect} effect @param {number} reference */
export function sizeOf({ value, relative }, reference) {
  return relative ? value * Math.abs(reference) : value;
}

/** A level in the unit at hand. @param {Threshold} threshold @param {number} baseline */
export function levelOf({ value, times }, baseline) {
  return times * baseline + value;
}

/** The unit of a number, and the column it comes from (whose substance has a molar mass). */
export class Measure {
  /** @param {string} unit @param {string} [column] */
  constructor(unit, column = '') {
    this.unit = unit;
    this.column = column;
  }

  /** A quantity in this unit; a mass counts as an amount where the column names a substance. @param {string | number} value */
  parse(value) {
    if (typeof value === 'string') {
      const text = value.trim();
      const at = text.indexOf(' ');
      const [figures, unit] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
      if (unit.replaceAll(' ', '') === this.unit) return parseQuantity(figures, '1');
    }
    if (this.column && this.unit === displayUnit(this.column)) return parseForColumn(value, this.column);
    if (this.unit.includes('*') || this.unit.split('/').length > 3) {
      if (typeof value === 'string') {
        throw wrong(`'${value}' is not in ${this.unit}`, { hint: `write it as '5 ${this.unit}'` });
      }
      return parseQuantity(value, '1');
    }
    const mass = [...MOLAR_MASS].find(([name]) => this.column.startsWith(name));
    return parseQuantity(value, this.unit, { molarMass: mass?.[1] });
  }

  /** A size such as "0.3 mmol/L"; "30 %" is always a share of the reference. @param {string | number} value @returns {Effect} */
  effect(value) {
    if (typeof value === 'string' && value.trim().endsWith('%')) {
      return { value: parseQuantity(value, '1'), relative: true };
    }
    return { value: this.parse(value), relative: false };
  }

  /** A level: "3.5 mmol/L", "baseline", "120 % of baseline", "baseline + 1 mmol/L". @param {string | number} value @returns {Threshold} */
  threshold(value) {
    if (typeof value !== 'string' || !value.includes('baseline')) return { value: this.parse(value), times: 0 };
    const match = FROM_BASELINE.exec(value.trim());
    if (match === null) {
      throw wrong(`'${value}' is no level`, {
        hint: "say '120 % of baseline', 'baseline + 1 mmol/L' or a quantity",
      });
    }
    if (match[3]) return { value: 0, times: parseQuantity(match[3], '1') };
    if (!match[2]) return { value: 0, times: 1 };
    const sign = match[1] === '-' ? -1 : 1;
    const step = this.effect(match[2]);
    return step.relative
      ? { value: 0, times: 1 + sign * step.value }
      : { value: sign * step.value, times: 1 };
  }
}

export const NUMBER = new Measure('1');
export const MINUTES = new Measure('min');

/** Unit and column of an observable. @param {string} observable */
export function measureOf(observable) {
  return new Measure(displayUnit(observable), observable);
}

/** The unit of a time integral: "mmol/min" gives "mmol", "mmol/L" gives "mmol/L*min". @param {string} unit */
function integrated(unit) {
  for (const per of ['/min', '/d']) if (unit.endsWith(per)) return unit.slice(0, -per.length);
  return `${unit}*min`;
}

const TIMES = new Set([
  'time_to_peak', 'time_to_trough', 'settling_time', 'time_in_range', 'time_below', 'time_above',
  'half_effect_time', 'half_life', 'lag',
]);
const NUMBERS = new Set([
  'fold_change', 'pulse_count', 'first_to_second_phase', 'homa_ir', 'insulin_sensitivity', 'ratio', 'share_lost',
]);
const AREAS = new Set(['auc', 'iauc', 'pulse_mass']);

/** The column a feature reads; "" if none. @param {Feature} feature @returns {string} */
export function observableOf(feature) {
  const value = feature[feature.kind];
  return typeof value === 'string' ? value : '';
}

/** Unit and column of a feature's number. @param {Feature} feature @returns {Measure} */
export function measureOfFeature(feature) {
  const { kind } = feature;
  if (TIMES.has(kind)) return MINUTES;
  if (NUMBERS.has(kind)) return NUMBER;
  if (kind === 'infusion' || kind === 'm_value') return new Measure('mg/kg/min', 'glucose');
  if (kind === 'half_effect_level') return measureOf(feature.of);
  if (kind === 'difference') return measureOfFeature(feature.difference.of);
  if (kind === 'sum') return measureOfFeature(feature.sum[0]);
  if (kind === 'times') {
    return feature.times.unit ? new Measure(feature.times.unit) : measureOfFeature(feature.times.of);
  }
  if (kind === 'half_effect_dose') return new Measure(feature.half_effect_dose.unit);
  const observable = observableOf(feature);
  const unit = displayUnit(observable);
  if (AREAS.has(kind)) return new Measure(integrated(unit), observable);
  if (kind === 'slope') return new Measure(`${unit}/d`);
  if ((kind === 'change' || kind === 'change_from_baseline') && feature.as !== 'absolute') return NUMBER;
  return new Measure(unit, observable);
}
