// @ts-check
/** The verdict: in a word with its sign, in a sentence computed from the run, and check by check. */

import { inWords } from '../../exchange/js/lab/words.js';
import { h } from './dom.js';
import { asWritten, duration, number, shown, shownUnit, technicalNames, tied } from './format.js';
import { language, t } from './texts.js';

/**
 * @typedef {import('./types.d.ts').CheckResult} CheckResult
 * @typedef {import('./types.d.ts').Judged} Judged
 * @typedef {import('./types.d.ts').Scenario} Scenario
 * @typedef {import('./types.d.ts').Verdict} Verdict
 * @typedef {import('./format.js').Units} Units
 */

/** @type {Record<Verdict, string>} */
const SIGNS = { holds: '✓', fails: '✗', vacuous: '○', inconclusive: '≈', error: '!' };

/** @param {Verdict} verdict */
export function badge(verdict) {
  return h('span', { class: `badge ${verdict}` }, h('span', { 'aria-hidden': 'true' }, SIGNS[verdict] ?? '?'), ' ', t(`verdict-${verdict}`));
}

/** By how much, in words. @param {Verdict} verdict @param {number | null} margin @param {string | null} unit */
export function marginWords(verdict, margin, unit) {
  if (verdict === 'vacuous') return t('margin-vacuous');
  if (verdict === 'error') return t('margin-error');
  if (margin === null) return '';
  const size = unit === 'min' && Math.abs(margin) >= 120
    ? duration(Math.abs(margin))
    : `${number(Math.abs(margin))} ${shownUnit(unit ?? '')}`.trim();
  return t(`margin-${verdict}`, { size });
}

/** The one observable, if a check looks at one only. @param {any} check @returns {string[]} */
function columnsIn(check) {
  /** @type {Set<string>} */
  const found = new Set();
  /** @param {any} node */
  const look = (node) => {
    if (typeof node === 'string' && /^[a-z0-9_]+_(mmol_l|pmol_l|nmol_l|ug_l|pmol_min|mmol_min|mj_day)$/.test(node)) found.add(node);
    else if (typeof node === 'object' && node !== null) Object.values(node).forEach(look);
  };
  look(check);
  return [...found];
}

/**
 * A sentence with its numbers in the units of the USA, where one observable alone has the unit.
 * @param {string} text @param {Scenario} scenario @param {string} id of the check it is about @param {Units} units
 */
export function inUnits(text, scenario, id, units) {
  if (units === 'si') return text;
  const check = scenario.checks.find((one) => one.id === id) ?? scenario.positive_control;
  const byUnit = new Map();
  for (const column of columnsIn(check)) {
    const { unit } = shown(column, 'si');
    byUnit.set(unit, byUnit.has(unit) ? null : shown(column, 'us'));
  }
  let out = text;
  for (const [unit, to] of byUnit) {
    if (to === null || to.factor === 1) continue;
    const escaped = unit.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    // "from 9.1 to 7.4 mmol/L": numbers before the unit, and those that share it
    const pattern = new RegExp(`((?:[−-]?\\d[\\d.\\u202f]*(?: to | and | against |, |–))*[−-]?\\d[\\d.\\u202f]*) ${escaped}(?![\\w/])`, 'g');
    out = out.replace(pattern, (_, numbers) => (
      `${numbers.replace(/[−-]?\d[\d.\u202f]*/g, (/** @type {string} */ one) => number(Number(one.replace('−', '-').replace(/\u202f/g, '')) * to.factor))} ${to.unit}`
    ));
  }
  return out;
}

/** English texts within a page in another language say so. */
function english() {
  return language() === 'en' ? null : 'en';
}

/** A word in the page's language before a statement. @param {string} key */
const tag = (key) => h('span', { class: 'tag', lang: language() }, t(key));

/** @param {Judged} judged @param {Scenario} scenario @param {Units} units */
export function verdictCard(judged, scenario, units) {
  const deciding = [...judged.checks, judged.positiveControl].find(({ id }) => id === judged.deciding);
  return h('div', { class: `verdict ${judged.verdict}` },
    badge(judged.verdict),
    deciding?.statement && h('p', { class: 'deciding', lang: english() }, deciding.kind === 'refuted' && tag('refutation'), tied(deciding.statement)),
    h('p', { class: 'sentence', lang: english() }, inUnits(judged.sentence, scenario, judged.deciding, units)),
    // the sentence has it too, in English
    language() !== 'en' && h('p', { class: 'margin' }, marginWords(judged.verdict, judged.margin, judged.unit)));
}

/** @param {Judged} judged @param {Scenario} scenario @param {Units} units */
export function checkTable(judged, scenario, units) {
  const results = [...judged.checks, judged.positiveControl];
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('checks-title') }, h('table', { class: 'checks' },
    h('caption', { class: 'unseen' }, t('checks-title')),
    h('thead', {}, h('tr', {}, ...['check', 'verdict', 'margin'].map((key) => h('th', { scope: 'col' }, t(`column-${key}`))))),
    h('tbody', {}, ...results.map((result) => h('tr', {},
      h('th', { scope: 'row', lang: english() },
        result === judged.positiveControl && tag('positive-control'), result.kind === 'refuted' && tag('refutation'), tied(result.statement ?? '') || (result === judged.positiveControl ? h('span', { lang: language() }, t('positive-control-plain')) : asWritten(result.id)),
        h('span', { class: 'says' }, inUnits(inWords(result.says, technicalNames(), Object.keys(scenario.arms)), scenario, result.id, units))),
      h('td', {}, badge(result.verdict)),
      h('td', { class: 'number' }, marginWords(result.verdict, result.margin, result.unit)))))));
}
