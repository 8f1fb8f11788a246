// @ts-check
/** The wiring of the body, with the ways lit that a scenario is about. */

import { h, refill } from './dom.js';
import { asWritten } from './format.js';
import { language, nameOf, said, t } from './texts.js';

/**
 * @typedef {import('./types.d.ts').LabData} LabData
 * @typedef {import('./types.d.ts').Scenario} Scenario
 * @typedef {import('./types.d.ts').Arrow} Arrow
 */

const MOST = 3;

/** The levers that a scenario pulls or knocks out. @param {Scenario} scenario */
export function leversOf(scenario) {
  const changes = [...Object.values(scenario.arms), ...scenario.must_fail_when,
    ...scenario.must_fail_when.flatMap(({ replace }) => Object.values(replace ?? {}))];
  return [...new Set(changes.flatMap(({ levers, lifelong }) => [...Object.keys(levers ?? {}), ...Object.keys(lifelong ?? {})]))];
}

/** What a scenario holds. @param {Scenario} scenario */
function heldIn(scenario) {
  const changes = [...Object.values(scenario.arms), ...scenario.must_fail_when];
  const steps = changes.flatMap(({ protocol }) => protocol ?? []);
  return new Set(steps.flatMap((step) => ('hold' in step ? [String(step.hold.name)] : [])));
}

/** What its plots show. @param {Scenario} scenario */
function shownIn(scenario) {
  return new Set(scenario.plot.panels.flatMap(({ observables }) => observables));
}

/**
 * The loops and ways that a scenario is about, the nearest first, and the arrows of it that are pulled.
 * @param {Scenario} scenario @param {LabData['wiring']} wiring
 */
export function activeWays(scenario, wiring) {
  const levers = new Set(leversOf(scenario));
  const held = heldIn(scenario);
  const observed = shownIn(scenario);
  const lit = wiring.arrows.filter((arrow) => arrow.levers.some((lever) => levers.has(lever)) || held.has(arrow.from));
  const seen = new Set(wiring.nodes.filter(({ observable }) => observable !== null && observed.has(observable)).map(({ id }) => id));
  const drugs = Object.values(scenario.arms).some(({ protocol }) => (protocol ?? []).some((step) => 'dose' in step));
  const ranked = wiring.paths.map((path) => {
    const steps = path.nodes.map((node, i) => [node, path.nodes[i + 1] ?? (path.closed ? path.nodes[0] : '')]);
    const pulled = steps.filter(([from, to]) => lit.some((arrow) => arrow.from === from && arrow.to === to)).length;
    const looked = path.nodes.filter((node) => seen.has(node)).length;
    const given = drugs && path.nodes.some((node) => node.startsWith('drug')) ? 1 : 0;
    // much of the way is about the claim, rather than much of the claim about a long way
    return { path, score: pulled === 0 ? 0 : (2 * pulled + looked + given) / Math.sqrt(path.nodes.length) };
  }).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return { ways: ranked.slice(0, MOST).map(({ path }) => path), lit };
}

/**
 * A picture from text: parsed as XML and taken over without styles, scripts or links.
 * @param {string} text
 */
export function pictureOf(text) {
  const svg = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  const own = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(svg, true)));
  for (const element of own.querySelectorAll('style, script, metadata, a, image, use, foreignObject, .ground')) element.remove();
  own.removeAttribute('aria-labelledby');
  const title = own.querySelector('title')?.textContent ?? '';
  const described = own.querySelector('desc')?.textContent ?? title;
  own.setAttribute('aria-label', language() === 'en' ? described : said(title));
  // an arrow's own title is English
  if (language() !== 'en') for (const element of own.querySelectorAll('title, desc')) element.remove();
  inWords(own);
  for (const element of own.querySelectorAll('[id]')) element.removeAttribute('id');
  own.classList.add('wiring');
  return own;
}

/** Light the arrows that are pulled, and those between the nodes of the ways. @param {SVGElement} svg @param {Arrow[]} lit @param {Set<string>} nodes */
function light(svg, lit, nodes) {
  svg.classList.add('has-lit');
  for (const element of svg.querySelectorAll('[data-source]')) {
    const { source, target } = /** @type {SVGElement} */ (element).dataset;
    const pulled = lit.some((arrow) => arrow.from === source && (target === undefined || arrow.to === target));
    const on = nodes.has(source ?? '') && (target === undefined || nodes.has(target));
    if (pulled) element.classList.add('pulled');
    if (on || pulled) element.classList.add('lit');
  }
  for (const element of svg.querySelectorAll('[data-node]')) {
    if (nodes.has(/** @type {SVGElement} */ (element).dataset.node ?? '')) element.classList.add('lit');
  }
}

/** Texts in the page's language, levers as words; a sign before or behind stays. @param {SVGElement} svg */
function inWords(svg) {
  for (const text of svg.querySelectorAll('text')) {
    const written = text.textContent ?? '';
    const [, before, name, behind] = /^([+−±] )?(.*?)( [+−±])?$/.exec(written) ?? ['', '', written, ''];
    text.textContent = name.includes('_')
      ? written.replace(/[a-z0-9]+(_[a-z0-9]+)+/g, (one) => asWritten(one).replace(/^ffa\b/, 'fatty-acid'))
      : `${before ?? ''}${said(name)}${behind ?? ''}`;
  }
}

/** @param {Scenario} scenario @param {LabData} data @param {Record<string, string>} pictures */
export function wiringSection(scenario, data, pictures) {
  const { ways, lit } = activeWays(scenario, data.wiring);
  const nodes = new Set(ways.flatMap((way) => way.nodes));
  const whole = h('details', { class: 'whole-wiring' }, h('summary', {}, t('wiring-whole')));
  whole.addEventListener('toggle', () => {
    if (!whole.open || whole.querySelector('svg') !== null) return;
    const svg = pictureOf(pictures.body);
    light(svg, lit, nodes);
    whole.append(h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('wiring-whole') }, svg));
  });
  const stage = h('div', { class: 'scroll ways', tabindex: 0, role: 'group', 'aria-label': t('wiring-title') });
  const show = (/** @type {number} */ i) => {
    const svg = pictureOf(pictures[ways[i].id]);
    light(svg, lit, new Set());
    refill(stage, svg);
    tabs.querySelectorAll('button').forEach((button, k) => button.setAttribute('aria-pressed', String(k === i)));
  };
  const tabs = h('div', { class: 'tabs' }, ...ways.map((way, i) => (
    h('button', { type: 'button', onclick: () => show(i) }, nameOf('paths', way.id)))));
  if (ways.length > 0) show(0);
  return h('div', {}, h('p', { class: 'hint' }, ways.length > 0 ? t('wiring-hint') : t('wiring-none')), ways.length > 1 && tabs, ways.length > 0 && stage, whole);
}
