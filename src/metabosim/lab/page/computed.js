// @ts-check
/** What checks computed, as bars or a table (plots/computed.py has the same for print). */

import { asWritten, number, shown, shownUnit, technicalNames } from './format.js';
import { h } from './dom.js';
import { measureOfFeature } from '../../exchange/js/lab/quantities.js';
import { armsUsed } from '../../exchange/js/lab/vocabulary_use.js';
import { inWords } from '../../exchange/js/lab/words.js';
import { language, observableName, said, t } from './texts.js';

/**
 * @typedef {import('./bars.js').Bar} Bar
 * @typedef {import('./format.js').Units} Units
 * @typedef {import('./types.d.ts').Check} Check
 * @typedef {import('./types.d.ts').CheckResult} CheckResult
 * @typedef {import('./types.d.ts').Scenario} Scenario
 */

/** @typedef {{unit: string, bars: Bar[]}} Computed */

// features that have the unit of what they look at
const PLAIN = ['mean', 'value', 'final', 'peak', 'nadir', 'trough', 'fasting', 'minimum', 'maximum', 'change_from_baseline'];

/** The unit of a feature, and how its numbers come to it. @param {any} feature @param {CheckResult} result @param {Units} units */
function scaleOf(feature, result, units) {
  const kind = PLAIN.find((one) => typeof feature?.[one] === 'string');
  if (kind !== undefined && feature.as === undefined) return shown(feature[kind], units);
  // a margin that is told as a fold or a share has no unit, though the numbers have
  const own = typeof feature?.kind === 'string' ? measureOfFeature(feature).unit : result.unit ?? '';
  return { unit: shownUnit(own), factor: 1 };
}

/** An operand's name: the arm alone, where that tells it from the others. @param {string} name @param {string[]} all @param {string[]} arms @returns {[label: string, arm: string]} */
function operandName(name, all, arms) {
  /** @param {string} text */
  const armIn = (text) => arms.find((arm) => text === arm || text.endsWith(` (${arm})`) || text.includes(` (${arm}), `)) ?? '';
  const arm = armIn(name);
  if (arm !== '' && all.filter((one) => armIn(one) === arm).length === 1) return [asWritten(arm), arm];
  return [inWords(name, technicalNames(), arms), arm];
}

/** An observable's name within a line. @param {string} name */
const within = (name) => (language() === 'en' ? technicalNames()[name] : undefined) ?? observableName(name);

/** @param {string} label @param {number} value @param {number} [style] @returns {Bar} */
const bar = (label, value, style = 0) => ({ label, value, style });

/** @type {Record<string, (check: any, evidence: any, style: (arm: string) => number, order: string[]) => [feature: any, bars: Bar[]]>} */
const KINDS = {
  share_of: (_, { shares }) => [null, Object.entries(shares).map(([name, share], i) => bar(asWritten(name), 100 * share, 1 + i))],
  mediated_by: (check, evidence, style) => [check.feature, [
    bar(t('whole-effect'), evidence.total_effect, style(check.treated)),
    bar(t('through', { name: [check.mediators ?? check.mediator].flat().map((one) => within(one)).join(', ') }), evidence.total_through, 4),
    bar(t('past-it'), evidence.pure_direct, 6),
  ]],
  synergy: (check, evidence, style) => [check.feature, [
    bar(t('alone', { name: asWritten(check.a) }), evidence.effect_a, style(check.a)),
    bar(t('alone', { name: asWritten(check.b) }), evidence.effect_b, style(check.b)),
    bar(t('expected'), evidence.expected, -1),
    bar(asWritten(check.both), evidence.effect_both, style(check.both)),
  ]],
  self_reinforcing: (check, { closed, opened }, style) => [check.feature, [
    bar(asWritten(check.closed), closed, style(check.closed)),
    ...Object.entries(opened).map(([arm, { deviation }]) => bar(asWritten(arm), deviation, style(arm))),
  ]],
  biphasic: (check, { early, late }, style) => [check.early, [
    bar(t('early'), early.value - early.reference, style(check.arm)),
    bar(t('late'), late.value - late.reference, style(check.arm)),
  ]],
  dose_response: (check, { doses, effects }) => [check.feature, doses.map((/** @type {number} */ dose, /** @type {number} */ i) => (
    bar(`${number(dose)} ${shownUnit(check.unit ?? '')}`, effects[i], 1)))],
};

