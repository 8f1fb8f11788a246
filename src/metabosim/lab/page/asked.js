// @ts-check
/** What checks ask of a course, as lines and bands to be drawn over the stretch they look at (plots/marks.py for print). */

import { levelOf, measureOf, measureOfFeature, observableOf, sizeOf } from '../../exchange/js/lab/quantities.js';
import { checkWindows, observing, ranked, windowsOf } from '../../exchange/js/lab/vocabulary_use.js';
import { asWritten, quantity, shown } from './format.js';
import { t } from './texts.js';

/**
 * @typedef {import('./format.js').Units} Units
 * @typedef {import('./types.d.ts').Check} Check
 * @typedef {import('./types.d.ts').CheckResult} CheckResult
 * @typedef {import('./panels.js').Runs} Runs
 */

/**
 * @typedef {object} Asked A line, or a band where `low` and `high` differ.
 * @property {number} low in the unit shown
 * @property {number} high
 * @property {number} start min
 * @property {number} stop
 * @property {string} label
 */

/**
 * @typedef {object} Place Where marks are drawn.
 * @property {string} observable
 * @property {Units} units
 * @property {[number, number]} window min, of the graph
 * @property {'mean' | 'fasting' | null} daily what a day is drawn as; null if the course itself is
 * @property {string[]} order of the arms, the control first
 * @property {Runs} runs
 */

const SHORTEST = 0.05; // of the graph's width, which a level for a moment is drawn over
// features whose numbers are values of the course, and which of them are seen where a day is one point
const DRAWN = new Map([['value', null], ['final', null], ['mean', 'mean'], ['fasting', 'fasting'], ['peak', ''], ['trough', '']]);

/** @typedef {import('../../exchange/js/lab/quantities.js').Feature} Feature */
/** @typedef {{from: number, to: number, text: (level: (value: number) => string) => string, when: any[]}} Found `from`..`to` in the inside unit */

/** Whether a feature's number is a height on this graph. @param {Feature | undefined} feature @param {Place} place */
function isHeight(feature, { observable, daily }) {
  if (feature === undefined || !DRAWN.has(feature.kind) || observableOf(feature) !== observable) return false;
  const seen = feature.daily ?? DRAWN.get(feature.kind);
  return daily === null ? feature.daily === undefined : seen === null || seen === daily;
}

/** The numbers a comparison read, in its own order. @param {Record<string, any>} evidence @returns {number[]} */
function numbersIn(evidence) {
  return Object.values(evidence).filter((item) => typeof item?.value === 'number').map(({ value }) => value);
}

/** A level that is written without a baseline. @param {any} text @param {string} observable @returns {number | null} */
function plainLevel(text, observable) {
  if (text === undefined) return null;
  const level = measureOf(observable).threshold(text);
  return level.times === 0 ? levelOf(level, 0) : null;
}

/** @type {Record<string, (check: any, evidence: any, place: Place) => Found[]>} */
const KINDS = {
  stays_above: stays,
  stays_below: stays,
  stays_between: stays,
  lies_between(check, { bounds }, place) {
    if (!isHeight(check.feature, place)) return [];
    const when = checkWindows(check);
    const of = whose(check.arm ?? check.feature.arm ?? '', check.feature, place);
    if (check.at_least !== undefined && check.at_most !== undefined) return [band(bounds[0], bounds[1], when, of)];
    return [line(bounds[0], check.at_least !== undefined ? 'asked-least' : 'asked-most', when, of)];
  },
  returns_within(check, { baseline, band: size }, { observable }) {
    if (check.observable !== observable) return [];
    // it may be back sooner, but from here on it must be
    const back = check.after + check.within;
    return [around(baseline, size, t('asked-baseline'), [{ start: back, stop: back + check.and_stays, arms: [], grid: 1 }])];
  },
  when_then(check, { level }, { observable }) {
    const found = [];
    for (const [condition, value] of [[check.when, plainLevel(check.when.above ?? check.when.below, check.when.observable)], [check.then, level]]) {
      if (condition.observable !== observable || value === null) continue;
      const key = condition === check.when ? 'asked-when' : 'asked-then';
      const side = condition.above !== undefined ? 'asked-over' : 'asked-under';
      found.push({ from: value, to: value, when: checkWindows(check), text: (/** @type {(value: number) => string} */ of) => t(key, { text: t(side, { level: of(value) }) }) });
    }
    return found;
  },
  unchanged(check, evidence, place) {
    const operand = (check.between ?? []).find((/** @type {any} */ one) => typeof one !== 'string');
    const [, other] = numbersIn(evidence);
    if (other === undefined || !isHeight(operand ?? check.feature, place)) return [];
    const second = check.between?.[1] ?? check.versus ?? place.order[0];
    const name = typeof second === 'string' ? second : second.arm ?? '';
    const of = name === 'baseline' ? t('asked-baseline') : asWritten(name);
    return [around(other, evidence.within, of, checkWindows(check))];
  },
  rises: moves,
  falls: moves,
  compare(check, evidence, place) {
    const operands = ranked(check).map((one) => (typeof one === 'string' ? { arm: one, feature: check.feature } : { arm: one.arm ?? '', feature: one }));
    const [high, low] = numbersIn(evidence);
    if (operands.length !== 2 || low === undefined || !operands.every(({ feature }) => isHeight(feature, place))) return [];
    const least = check.by_at_least === undefined ? { value: 0, relative: false } : measureOfFeature(operands[0].feature).effect(check.by_at_least);
    const fold = Math.max(check.by_fold ?? 1, least.relative ? 1 + least.value : 1);
    const size = least.relative ? 0 : least.value;
    // what is compared with stays where it is: the line is drawn for the later arm
    const [mine] = place.order.indexOf(operands[0].arm) >= place.order.indexOf(operands[1].arm) ? operands : [operands[1]];
    const upper = mine === operands[0];
    const level = upper ? Math.max(low + size, low * fold) : Math.min(high - size, high / fold);
    return [line(level, upper ? 'asked-least' : 'asked-most', windowsOf(mine.feature, [mine.arm]), whose(mine.arm, mine.feature, place))];
  },
};

