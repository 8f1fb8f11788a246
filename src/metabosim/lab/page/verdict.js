// @ts-check
/** The verdict: in a word with its sign, in a sentence computed from the run, and check by check. */

import { inWords } from '../../exchange/js/lab/words.js';
import { h } from './dom.js';
import { inLanguage } from './judgement.js';
import { asWritten, duration, number, shown, shownUnit, technicalNames, tied } from './format.js';
import { language, said, t, tongue } from './texts.js';

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

/**
 * What was found, as a sentence with the verdict and by how much.
 * @param {Judged} judged @param {Scenario} scenario @param {Units} units
 */
export function sentence(judged, scenario, units) {
  const text = inLanguage(inUnits(judged.says, scenario, judged.deciding, units), Object.keys(scenario.arms));
  const margin = marginWords(judged.verdict, judged.margin, judged.unit);
  if (text !== null) {
    const verdict = t(`verdict-${judged.verdict}`);
    return h('p', { class: 'sentence' }, `${verdict[0].toUpperCase()}${verdict.slice(1)}${margin ? ` (${margin})` : ''}: ${text}.`);
  }
  const english = h('p', { class: 'sentence', lang: language() === 'en' ? null : 'en' }, inUnits(judged.sentence, scenario, judged.deciding, units));
  // in another language the sentence has the margin in English only
  return language() === 'en' ? english : h('div', {}, english, h('p', { class: 'margin' }, margin));
}

/** What a check found. @param {CheckResult} result @param {Scenario} scenario @param {Units} units */
function found(result, scenario, units) {
  const arms = Object.keys(scenario.arms);
  const text = inLanguage(inUnits(result.says, scenario, result.id, units), arms);
  if (text !== null) return h('span', { class: 'says', lang: language() }, text);
  return h('span', { class: 'says', lang: 'en' }, inUnits(inWords(result.says, technicalNames(), arms), scenario, result.id, units));
}

/** A word in the page's language before a statement. @param {string} key */
const tag = (key) => h('span', { class: 'tag', lang: language() }, t(key));

/** @param {Judged} judged @param {Scenario} scenario @param {Units} units */
export function verdictCard(judged, scenario, units) {
  const deciding = [...judged.checks, judged.positiveControl].find(({ id }) => id === judged.deciding);
  return h('div', { class: `verdict ${judged.verdict}` },
    badge(judged.verdict),
    deciding?.statement && h('p', { class: 'deciding', lang: tongue(deciding.statement) }, deciding.kind === 'refuted' && tag('refutation'), tied(said(deciding.statement))),
    sentence(judged, scenario, units));
}

/** @param {Judged} judged @param {Scenario} scenario @param {Units} units */
export function checkTable(judged, scenario, units) {
  const results = [...judged.checks, judged.positiveControl];
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('checks-title') }, h('table', { class: 'checks' },
    h('caption', { class: 'unseen' }, t('checks-title')),
    h('thead', {}, h('tr', {}, ...['check', 'verdict', 'margin'].map((key) => h('th', { scope: 'col' }, t(`column-${key}`))))),
    h('tbody', {}, ...results.map((result) => h('tr', {},
      h('th', { scope: 'row', lang: tongue(result.statement ?? '') },
        result === judged.positiveControl && tag('positive-control'), result.kind === 'refuted' && tag('refutation'), tied(said(result.statement ?? '')) || (result === judged.positiveControl ? h('span', { lang: language() }, t('positive-control-plain')) : asWritten(result.id)),
        found(result, scenario, units)),
      h('td', {}, badge(result.verdict)),
      h('td', { class: 'number' }, marginWords(result.verdict, result.margin, result.unit)))))));
}