/** Numbers that a check read, each under its name. @param {any} check @param {any} evidence @param {(arm: string) => number} style @param {string[]} order of arms @returns {[any, Bar[]]} */
function readings(check, evidence, style, order) {
  const found = Object.entries(evidence).flatMap(([name, item]) => (
    typeof item === 'object' && item !== null && typeof item.value === 'number' && Number.isFinite(item.value)
      ? [{ name: name === 'seen' ? check.arm ?? item.arm ?? armsUsed(check)[0] ?? order[order.length - 1] : name, value: item.value }]
      : []));
  const names = found.map(({ name }) => name);
  const bars = found.map(({ name, value }) => {
    const [label, arm] = operandName(name, names, order);
    return bar(label, value, style(arm || name));
  });
  const operands = [check.feature, check.higher, ...(check.order ?? []), ...(check.between ?? []), check.what];
  return [operands.find((one) => typeof one === 'object' && one !== null), bars];
}

/**
 * The bars of a check; none, where there is nothing to draw.
 * @param {Check} check @param {CheckResult} result @param {Scenario} scenario @param {string[]} order of arms @param {Units} units
 * @returns {Computed | null}
 */
export function computedBars(check, result, scenario, order, units) {
  const inner = check.kind === 'refuted';
  const own = inner ? check.check : check;
  const evidence = inner ? result.evidence.inner : result.evidence;
  if (own === undefined || evidence === undefined || evidence === null) return null;
  const style = (/** @type {string} */ arm) => (order.includes(arm) ? order.indexOf(arm) % 10 : 0);
  try {
    const [feature, bars] = (KINDS[own.kind] ?? readings)(own, evidence, style, order);
    if (bars.length === 0 || bars.some(({ value }) => typeof value !== 'number')) return null;
    if (own.kind === 'share_of') return { unit: '%', bars };
    const { unit, factor } = scaleOf(feature, result, units);
    return { unit, bars: bars.map((one) => ({ ...one, value: one.value * factor })) };
  } catch (error) {
    if (error instanceof TypeError) return null; // evidence of a check that could not be judged
    throw error;
  }
}

const SIGNS = new Map([['+', '▲'], ['-', '▼'], ['0', '○']]);

/** What a cell shows, and by how much. @param {any} found */
function cell(found) {
  if (found === undefined) return h('td', {});
  const share = found.effect_share;
  // digits of next to nothing would look like an effect
  const size = typeof share !== 'number' ? '' : Math.abs(share) < 0.005 ? '≈ 0' : `${share > 0 ? '+' : ''}${number(100 * share)} %`;
  const differs = found.article !== null && found.article !== undefined && found.article !== found.shows;
  return h('td', {}, h('span', { class: 'cell' }, SIGNS.get(found.shows) ?? found.shows ?? '', ' ', size),
    differs && h('small', { class: 'differs' }, t('article-says', { said: SIGNS.get(found.article) ?? found.article })));
}

/**
 * A table check as a table: what the model shows, and where the article says otherwise. It stands so that it is
 * higher than wide: a page scrolls down.
 * @param {Check} check @param {CheckResult} result
 */
export function computedTable(check, result) {
  const cells = result.evidence?.cells;
  if (check.kind !== 'table' || cells === undefined) return null;
  const [rows, columns] = [Object.keys(cells), Object.keys(check.columns)];
  const turned = columns.length > rows.length;
  const [down, across] = turned ? [columns, rows] : [rows, columns];
  const signs = Object.values(cells).some((row) => Object.values(row).some(({ shows }) => SIGNS.has(shows)));
  return h('div', {}, h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': said(check.statement ?? check.id) }, h('table', { class: 'effects' },
    h('caption', { class: 'unseen' }, said(check.statement ?? '')),
    h('thead', {}, h('tr', {}, h('td', {}), ...across.map((name) => h('th', { scope: 'col' }, asWritten(name))))),
    h('tbody', {}, ...down.map((one) => h('tr', {}, h('th', { scope: 'row' }, asWritten(one)),
      ...across.map((other) => cell(turned ? cells[other][one] : cells[one][other]))))))),
  signs && h('p', { class: 'hint' }, t('effects-key')));
}