/** @param {number} value @param {string} key of the phrase @param {any[]} when @param {string} [of] whose it is @returns {Found} */
function line(value, key, when, of = '') {
  return { from: value, to: value, when, text: (level) => named(of, t(key, { level: level(value) })) };
}

/** @param {number} low @param {number} high @param {any[]} when @param {string} [of] whose it is @returns {Found} */
function band(low, high, when, of = '') {
  return { from: low, to: high, when, text: (level) => named(of, t('asked-between', { low: level(low).replace(/ .*/, ''), high: level(high) })) };
}

/** @param {number} middle @param {number} size @param {string} of @param {any[]} when @returns {Found} */
function around(middle, size, of, when) {
  return { from: middle - size, to: middle + size, when, text: (level) => t('asked-within', { size: level(size), of }) };
}

/** @param {string} of @param {string} text */
const named = (of, text) => (of === '' ? text : t('asked-of', { of, text }));

/** Whose number it is, and which of its course, where that is not each of its points. @param {string} arm @param {Feature} feature @param {Place} place */
function whose(arm, feature, { daily }) {
  const which = ['peak', 'trough'].includes(feature.kind) || (feature.kind === 'mean' && daily === null) ? t(`asked-${feature.kind}`) : '';
  return [arm === '' ? '' : asWritten(arm), which].filter(Boolean).join(', ');
}

/** @param {any} check @param {any} evidence @param {Place} place @returns {Found[]} */
function stays(check, { bound }, { observable, daily }) {
  if (check.observable !== observable || (check.daily !== undefined && daily !== null && check.daily !== daily)) return [];
  const when = checkWindows(check);
  if (check.kind !== 'stays_between') return [line(bound, check.kind === 'stays_above' ? 'asked-above' : 'asked-below', when)];
  const [low, high] = [plainLevel(check.low, observable), plainLevel(check.high, observable)];
  return low === null || high === null ? [] : [band(low, high, when)];
}

/** @param {any} check @param {any} evidence @param {Place} place @returns {Found[]} */
function moves(check, { reference, least, arm }, place) {
  const feature = observing(check);
  const change = feature.kind === 'change_from_baseline' && feature.as === 'absolute' && observableOf(feature) === place.observable;
  if (!change && !isHeight(feature, place)) return [];
  if (change && place.daily === 'fasting') return [];
  const base = change ? place.runs[arm]?.baselines?.[place.observable] : 0;
  if (base === undefined || (change && !['mean', undefined].includes(feature.baseline))) return [];
  const sign = check.kind === 'rises' ? 1 : -1;
  const measure = measureOfFeature(feature);
  const when = windowsOf(feature, [arm]);
  const of = whose(arm, feature, place);
  const first = base + reference + sign * least;
  if (check.at_most === undefined) return [line(first, sign > 0 ? 'asked-least' : 'asked-most', when, of)];
  const [asked, most] = [measure.effect(check.at_least), measure.effect(check.at_most)];
  if (most.relative && !(asked.relative && asked.value > 0)) return [line(first, sign > 0 ? 'asked-least' : 'asked-most', when, of)];
  const second = base + reference + sign * sizeOf(most, most.relative ? least / asked.value : 0);
  return [band(Math.min(first, second), Math.max(first, second), when, of)];
}

/**
 * What a check asks for on a graph; nothing if it is not about its course.
 * @param {Check} check @param {CheckResult} result @param {Place} place
 * @returns {Asked[]}
 */
export function askedOf(check, result, place) {
  const make = Object.hasOwn(KINDS, check.kind) ? KINDS[check.kind] : undefined;
  if (make === undefined || result.evidence === null || result.evidence.why !== undefined) return [];
  const { unit, factor } = shown(place.observable, place.units);
  const level = (/** @type {number} */ value) => quantity(value * factor, unit);
  const [from, to] = place.window;
  return make(check, result.evidence, place).flatMap((found) => {
    if (!Number.isFinite(found.from) || !Number.isFinite(found.to)) return [];
    let start = Math.min(...found.when.map((one) => one.start ?? (one.stop === null ? lastOf(one, place) : -Infinity)));
    let stop = Math.max(...found.when.map((one) => one.stop ?? Infinity));
    if (found.when.length === 0) [start, stop] = [-Infinity, Infinity];
    const least = SHORTEST * (to - from);
    if (start > to || stop < from) return [];
    [start, stop] = [Math.max(start, from), Math.min(stop, to)];
    if (stop - start < least) {
      const middle = (start + stop) / 2;
      start = Math.min(Math.max(middle - least / 2, from), to - least);
      stop = start + least;
    }
    return [{ low: found.from * factor, high: found.to * factor, start, stop, label: found.text(level) }];
  });
}

/** Where a stretch begins that is written without a beginning: a moment without a time is the end of the run. @param {any} window @param {Place} place */
function lastOf({ grid, arms }, { runs }) {
  if (grid !== null) return -Infinity;
  const times = arms.map((/** @type {string} */ arm) => runs[arm]?.time ?? []).filter((/** @type {any} */ time) => time.length > 0);
  return times.length > 0 ? Math.min(...times.map((/** @type {any} */ time) => time[time.length - 1])) : -Infinity;
}

/** A band's or line's ends in words, for who does not see it. @param {Asked} asked @param {string} from @param {string} to */
export function askedWords({ label }, from, to) {
  return t('spoken-asked', { label, from, to });
}

