// @ts-check
/** Elements made without markup: every text is set as text, so that nothing loaded is ever run. */

import { said, t, tongue } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {string | number | Node | null | undefined | false} Child
 * @typedef {Record<string, unknown>} Attributes `on...` are listeners, others attributes; false and null leave out
 */

/**
 * @template {Element} E
 * @param {E} element @param {Attributes} attributes @param {Child[]} children
 * @returns {E}
 */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on') && typeof value === 'function') {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  put(element, children);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Attributes} [attributes] @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * An element with a text of a scenario, in the page's language or marked as English.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Attributes} attributes @param {string} text @param {(text: string) => string} [form] of the text
 * @returns {HTMLElementTagNameMap[K]}
 */
export function saying(tag, attributes, text, form = (one) => one) {
  return h(tag, { lang: tongue(text), ...attributes }, form(said(text)));
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Attributes} [attributes] @param {Child[]} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** @param {Element} element @param {Child[]} children */
export function put(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** @template {Element} E @param {E} element @param {Child[]} children @returns {E} */
export function refill(element, ...children) {
  element.replaceChildren();
  put(element, children);
  return element;
}

/** A line that is seen while a view is waiting for the model. */
export function running() {
  return h('p', { class: 'running', role: 'status' }, t('running'));
}

let last = 0;

/** A name no other element has. @param {string} what */
export function freshId(what) {
  last += 1;
  return `${what}-${last}`;
}

/** @type {HTMLElement | null} */
let speaker = null;

/** Say something to who listens to the page. @param {string} text */
export function say(text) {
  if (speaker === null) {
    speaker = h('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
    document.body.append(speaker);
  }
  speaker.textContent = text;
}
