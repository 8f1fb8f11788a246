// @ts-check
/** Judges that compare numbers: changes, orders of size, ranges, equivalence, balances (claims/arm_checks.py). */

import { cannotJudge } from './faults.js';
import { lookAt, read } from './features.js';
import { armFor, described, operand, operands, seen, shown } from './judging.js';
import { largest, smallest } from '../numeric.js';
import { levelOf, measureOfFeature, observableOf, sizeOf } from './quantities.js';
import { baselineOf, reading } from './reading.js';
import { weakest } from './verdict.js';
import { armsOf, armsUsed, observing, ranked } from './vocabulary_use.js';
import { general, number, quantity } from './words.js';

/**
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {import('./quantities.js').Effect} Effect
 * @typedef {import('./reading.js').Reading} Reading
 * @typedef {import('./verdict.js').Judgement} Judgement
 * @typedef {import('./vocabulary_use.js').Check} Check
 */

export const NOTHING = 1e-12; // in any unit, a value this small is 0
const SAME = 'the arms are the same run: nothing was done to tell them apart';

/** Why a comparison of these arms would be void; null if they differ in anything. @param {Bench} bench @param {string[]} arms */
export function nothingDone(bench, ...arms) {
  const [first, ...others] = [...new Set(arms)].map((arm) => bench.run(arm));
  return others.length > 0 && others.every((run) => bench.same(first, run)) ? SAME : null;
}

const PLAIN = new Set(['value', 'final', 'mean', 'at_rest', 'peak', 'trough']);
const CLAMPED = new Set(['m_value', 'insulin_sensitivity', 'clamp_mean']);

/** What a feature is at the arm's own rest: the reference of a change "from baseline". @param {Feature} feature @param {Bench} bench @param {string} arm @returns {number} */
export function restOf(feature, bench, arm) {
  const { kind, daily } = feature;
  const run = bench.run(arm);
  const name = observableOf(feature);
  if (kind === 'change_from_baseline' || kind === 'change') return feature.as === 'fold' ? 1 : 0;
  if (kind === 'fold_change') return 1;
  if (CLAMPED.has(kind)) return read({ ...feature, at: run.time[0], washout: 0 }, lookAt(bench, arm)).value;
  if (kind === 'homa_ir') {
    return (run.fastingBaseline('glucose_mmol_l') * run.fastingBaseline('insulin_pmol_l')) / 6 / 22.5;
  }
  if ((kind === 'peak' || kind === 'trough') && daily === undefined) {
    const day = run.rest.column(name);
    return kind === 'peak' ? largest(day) : smallest(day);
  }
  if (kind === 'fasting' || daily === 'fasting') return baselineOf(run, name, 'fasting');
  if (daily === 'max' || daily === 'min') {
    const day = run.rest.column(name);
    return daily === 'max' ? largest(day) : smallest(day);
  }
  if (PLAIN.has(kind)) return baselineOf(run, name, 'mean');
  throw cannotJudge(`'${kind}' has no value at rest; compare with another arm (versus: <arm>)`);
}

