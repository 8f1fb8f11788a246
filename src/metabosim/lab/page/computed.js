// @ts-check
/** What checks computed, as bars or a table (plots/computed.py has the same for print). */

import { asWritten, number, shown, shownUnit } from './format.js';
import { h } from './dom.js';
import { nameOf, t } from './texts.js';

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
  return { unit: shownUnit(result.unit ?? ''), factor: 1 };
}

/** @param {string} label @param {number} value @param {number} [style] @returns {Bar} */
const bar = (label, value, style = 0) => ({ label, value, style });

/** @type {Record<string, (check: any, evidence: any, style: (arm: string) => number) => [feature: any, bars: Bar[]]>} */
const KINDS = {
  share_of: (_, { shares }) => [null, Object.entries(shares).map(([name, share], i) => bar(asWritten(name), 100 * share, 1 + i))],
  mediated_by: (check, evidence, style) => [check.feature, [
    bar(t('whole-effect'), evidence.total_effect, style(check.treated)),
    bar(t('through', { name: [check.mediators ?? check.mediator].flat().map((one) => nameOf('observables', one)).join(', ') }), evidence.total_through, 4),
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

/** Numbers that a check read, each under its name. @param {any} check @param {any} evidence @param {(arm: string) => number} style @returns {[any, Bar[]]} */
function readings(check, evidence, style) {
  const bars = Object.entries(evidence).flatMap(([name, item]) => (
    typeof item === 'object' && item !== null && typeof item.value === 'number' && Number.isFinite(item.value)
      ? [bar(asWritten(name === 'seen' ? check.arm ?? item.arm ?? Object.keys(check.feature ?? { seen: 0 })[0] : name), item.value, style(name === 'seen' ? check.arm ?? item.arm : name))]
      : []));
  return [check.feature ?? check.higher ?? check.what, bars];
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
    const [feature, bars] = (KINDS[own.kind] ?? readings)(own, evidence, style);
    if (bars.length === 0 || bars.some(({ value }) => typeof value !== 'number')) return null;
    if (own.kind === 'share_of') return { unit: '%', bars };
    const { unit, factor } = scaleOf(feature, result, units);
    return { unit, bars: bars.map((one) => ({ ...one, value: one.value * factor })) };
  } catch (error) {
    if (error instanceof TypeError) return null; // evidence of a check that could not be judged
    throw error;
  }
}

const SIGNS = new Map([['+', '▲'], ['-', '▼'], ['0', '–']]);

/** A table check as a table: what the model shows, and where the article says otherwise. @param {Check} check @param {CheckResult} result */
export function computedTable(check, result) {
  const cells = result.evidence?.cells;
  if (check.kind !== 'table' || cells === undefined) return null;
  const columns = Object.keys(check.columns);
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': check.statement ?? check.id }, h('table', { class: 'effects' },
    h('caption', { class: 'unseen' }, check.statement ?? ''),
    h('thead', {}, h('tr', {}, h('td', {}), ...columns.map((name) => h('th', { scope: 'col' }, asWritten(name))))),
    h('tbody', {}, ...Object.entries(cells).map(([row, found]) => h('tr', {}, h('th', { scope: 'row' }, asWritten(row)),
      ...columns.map((name) => {
        const cell = found[name];
        if (cell === undefined) return h('td', {});
        const share = cell.effect_share;
        // digits of next to nothing would look like an effect
        const size = typeof share !== 'number' ? '' : Math.abs(share) < 0.005 ? '≈ 0' : `${share > 0 ? '+' : ''}${number(100 * share)} %`;
        const differs = cell.article !== null && cell.article !== undefined && cell.article !== cell.shows;
        return h('td', {}, h('span', { class: 'cell' }, SIGNS.get(cell.shows) ?? cell.shows ?? '', ' ', size),
          differs && h('small', { class: 'differs' }, t('article-says', { said: SIGNS.get(cell.article) ?? cell.article })));
      }))))));
}
