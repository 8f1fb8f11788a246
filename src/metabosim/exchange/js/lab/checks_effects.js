// @ts-check
/** Judges of effects: dose and response, up then down, interaction, synergy, loops (claims/effect_checks.py). */

import { NOTHING, nothingDone, restOf } from './checks_arms.js';
import { armFor, described, seen, shown, whenRead } from './judging.js';
import { largest, whereSmallest } from '../numeric.js';
import { Measure, NUMBER, measureOfFeature, observableOf, sizeOf } from './quantities.js';
import { ratio } from './reading.js';
import { weakest } from './verdict.js';
import { fixed, number, quantity, signed } from './words.js';

/**
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./verdict.js').Judgement} Judgement
 * @typedef {import('./vocabulary_use.js').Check} Check
 */

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function doseResponse(check, bench) {
  const inDoses = new Measure(check.unit);
  const measure = measureOfFeature(check.doses[0].feature ?? check.feature);
  const points = check.doses.map((/** @type {any} */ dose) => {
    const feature = dose.feature ?? check.feature;
    const arm = armFor(feature, dose.arm, bench);
    return { dose: inDoses.parse(dose.dose), effect: seen(feature, bench, arm).value, arm };
  });
  points.sort((/** @type {any} */ a, /** @type {any} */ b) => (
    a.dose - b.dose || a.effect - b.effect || (a.arm < b.arm ? -1 : 1)
  ));
  /** @type {number[]} */
  const doses = points.map((/** @type {any} */ point) => point.dose);
  /** @type {number[]} */
  const effect = points.map((/** @type {any} */ point) => point.effect);
  const arms = points.map((/** @type {any} */ point) => point.arm);
  const sign = check.direction === 'rises' ? 1 : -1;
  const steps = effect.slice(1).map((value, i) => sign * (value - effect[i]));
  const last = effect.length - 1;
  const full = sign * (effect[last] - effect[0]);
  const least = sizeOf(measure.effect(check.minimum_effect), effect[0]);
  const worst = whereSmallest(steps);
  const margins = [steps[worst] - check.step_at_least * Math.max(full, 0), full - least];
  let said = `${number(effect[0])} to ${number(effect[last])} over ${points.length} doses; worst step ${number(steps[worst])}`;
  if (check.levels_off !== undefined) {
    const slopes = steps.map((step, i) => step / (doses[i + 1] - doses[i]));
    const steepest = largest(slopes);
    const end = slopes[slopes.length - 1];
    margins.push((check.levels_off * steepest - end) * (doses[last] - doses[last - 1]));
    if (steepest > 0) said += `; the last slope is ${fixed((100 * end) / steepest, 0)} % of the steepest`;
  }
  return {
    margin: Math.min(...margins),
    unit: measure.unit,
    scale: Math.max(least, 1e-12),
    says: said,
    evidence: { doses, effects: effect, arms },
    nothing: nothingDone(bench, ...arms),
  };
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function biphasic(check, bench) {
  const arm = armFor(check.early, check.arm, bench);
  const measure = measureOfFeature(check.early);
  let nothing = null;
  /** @type {Record<string, any>} */
  const evidence = {};
  const [early, late] = ['early', 'late'].map((name) => {
    const feature = check[name];
    const found = seen(feature, bench, arm);
    let reference;
    if (check.since !== undefined) reference = seen(check.since, bench, arm).value;
    else if (check.versus === 'baseline') reference = restOf(feature, bench, arm);
    else {
      reference = seen(feature, bench, check.versus).value;
      nothing = nothingDone(bench, arm, check.versus);
    }
    evidence[name] = { ...shown(found), reference };
    return { effect: found.value - reference, reference };
  });
  const sign = check.first === 'rises' ? 1 : -1;
  const earlyBy = sizeOf(measure.effect(check.early_by), early.reference);
  const lateBy = sizeOf(measure.effect(check.late_by), late.reference);
  return {
    margin: Math.min(sign * early.effect - earlyBy, -sign * late.effect - lateBy),
    unit: measure.unit,
    scale: Math.max(earlyBy, 1e-12),
    says: `early ${signed(early.effect)}, late ${signed(late.effect)} ${measure.unit}; first it ${check.first} by `
      + `${quantity(earlyBy, measure.unit)}, then the other way by ${quantity(lateBy, measure.unit)}, asked for`,
    evidence,
    nothing,
  };
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function dependsOn(check, bench) {
  const measure = check.as === 'fold' ? NUMBER : measureOfFeature(check.high.feature ?? check.feature);
  /** @type {number[]} */
  const bases = [];
  /** @type {Record<string, any>} */
  const evidence = {};
  const [high, low] = ['high', 'low'].map((name) => {
    const setting = check[name];
    const feature = setting.feature ?? check.feature;
    const treated = seen(feature, bench, bench.treated(setting.treated)).value;
    const control = seen(feature, bench, setting.control || bench.control).value;
    const sign = check.direction === 'rises' ? 1 : -1;
    let effect = treated - control;
    if (check.as === 'fold') {
      const nothing = Math.max(Math.abs(treated), Math.abs(control)) < NOTHING;
      effect = nothing ? 0 : ratio(treated, control, `control in '${name}'`) - 1;
    }
    bases.push(control);
    evidence[name] = { treated, control, effect: sign * effect };
    return sign * effect;
  });
  const base = check.as === 'fold' ? 1 : bases[0];
  const least = sizeOf(measure.effect(check.minimum_effect), base);
  let second;
  let asked;
  if (check.times !== undefined) {
    second = high - check.times * low;
    asked = `${number(check.times)} times it`;
  } else {
    const more = sizeOf(measure.effect(check.more_by), base);
    second = high - low - more;
    asked = `${quantity(more, measure.unit)} more`;
  }
  return {
    margin: Math.min(high - least, second),
    unit: measure.unit,
    scale: Math.max(least, 1e-12),
    says: `the effect is ${number(high)} in one setting and ${number(low)} in the other; ${asked} and at least `
      + `${quantity(least, measure.unit)} asked for`,
    evidence,
    nothing: Math.max(Math.abs(high), Math.abs(low)) < least / 100 ? 'nothing happens in either setting' : null,
  };
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function crossingInteraction(check, bench) {
  /** @type {Record<string, any>} */
  const evidence = {};
  return weakest(check.advantages.map((/** @type {any} */ advantage) => {
    const { feature } = advantage;
    const [better, worse] = [advantage.better, advantage.worse].map((arm) => seen(feature, bench, arm).value);
    const gap = (better - worse) * (advantage.which_is === 'higher' ? 1 : -1);
    const measure = measureOfFeature(feature);
    const least = sizeOf(measure.effect(advantage.by_at_least), worse);
    let what = `${feature.kind} of ${observableOf(feature)}`;
    if (what in evidence) what = `${what}, ${advantage.better} and ${advantage.worse}, ${whenRead(feature)}`;
    evidence[what] = { [advantage.better]: better, [advantage.worse]: worse };
    return {
      margin: gap - least,
      unit: measure.unit,
      scale: Math.max(least, 1e-12),
      says: `${described(feature, advantage.better)} ${number(better)} against ${quantity(worse, measure.unit)} `
        + `(${advantage.worse}): ${number(Math.abs(gap))} ${gap >= 0 ? 'better' : 'worse'}, `
        + `${quantity(least, measure.unit)} asked for`,
      evidence,
      nothing: nothingDone(bench, advantage.better, advantage.worse),
    };
  }));
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function synergy(check, bench) {
  const measure = measureOfFeature(check.feature);
  /** @type {Record<string, number>} */
  const value = {};
  for (const name of ['none', 'a', 'b', 'both']) value[name] = seen(check.feature, bench, check[name]).value;
  const sign = check.direction === 'rises' ? 1 : -1;
  const [a, b, both] = ['a', 'b', 'both'].map((name) => sign * (value[name] - value.none));
  let expected = a + b;
  if (check.null_model === 'highest_single_agent') expected = Math.max(a, b);
  else if (check.null_model === 'bliss') {
    expected = a + b - (a * b) / sizeOf(measure.effect(check.full), value.none);
  }
  const least = sizeOf(measure.effect(check.by_at_least), expected);
  const inert = sizeOf(measure.effect(check.inert_below), both);
  const alone = !check.allow_inert && Math.min(Math.abs(a), Math.abs(b)) < inert
    ? `'${Math.abs(a) < inert ? check.a : check.b}' alone does nothing` : null;
  return {
    margin: both - expected - least,
    unit: measure.unit,
    scale: Math.max(least, 1e-12),
    says: `together ${number(both)}, alone ${number(a)} and ${number(b)}; the null `
      + `(${check.null_model.replaceAll('_', ' ')}) expects ${quantity(expected, measure.unit)}`,
    evidence: { ...value, effect_a: a, effect_b: b, effect_both: both, expected },
    nothing: alone ?? nothingDone(bench, check.none, check.a, check.b, check.both),
  };
}

/** How far a loop's arm is from its control, or from its rest. @param {Check} check @param {Bench} bench @param {string} arm */
function deviation(check, bench, arm) {
  const { value } = seen(check.feature, bench, arm);
  const reference = check.control !== undefined
    ? seen(check.feature, bench, check.control).value
    : restOf(check.feature, bench, arm);
  return value - reference;
}

/** @param {Check} check @param {Bench} bench @param {number} closed */
function nothingPushed(check, bench, closed) {
  const base = check.control ? seen(check.feature, bench, check.control).value : 1;
  const measure = measureOfFeature(check.feature);
  const least = sizeOf(measure.effect(check.minimum_effect), base);
  if (!(Math.abs(closed) < least)) return null;
  return `the push leaves only ${quantity(Math.abs(closed), measure.unit)}, ${quantity(least, measure.unit)} asked for`;
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function selfReinforcing(check, bench) {
  const closed = deviation(check, bench, check.closed);
  const nothing = nothingPushed(check, bench, closed);
  const { unit } = measureOfFeature(check.feature);
  /** @type {Record<string, any>} */
  const opened = {};
  return weakest(check.opened.map((/** @type {string} */ arm) => {
    const left = deviation(check, bench, arm);
    const reduction = closed ? 1 - left / closed : 0;
    opened[arm] = { deviation: left, reduction };
    return {
      margin: reduction - check.by_at_least,
      unit: '1',
      scale: check.by_at_least,
      says: `closed ${quantity(closed, unit)}; opened at '${arm}' ${quantity(left, unit)}, `
        + `${fixed(100 * reduction, 1)} % less, ${fixed(100 * check.by_at_least, 0)} % asked for`,
      evidence: { closed, opened },
      nothing,
    };
  }));
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function loopGain(check, bench) {
  const [closed, left] = [check.closed, check.open].map((arm) => deviation(check, bench, arm));
  const gain = closed ? 1 - left / closed : 0;
  return {
    margin: Math.min(gain - check.at_least, check.at_most - gain),
    unit: '1',
    scale: check.at_least,
    says: `the loop's gain is ${number(gain)}: ${number(closed)} closed, ${number(left)} open`,
    evidence: { closed, open: left, gain, amplification: left ? closed / left : null },
    nothing: nothingPushed(check, bench, closed),
  };
}

/** @type {Record<string, (check: Check, bench: Bench) => Judgement>} */
export const EFFECT_CHECKS = {
  dose_response: doseResponse, biphasic, depends_on: dependsOn, crossing_interaction: crossingInteraction,
  synergy, self_reinforcing: selfReinforcing, loop_gain: loopGain,
};