/** What a percentage is of: the reference, or for a change the baseline it starts from. @param {Feature} feature @param {Bench} bench @param {string} arm @param {number} reference */
function scaleOfRest(feature, bench, arm, reference) {
  if (feature.kind === 'change_from_baseline' && feature.as === 'absolute') {
    return baselineOf(bench.run(arm), observableOf(feature), feature.baseline, feature.at ?? feature.from);
  }
  return reference === 0 ? 1 : reference;
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function moves(check, bench) {
  const feature = observing(check);
  const measure = measureOfFeature(feature);
  const arm = armFor(feature, check.arm, bench);
  const now = seen(feature, bench, arm);
  let nothing = null;
  let reference;
  let base;
  let against = 'its rest';
  if (check.versus === 'baseline') {
    reference = restOf(feature, bench, arm);
    base = scaleOfRest(feature, bench, arm, reference);
  } else {
    reference = seen(feature, bench, check.versus).value;
    base = check.observable === undefined ? reference : scaleOfRest(feature, bench, check.versus, reference);
    against = `'${check.versus}'`;
    nothing = nothingDone(bench, arm, check.versus);
  }
  const up = check.kind === 'rises';
  const effect = (now.value - reference) * (up ? 1 : -1);
  const least = sizeOf(measure.effect(check.at_least), base);
  let margin = effect - least;
  if (check.at_most !== undefined) {
    margin = Math.min(margin, sizeOf(measure.effect(check.at_most), base) - effect);
  }
  const { unit } = measure;
  return {
    margin,
    unit,
    scale: Math.max(least, 1e-12),
    says: `${described(feature, arm)} is ${quantity(Math.abs(effect), unit)} `
      + `${(effect >= 0) === up ? 'above' : 'below'} ${against}; ${quantity(least, unit)} asked for`,
    evidence: { arm, seen: shown(now), reference, effect, least },
    nothing,
  };
}

/** (margin, unit, scale) of gap >= least, which may be a share of the lower value. @param {number} gap @param {number} low @param {Effect} least @param {string} unit @returns {[number, string, number]} */
function room(gap, low, least, unit) {
  const size = sizeOf(least, low);
  if (size > NOTHING) return [gap - size, unit, size];
  if (Math.abs(gap) <= NOTHING) return [-least.value, '1', least.value];
  return [gap, unit, Math.abs(gap)];
}

/** @param {number} gap @param {number} low @param {number} fold @returns {[number, string, number]} */
function foldRoom(gap, low, fold) {
  if (Math.abs(low) > NOTHING) return [gap / Math.abs(low) - (fold - 1), '1', fold - 1];
  return room(gap, 0, { value: fold - 1, relative: true }, '1');
}

/** How much more one value is than another, as the check asks. @param {Check} check @param {number} gap @param {number} low @returns {string} */
function foundApart(check, gap, low) {
  const said = [];
  const word = gap >= 0 ? 'higher' : 'lower';
  if (check.by_at_least !== undefined) {
    const share = String(check.by_at_least).endsWith('%') && Math.abs(low) > NOTHING;
    said.push(share ? `${number(Math.abs(gap / low) * 100)} % ${word}` : `${number(Math.abs(gap))} ${word}`);
  }
  if (check.by_fold !== undefined) {
    said.push(Math.abs(low) > NOTHING ? `${number(1 + gap / Math.abs(low))} times` : `${number(Math.abs(gap))} ${word}`);
  }
  return said.join(' and ');
}

/** @param {Check} check @returns {Judgement} @param {Bench} bench */
function compare(check, bench) {
  const all = operands(ranked(check), check.feature, bench);
  const first = ranked(check).find((one) => typeof one !== 'string') ?? check.feature;
  const measure = measureOfFeature(first);
  const { unit } = measure;
  const asked = [];
  if (check.by_at_least !== undefined) {
    asked.push(typeof check.by_at_least === 'number' ? quantity(check.by_at_least, unit) : check.by_at_least);
  }
  if (check.by_fold !== undefined) asked.push(`${general(check.by_fold)} times`);
  const found = [];
  for (let i = 0; i + 1 < all.length; i++) {
    const [[highName, high], [lowName, low]] = [all[i], all[i + 1]];
    const gap = high.value - low.value;
    const demands = [];
    if (check.by_at_least !== undefined) demands.push(room(gap, low.value, measure.effect(check.by_at_least), unit));
    if (check.by_fold !== undefined) demands.push(foldRoom(gap, low.value, check.by_fold));
    const [margin, marginUnit, scale] = demands.reduce((a, b) => (b[0] / b[2] < a[0] / a[2] ? b : a));
    found.push({
      margin,
      unit: marginUnit,
      scale,
      says: `${highName} ${number(high.value)}, ${lowName} ${quantity(low.value, unit)}: `
        + `${foundApart(check, gap, low.value)}, ${asked.join(' and ')} asked for`,
      evidence: Object.fromEntries(all.map(([name, one]) => [name, shown(one)])),
      nothing: nothingDone(bench, ...armsUsed(check)),
    });
  }
  return weakest(found);
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function liesBetween(check, bench) {
  const { feature } = check;
  const measure = measureOfFeature(feature);
  const arm = armFor(feature, check.arm, bench);
  const found = seen(feature, bench, arm);
  /** @type {[number, number, string][]} */
  const bounds = [];
  for (const [bound, sign, word] of [[check.at_least, 1, 'at least'], [check.at_most, -1, 'at most']]) {
    if (bound === undefined) continue;
    const level = measure.threshold(bound);
    const rest = level.times ? baselineOf(bench.run(arm), observableOf(feature), 'mean') : 0;
    const size = levelOf(level, rest);
    bounds.push([sign * (found.value - size), size, word]);
  }
  const [margin, size, word] = bounds.reduce((a, b) => (b[0] < a[0] ? b : a));
  const widths = bounds.map((bound) => Math.abs(bound[1])).filter((width) => width !== 0);
  const arms = armsOf(feature);
  return {
    margin,
    unit: measure.unit,
    scale: widths.length > 0 ? Math.min(...widths) : 1,
    says: `${described(feature, arm)} is ${quantity(found.value, measure.unit)}; ${word} ${quantity(size, measure.unit)} asked for`,
    evidence: { seen: shown(found), bounds: bounds.map((bound) => bound[1]) },
    nothing: arms.length > 1 ? nothingDone(bench, ...arms) : null,
  };
}

/** @param {Check} check @param {Bench} bench @returns {[[string, Reading], [string, Reading]]} */
function pair(check, bench) {
  if (check.between !== undefined) {
    const [one, other] = operands(check.between, check.feature, bench);
    return [one, other];
  }
  const arm = bench.treated(check.arm);
  const versus = check.versus ?? bench.control;
  if (versus === 'baseline') {
    const rest = reading(restOf(check.feature, bench, arm));
    return [[arm, seen(check.feature, bench, arm)], ['its rest', rest]];
  }
  return [operand(arm, check.feature, bench), operand(versus, check.feature, bench)];
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function unchanged(check, bench) {
  const [[oneName, one], [otherName, other]] = pair(check, bench);
  const what = (check.between ?? []).find((/** @type {unknown} */ value) => typeof value !== 'string') ?? check.feature;
  const measure = measureOfFeature(what);
  const within = sizeOf(measure.effect(check.within), other.value);
  const apart = one.value - other.value;
  const { unit } = measure;
  let arms = armsUsed(check);
  if (arms.length === 0) arms = [bench.treated(), bench.control];
  if (check.versus === 'baseline') arms = [];
  else if (check.between === undefined) arms = [bench.treated(check.arm), check.versus ?? bench.control];
  return {
    margin: within - Math.abs(apart),
    unit,
    scale: Math.max(within, 1e-12),
    says: `${oneName} ${number(one.value)}, ${otherName} ${quantity(other.value, unit)}: `
      + `${number(Math.abs(apart))} apart, ${quantity(within, unit)} allowed`,
    evidence: { [oneName]: shown(one), [otherName]: shown(other), difference: apart, within },
    nothing: new Set(arms).size > 1 ? nothingDone(bench, ...arms) : null,
  };
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function conserved(check, bench) {
  const measure = measureOfFeature(check.left);
  const left = seen(check.left, bench, armFor(check.left, check.arm, bench));
  const right = typeof check.right === 'object'
    ? seen(check.right, bench, armFor(check.right, check.arm, bench)).value
    : measure.parse(check.right);
  const allowed = check.within * Math.abs(right);
  const { unit } = measure;
  const off = left.value - right;
  return {
    margin: allowed - Math.abs(off),
    unit,
    scale: Math.max(allowed, 1e-12),
    says: `${quantity(left.value, unit)} against ${quantity(right, unit)}: ${number(Math.abs(off))} apart, `
      + `${quantity(allowed, unit)} allowed`,
    evidence: { left: left.value, right, difference: off },
    nothing: Math.max(Math.abs(left.value), Math.abs(right)) < 1e-9 ? 'both sides are 0' : null,
  };
}

/** @type {Record<string, (check: Check, bench: Bench) => Judgement>} */
export const ARM_CHECKS = {
  rises: moves, falls: moves, compare, lies_between: liesBetween, unchanged, conserved,
};
