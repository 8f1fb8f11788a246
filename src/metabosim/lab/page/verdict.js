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
 * How a check's units are shown in the USA: only those that one observable alone has.
 * @param {Scenario} scenario @param {string} id of the check @param {Units} units
 * @returns {Map<string, import('./format.js').Shown>} by the unit that the model has
 */
function conversions(scenario, id, units) {
  /** @type {Map<string, import('./format.js').Shown>} */
  const found = new Map();
  if (units === 'si') return found;
  const check = scenario.checks.find((one) => one.id === id) ?? scenario.positive_control;
  const columns = columnsIn(check);
  for (const column of columns) {
    const { unit } = shown(column, 'si');
    const to = shown(column, 'us');
    if (to.factor !== 1 && columns.every((other) => other === column || shown(other, 'si').unit !== unit)) found.set(unit, to);
  }
  return found;
}

// "compensating 5.25, lean 5.07 mmol/L: 0.183 higher": what a number without a unit of its own is followed by
const BARE = /(?:[,:;)]|$| \(| (?:higher|lower|apart|better|worse|against|and|in|at|a day)\b| to \S+ over\b)/y;
const NUMBER = /(?<![\w.,\u202f-])[−+-]?\d[\d\u202f]*(?:[.,]\d+)?(?:e[+-]\d+)?(?![\w\u202f-])/g;

/**
 * A text with its numbers in the units of the USA, where one observable alone has the unit.
 * @param {string} text @param {Scenario} scenario @param {string} id of the check it is about @param {Units} units
 * @param {boolean} [judged] whether a judge wrote it, in whose sentences numbers share a unit
 */
export function inUnits(text, scenario, id, units, judged = true) {
  const all = conversions(scenario, id, units);
  let out = text;
  for (const [unit, to] of all) {
    const named = `${unit.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w/·*])`;
    if (!new RegExp(`\\d ${named}`).test(out)) continue;
    const before = out;
    /** @param {RegExp} pattern @param {number} at */
    const next = (pattern, at) => { pattern.lastIndex = at; return pattern.test(before); };
    const own = new RegExp(` ${named}`, 'y');
    const shared = new RegExp(`(?:,| to| and| against|–) ?[−-]?[\\d.,\u202f]+ ${named}`, 'y'); // "from 9.1 to 7.4 mmol/L"
    out = before.replace(NUMBER, (figures, offset) => {
      const end = offset + figures.length;
      if (!next(own, end) && !next(shared, end) && !(judged && all.size === 1 && next(BARE, end))) return figures;
      const value = Number(figures.replace('−', '-').replace(',', '.').replaceAll('\u202f', ''));
      return `${figures.startsWith('+') ? '+' : ''}${number(value * to.factor)}`;
    }).replace(new RegExp(`(\\d) ${named}`, 'g'), (_, figure) => `${figure} ${to.unit}`);
  }
  return out;
}

/** A margin in words, in the units chosen. @param {CheckResult | Judged} result @param {string} id of its check @param {Scenario} scenario @param {Units} units */
function marginIn({ verdict, margin, unit }, id, scenario, units) {
  const to = conversions(scenario, id, units).get(shownUnit(unit ?? ''));
  return to === undefined || margin === null
    ? marginWords(verdict, margin, unit)
    : marginWords(verdict, margin * to.factor, to.unit);
}

/**
 * What was found, as a sentence with the verdict and by how much.
 * @param {Judged} judged @param {Scenario} scenario @param {Units} units
 */
export function sentence(judged, scenario, units) {
  const text = inLanguage(inUnits(judged.says, scenario, judged.deciding, units), Object.keys(scenario.arms));
  const margin = marginIn(judged, judged.deciding, scenario, units);
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
    deciding?.statement && h('p', { class: 'deciding', lang: tongue(deciding.statement) }, deciding.kind === 'refuted' && tag('refutation'), inUnits(tied(said(deciding.statement)), scenario, judged.deciding, units, false)),
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
        result === judged.positiveControl && tag('positive-control'), result.kind === 'refuted' && tag('refutation'), inUnits(tied(said(result.statement ?? '')), scenario, result.id, units, false) || (result === judged.positiveControl ? h('span', { lang: language() }, t('positive-control-plain')) : asWritten(result.id)),
        found(result, scenario, units)),
      h('td', {}, badge(result.verdict)),
      h('td', { class: 'number' }, marginIn(result, result.id, scenario, units)))))));
}
