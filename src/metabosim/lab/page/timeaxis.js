// @ts-check
/** Time axes: ticks that people count in, and what they say (as plots/time_axis.py has it for print). */

import { MINUTES, number, two } from './format.js';
import { t } from './texts.js';

/** @typedef {import('./format.js').TimeUnit} TimeUnit */

/** @type {Record<TimeUnit, number[]>} */
const STEPS = {
  min: [1, 5, 10, 15, 30, 60],
  h: [0.25, 0.5, 1, 2, 3, 4, 6, 12, 24],
  d: [0.5, 1, 2, 7, 14, 28],
  weeks: [1, 2, 4, 8, 13, 26],
  years: [0.5, 1, 2, 5],
};

/**
 * Minutes at which ticks stand: whole steps of the unit, at most `most`.
 * @param {number} start @param {number} stop @param {TimeUnit} unit @param {number} most
 */
export function ticks(start, stop, unit, most) {
  const steps = STEPS[unit].map((step) => step * MINUTES[unit]);
  let step = steps.find((one) => (stop - start) / one <= most) ?? steps[steps.length - 1];
  while ((stop - start) / step > most) step *= 2;
  const found = [];
  for (let n = Math.ceil(start / step - 1e-9); n * step <= stop + 1e-6; n++) found.push(n * step);
  return found;
}

/** @param {number} minutes @param {TimeUnit} unit @param {boolean} clock */
export function tickText(minutes, unit, clock) {
  if (clock && (unit === 'h' || unit === 'min')) {
    const whole = Math.round(minutes);
    const day = Math.floor(whole / 1440);
    if (whole % 1440 === 0 && day > 0) return t('day', { day: day + 1 });
    return `${two(Math.floor((whole % 1440) / 60))}:${two(whole % 60)}`;
  }
  return number(minutes / MINUTES[unit]);
}

/** @param {TimeUnit} unit @param {boolean} clock */
export function axisTitle(unit, clock) {
  return clock && (unit === 'h' || unit === 'min') ? t('axis-clock') : t(`axis-${unit}`);
}
