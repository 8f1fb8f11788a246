// @ts-check
/** The levers and everything else one can change, as controls that speak. */

import { freshId, h } from './dom.js';
import { number } from './format.js';
import { nameOf, t } from './texts.js';

/**
 * @typedef {import('./types.d.ts').LabData} LabData
 * @typedef {object} Slider
 * @property {HTMLElement} element
 * @property {(value: number) => void} set show a value, and tell nobody
 */

/** What a lever at a value means. @param {number} value */
export function leverWords(value) {
  if (value === 0) return t('lever-off');
  if (value === 1) return t('lever-as-is');
  return t('lever-times', { times: number(value) });
}

/**
 * @param {object} of
 * @param {string} of.label
 * @param {string} [of.hint]
 * @param {number} of.low @param {number} of.high @param {number} of.step
 * @param {number} of.value
 * @param {number} of.normal where reset leads
 * @param {(value: number) => string} of.words what a value means, shown and spoken
 * @param {(value: number) => void} of.oninput
 * @param {() => void} [of.onchange] when it is let go
 * @returns {Slider}
 */
export function slider({ label, hint, low, high, step, value, normal, words, oninput, onchange }) {
  const id = freshId('slider');
  const input = h('input', { type: 'range', id, min: low, max: high, step, 'aria-describedby': hint === undefined ? null : `${id}-hint` });
  const output = h('output', { for: id });
  const reset = h('button', { type: 'button', class: 'reset', title: t('reset-one'), 'aria-label': t('reset-named', { name: label }) }, '↺');
  const show = (/** @type {number} */ now) => {
    input.value = String(now);
    output.textContent = words(now);
    input.setAttribute('aria-valuetext', words(now));
    reset.hidden = now === normal;
    element.classList.toggle('moved', now !== normal);
    input.style.setProperty('--share', `${((now - low) / (high - low)) * 100}%`);
  };
  const element = h('div', { class: 'slider' },
    h('label', { for: id }, label), reset, output, input,
    hint !== undefined && h('p', { class: 'hint', id: `${id}-hint` }, hint));
  let held = false;
  input.addEventListener('pointerdown', () => { held = true; });
  for (const end of ['pointerup', 'pointercancel', 'blur']) input.addEventListener(end, () => { held = false; });
  input.addEventListener('input', () => {
    // a detent at the normal value, so that a finger finds it again; keys can be exact
    let now = Number(input.value);
    if (held && step < 0.1 && Math.abs(now - normal) < 1.5 * step) now = normal;
    show(now);
    oninput(now);
  });
  if (onchange) input.addEventListener('change', onchange);
  reset.addEventListener('click', () => {
    show(normal);
    oninput(normal);
    onchange?.();
    input.focus();
  });
  show(value);
  return { element, set: show };
}

/**
 * @param {object} of
 * @param {string} of.label
 * @param {[string, string][]} of.options values and what they are called
 * @param {string} of.value
 * @param {(value: string) => void} of.onchange
 */
export function choice({ label, options, value, onchange }) {
  const id = freshId('choice');
  const select = h('select', { id, onchange: () => onchange(select.value) },
    ...options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)));
  select.value = value;
  return h('div', { class: 'choice' }, h('label', { for: id }, label), select);
}

/**
 * Sliders for levers: the ones that matter here, and the others by organ.
 * @param {object} of
 * @param {LabData} of.data
 * @param {Record<string, string>} of.organs by lever
 * @param {string[]} of.first which come first
 * @param {Record<string, number>} of.values
 * @param {(name: string, value: number) => void} of.oninput
 * @param {() => void} of.onchange
 */
export function leverPanel({ data, organs, first, values, oninput, onchange }) {
  /** @type {Map<string, Slider>} */
  const sliders = new Map();
  const one = (/** @type {LabData['levers'][number]} */ lever) => {
    const made = slider({
      label: nameOf('levers', lever.name), low: lever.low, high: lever.high, step: 0.05,
      value: values[lever.name] ?? 1, normal: 1, words: leverWords, oninput: (value) => oninput(lever.name, value), onchange,
    });
    sliders.set(lever.name, made);
    return made.element;
  };
  const near = data.levers.filter(({ name }) => first.includes(name));
  const groups = grouped(data.levers.filter(({ name }) => !first.includes(name)), organs);
  const rest = h('details', { class: 'all-levers' }, h('summary', {}, t('all-levers')),
    ...[...groups].map(([organ, levers]) => h('fieldset', {}, h('legend', {}, nameOf('organs', organ)), ...levers.map(one))));
  return {
    element: h('div', { class: 'levers' }, ...near.map(one), rest),
    /** @param {Record<string, number>} now */
    set(now) {
      for (const [name, made] of sliders) made.set(now[name] ?? 1);
    },
  };
}

/** @param {LabData['levers']} levers @param {Record<string, string>} organs */
function grouped(levers, organs) {
  /** @type {Map<string, LabData['levers']>} */
  const groups = new Map();
  for (const lever of levers) groups.set(organs[lever.name], [...(groups.get(organs[lever.name]) ?? []), lever]);
  return groups;
}
