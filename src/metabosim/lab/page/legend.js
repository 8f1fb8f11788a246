// @ts-check
/** Which line is which: samples with names, which also switch lines off and on. */

import { aboutArm } from './about.js';
import { h, s } from './dom.js';
import { asWritten } from './format.js';
import { t } from './texts.js';

/** @param {number} style @param {string} role */
export function sample(style, role = 'now') {
  return s('svg', { class: 'sample', viewBox: '0 0 36 12', width: 36, height: 12, 'aria-hidden': 'true' },
    s('line', { class: `curve ${role} arm-${style}`, x1: 1, x2: 35, y1: 6, y2: 6 }));
}

/**
 * @param {object} of
 * @param {string[]} of.arms in the order of their styles
 * @param {import('./types.d.ts').Scenario} of.scenario
 * @param {string[]} of.hidden
 * @param {{ghost: 'ghost' | 'intact' | false, pin: boolean, sketch: boolean, meal: boolean, dose: boolean, asked: boolean}} of.also what else is drawn
 * @param {(arm: string) => void} of.toggle
 */
export function legend({ arms, scenario, hidden, also, toggle }) {
  return h('ul', { class: 'legend', 'aria-label': t('legend') },
    ...arms.map((arm, i) => h('li', {},
      h('button', { type: 'button', 'aria-pressed': String(!hidden.includes(arm)), onclick: () => toggle(arm) },
        sample(i % 10), h('span', {}, h('strong', {}, asWritten(arm)), aboutArm(scenario, arm).length > 0 && h('small', {}, ...aboutArm(scenario, arm)))))),
    also.meal && h('li', { class: 'key' }, s('svg', { viewBox: '0 0 12 12', width: 12, height: 12, 'aria-hidden': 'true' }, s('circle', { class: 'event meal', cx: 6, cy: 6, r: 4 })), t('event-meal')),
    also.dose && h('li', { class: 'key' }, s('svg', { viewBox: '0 0 12 12', width: 12, height: 12, 'aria-hidden': 'true' }, s('path', { class: 'event dose', d: 'M1,1h10l-5,10z' })), t('event-dose')),
    also.asked && h('li', { class: 'key' }, s('svg', { viewBox: '0 0 36 12', width: 36, height: 12, 'aria-hidden': 'true' }, s('line', { class: 'asked-line', x1: 1, x2: 35, y1: 6, y2: 6 })), t('legend-asked')),
    ...(['ghost', 'pin', 'sketch'].filter((key) => also[/** @type {keyof typeof also} */ (key)]).map((key) => (
      h('li', { class: 'key' }, sample(0, key), h('span', {}, t(`legend-${key === 'ghost' ? also.ghost : key}`)))))));
}
