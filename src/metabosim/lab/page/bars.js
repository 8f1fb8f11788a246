// @ts-check
/** A few numbers as bars, with what was asked of them. They are text and rules, so that everybody can read them. */

import { h } from './dom.js';
import { quantity } from './format.js';

/**
 * @typedef {object} Bar
 * @property {string} label
 * @property {number} value
 * @property {number} style
 */

/**
 * @param {string} title @param {string} unit @param {Bar[]} bars @param {Bar[]} [ghosts] what they were before
 */
export function barList(title, unit, bars, ghosts = []) {
  const values = [...bars, ...ghosts].map(({ value }) => value).filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const span = Math.max(0, ...values) - low || 1;
  /** @param {number} value */
  const place = (value) => `left:${((Math.min(value, 0) - low) / span) * 100}%;width:${(Math.abs(value) / span) * 100}%`;
  return h('figure', { class: 'bars' },
    h('figcaption', {}, h('span', { class: 'chart-title' }, title)),
    h('ul', {}, ...bars.map(({ label, value, style }, i) => {
      const track = h('span', { class: 'track', 'aria-hidden': 'true' });
      const ghost = ghosts[i];
      if (ghost !== undefined && Number.isFinite(ghost.value)) track.append(styled(h('span', { class: 'bar ghost' }), place(ghost.value)));
      if (Number.isFinite(value)) track.append(styled(h('span', { class: style < 0 ? 'bar expected' : `bar arm-${style}` }), place(value)));
      if (low < 0) track.append(styled(h('span', { class: 'zero' }), `left:${(-low / span) * 100}%`));
      return h('li', {}, h('span', { class: 'bar-label' }, label), track, h('span', { class: 'bar-value' }, quantity(value, unit)));
    })));
}

/** Set by script: the page's policy lets no style attribute through. @template {HTMLElement} E @param {E} element @param {string} style @returns {E} */
function styled(element, style) {
  element.style.cssText = style;
  return element;
}
