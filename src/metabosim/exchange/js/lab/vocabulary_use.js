// @ts-check
/** What a check or feature refers to: arms, parts, columns, and the stretches of a run that it reads. */

import { DAY } from '../settings.js';
import { FEATURES, GRIDS } from './vocabulary.js';

/**
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {{kind: string, id?: string, statement?: string, [field: string]: any}} Check As read.js makes it.
 * @typedef {{start: number | null, stop: number | null, arms: string[], grid: number | null}} Window
 * A stretch of a run; null is its start or end. No arms: the check's default. `grid`: how far apart, min, output may be.
 */

/** @param {Iterable<string | null | undefined>} names @returns {string[]} */
function each(names) {
  return [...new Set([...names].filter((name) => name !== null && name !== undefined && name !== ''))].map(String);
}

/** The features that a composite is made of. @param {Feature} feature @returns {Feature[]} */
export function partsOf(feature) {
  switch (feature.kind) {
    case 'ratio': return [feature.ratio.of, feature.ratio.to];
    case 'difference': return [feature.difference.of, feature.difference.minus];
    case 'sum': return feature.sum;
    case 'times': return [feature.times.of];
    case 'share_lost': return [feature.share_lost.feature];
    case 'half_effect_dose': return [feature.half_effect_dose.feature];
    default: return [];
  }
}

/** Arms that a feature names itself, in which its parts are looked at. @param {Feature} feature */
export function namedArms(feature) {
  if (feature.kind === 'share_lost') {
    const lost = feature.share_lost;
    return each([lost.treated, lost.control, lost.blocked, lost.blocked_control]);
  }
  if (feature.kind === 'half_effect_dose') return Object.keys(feature.half_effect_dose.doses);
  return each([feature.arm]);
}

/** All arms named in a feature. @param {Feature} feature @returns {string[]} */
export function armsOf(feature) {
  if (feature.kind === 'half_effect_time') return each([feature.arm, feature.versus]);
  return each([...namedArms(feature), ...partsOf(feature).flatMap(armsOf)]);
}

/** The stretches that a feature reads. @param {Feature} feature @param {string[]} [arms] @returns {Window[]} */
export function windowsOf(feature, arms = []) {
  const parts = partsOf(feature);
  if (parts.length > 0) {
    const named = namedArms(feature);
    return parts.flatMap((part) => windowsOf(part, named.length > 0 ? named : arms));
  }
  if (feature.kind === 'at_rest') return [];
  const used = armsOf(feature);
  const where = used.length > 0 ? used : arms;
  const fields = FEATURES[feature.kind];
  if ('day' in fields) {
    return [{ start: feature.day * DAY, stop: feature.day * DAY, arms: where, grid: null }];
  }
  const moment = 'at' in fields && (!('from' in fields) || (feature.from === undefined && feature.to === undefined));
  if (moment) {
    const at = feature.at ?? null;
    return [{ start: at, stop: at, arms: where, grid: null }];
  }
  let grid = GRIDS[feature.kind];
  if (feature.daily !== undefined) grid = feature.daily === 'fasting' ? 60 : 15;
  const found = { start: feature.from ?? null, stop: feature.to ?? null, arms: where, grid };
  if (feature.kind !== 'half_effect_time') return [found];
  const mine = feature.arm ? [feature.arm] : arms;
  return [{ ...found, arms: [...mine, ...(feature.versus ? [feature.versus] : [])] }];
}

/** The columns of a run that a feature reads. @param {Feature} feature @returns {string[]} */
export function columnsOfFeature(feature) {
  switch (feature.kind) {
    case 'infusion': return ['glucose_infusion_mmol_min', 'weight_kg'];
    case 'homa_ir': return ['glucose_mmol_l', 'insulin_pmol_l'];
    case 'lag': return [feature.lag, feature.behind];
    case 'half_effect_level': return [feature.half_effect_level, feature.of];
    case 'clamp_mean': return [];
    default: {
      const own = feature[feature.kind];
      return [...each([typeof own === 'string' && own !== 'm_value' ? own : '']), ...partsOf(feature).flatMap(columnsOfFeature)];
    }
  }
}

/** How fine output must be for a course, in min. @param {string | undefined} daily */
function courseGrid(daily) {
  if (daily === undefined) return 1;
  return daily === 'fasting' ? 60 : 15;
}

/** The feature that rises, falls and the like read. @param {Check} check @returns {Feature} */
export function observing(check) {
  if (check.feature !== undefined) return check.feature;
  return {
    kind: 'change_from_baseline',
    change_from_baseline: check.observable,
    from: check.from,
    to: check.to,
    at: check.at,
    baseline: check.baseline,
    as: 'absolute',
    period: DAY,
  };
}

/** Operands of a comparison, highest first. @param {Check} check @returns {(string | Feature)[]} */
export function ranked(check) {
  return check.order.length > 0 ? check.order : [check.higher, check.lower];
}

/** @param {(string | Feature)[]} operands @param {Feature | undefined} feature @returns {[Feature, string[]][]} */
function operandParts(operands, feature) {
  return operands.flatMap((operand) => {
    if (typeof operand !== 'string') return [/** @type {[Feature, string[]]} */ ([operand, []])];
    return feature === undefined ? [] : [/** @type {[Feature, string[]]} */ ([feature, [operand]])];
  });
}

/** Arms named in a check's own fields. @param {Check} check @returns {string[]} */
export function checkArms(check) {
  const versus = check.versus === 'baseline' ? undefined : check.versus;
  switch (check.kind) {
    case 'stays_above': case 'stays_below': case 'stays_between':
      return check.arms.length > 0 ? check.arms : each([check.arm]);
    case 'compare': return each(ranked(check).filter((one) => typeof one === 'string'));
    case 'unchanged':
      return (check.between ?? [check.arm, check.versus]).filter(
        (/** @type {unknown} */ one) => typeof one === 'string' && one !== 'baseline',
      );
    case 'rises': case 'falls': case 'biphasic': return each([check.arm, versus]);
    case 'order': return each([check.arm, ...check.events.map((/** @type {any} */ event) => event.arm)]);
    case 'dose_response': return each(check.doses.map((/** @type {any} */ dose) => dose.arm));
    case 'depends_on': return each([check.high.treated, check.high.control, check.low.treated, check.low.control]);
    case 'crossing_interaction':
      return each(check.advantages.flatMap((/** @type {any} */ one) => [one.better, one.worse]));
    case 'synergy': return [check.none, check.a, check.b, check.both];
    case 'mediated_by': case 'share_of': case 'correlates': return each([check.treated, check.control]);
    case 'self_reinforcing': return each([check.closed, check.control, ...check.opened]);
    case 'loop_gain': return each([check.closed, check.control, check.open]);
    case 'table':
      return each(Object.values(check.rows).flatMap((row) => [
        row.treated, row.control, row.cut_treated, row.cut_control,
      ]));
    case 'refuted': return checkArms(check.check);
    case 'precedes': return [];
    default: return each([check.arm]);
  }
}

/** Every feature of a check, and the arms it is taken from (none: the default). @param {Check} check @returns {[Feature, string[]][]} */
export function checkParts(check) {
  const arms = checkArms(check);
  switch (check.kind) {
    case 'rises': case 'falls': {
      /** @type {[Feature, string[]][]} */
      const found = [[observing(check), each([check.arm])]];
      if (check.versus !== 'baseline') found.push([observing(check), [check.versus]]);
      return found;
    }
    case 'compare': return operandParts(ranked(check), check.feature);
    case 'lies_between': return [[check.feature, arms]];
    case 'unchanged':
      if (check.between !== undefined) return operandParts(check.between, check.feature);
      return check.feature === undefined ? [] : [[check.feature, arms]];
    case 'conserved':
      return [check.left, ...(typeof check.right === 'object' ? [check.right] : [])]
        .map((one) => /** @type {[Feature, string[]]} */ ([one, arms]));
    case 'dose_response':
      return check.doses.map((/** @type {any} */ dose) => [dose.feature ?? check.feature, each([dose.arm])]);
    case 'biphasic':
      return [check.early, check.late, ...(check.since ? [check.since] : [])]
        .map((one) => /** @type {[Feature, string[]]} */ ([one, arms]));
    case 'depends_on':
      return [check.high, check.low].map((one) => [one.feature ?? check.feature, each([one.treated, one.control])]);
    case 'crossing_interaction':
      return check.advantages.map((/** @type {any} */ one) => [one.feature, [one.better, one.worse]]);
    case 'precedes': return [[check.first, []], [check.then, []]];
    case 'correlates': return [[check.x, arms], [check.y, arms]];
    case 'synergy': case 'mediated_by': case 'share_of': case 'self_reinforcing': case 'loop_gain':
      return [[check.feature, arms]];
    case 'table':
      return Object.values(check.rows).flatMap((row) => (
        Object.keys(row.expect).map((column) => /** @type {[Feature, string[]]} */ ([
          check.columns[column].feature, each([row.treated, row.control, row.cut_treated, row.cut_control]),
        ]))
      ));
    case 'refuted': return checkParts(check.check);
    default: return [];
  }
}

/** All arms that a check names, in order of appearance. @param {Check} check */
export function armsUsed(check) {
  if (check.kind === 'refuted') return armsUsed(check.check);
  return each([
    ...checkArms(check), ...checkParts(check).flatMap(([feature, arms]) => [...arms, ...armsOf(feature)]),
  ]);
}

/** Every stretch of a run that a check reads. @param {Check} check @returns {Window[]} */
export function checkWindows(check) {
  const arms = checkArms(check);
  const [start, stop] = [check.from ?? null, check.to ?? null];
  switch (check.kind) {
    case 'stays_above': case 'stays_below': case 'stays_between': case 'lag':
      return [{ start, stop, arms, grid: courseGrid(check.daily) }];
    case 'when_then':
      return [{ start, stop: stop === null ? null : stop + (check.within ?? 0), arms, grid: 1 }];
    case 'returns_within':
      return [{
        start: check.after, stop: check.after + check.within + check.and_stays, arms, grid: courseGrid(check.daily),
      }];
    case 'order':
      return check.events.map((/** @type {any} */ event) => (
        { start, stop, arms: each([event.arm ?? check.arm]), grid: courseGrid(event.daily) }
      ));
    case 'steeper':
      return [check.early, check.late].map((one) => (
        { start: one.from, stop: one.to, arms, grid: check.daily === undefined ? 60 : courseGrid(check.daily) }
      ));
    case 'refuted': return checkWindows(check.check);
    default: {
      const found = checkParts(check).flatMap(([feature, of]) => windowsOf(feature, of));
      if (check.kind === 'mediated_by') found.push({ start: null, stop: null, arms, grid: 15 });
      return found;
    }
  }
}
