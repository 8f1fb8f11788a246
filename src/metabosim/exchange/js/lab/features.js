// @ts-check
/** Features read from runs: the values and times, shapes, and features made of features. */

import { cannotJudge, nothingToJudge } from './faults.js';
import { TIMES } from './features_times.js';
import { VALUES, positiveArea } from './features_values.js';
import { integral, largest, mean, size, smallest, sum, valueAt, whereLargest } from '../numeric.js';
import { Measure, measureOf, observableOf, sizeOf } from './quantities.js';
import { baselineOf, course, ratio, reading, windowed } from './reading.js';
import { namedArms } from './vocabulary_use.js';
import { general } from './words.js';

/**
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {import('./reading.js').Look} Look
 * @typedef {import('./reading.js').Reading} Reading
 */

/** @param {import('./bench.js').Bench} bench @param {string} arm @returns {Look} */
export function lookAt(bench, arm) {
  return {
    bench,
    arm,
    get run() {
      return bench.run(arm);
    },
  };
}

/**
 * (foot, top, foot) of every pulse that rises by `rise` and falls by it again; one cut off by an edge is none.
 * @param {ArrayLike<number>} x @param {number} rise @returns {[number, number, number][]}
 */
function pulses(x, rise) {
  /** @type {[number, number, number][]} */
  const found = [];
  let [foot, top, rising] = [0, 0, false];
  for (let i = 0; i < x.length; i++) {
    if (!rising) {
      if (x[i] < x[foot]) foot = i;
      else if (x[i] - x[foot] >= rise) [rising, top] = [true, i];
    } else if (x[i] > x[top]) top = i;
    else if (x[top] - x[i] >= rise) {
      found.push([foot, top, i]);
      [rising, foot] = [false, i];
    }
  }
  return found.map(([a, b], k) => {
    const limit = k + 1 < found.length ? found[k + 1][0] : x.length - 1;
    let low = b;
    for (let i = b; i <= limit; i++) if (x[i] < x[low]) low = i;
    return [a, b, low];
  });
}

/** @param {Feature} feature @param {Look} look */
function pulsesIn(feature, look) {
  const name = observableOf(feature);
  const { t, x } = windowed(look.run, feature, name);
  const rise = sizeOf(measureOf(name).effect(feature.rise), largest(x) - smallest(x));
  return { t, x, found: pulses(x, rise) };
}

/** @type {Record<string, (feature: Feature, look: Look) => Reading>} */
const SHAPES = {
  pulse_count: (feature, look) => reading(pulsesIn(feature, look).found.length),
  pulse_mass(feature, look) {
    const { t, x, found } = pulsesIn(feature, look);
    if (found.length === 0) throw nothingToJudge('there are no pulses');
    const areas = found.map(([a, , b]) => {
      const times = t.subarray(a, b + 1);
      const line = [[t[a], t[b]], [x[a], x[b]]];
      const above = x.subarray(a, b + 1).map((value, i) => value - valueAt(times[i], line[0], line[1]));
      return positiveArea(times, above);
    });
    return reading(mean(areas), null, `${found.length} pulses`);
  },
  ripple(feature, look) {
    const { t, x } = windowed(look.run, feature, feature.ripple);
    const top = whereLargest(x);
    let [fall, fallAt, highest] = [0, 0, -Infinity];
    for (let i = 0; i <= top; i++) {
      highest = Math.max(highest, x[i]);
      if (highest - x[i] > fall) [fall, fallAt] = [highest - x[i], i];
    }
    let [rise, riseAt, lowest] = [0, top, Infinity];
    for (let i = top; i < x.length; i++) {
      lowest = Math.min(lowest, x[i]);
      if (x[i] - lowest > rise) [rise, riseAt] = [x[i] - lowest, i];
    }
    return reading(Math.max(fall, rise), t[fall >= rise ? fallAt : riseAt]);
  },
  first_to_second_phase(feature, look) {
    const name = feature.first_to_second_phase;
    const { t } = course(look.run, name, feature.from, feature.to);
    const [start, stop] = [t[0], t[t.length - 1]];
    const base = baselineOf(look.run, name, feature.baseline, start);
    const [first, second] = [[start, start + feature.split], [start + feature.split, stop]].map(([from, to]) => {
      const part = course(look.run, name, from, to);
      return integral(part.x.map((value) => value - base), part.t) / (to - from);
    });
    if (Math.abs(second) < 1e-12) throw nothingToJudge('there is no second phase');
    return reading(first / second, null, `first ${general(first, 4)}, second ${general(second, 4)}`);
  },
};

/** @type {Record<string, (feature: Feature, look: Look) => Reading>} */
const COMPOSITES = {
  ratio(feature, look) {
    const [upper, lower] = [feature.ratio.of, feature.ratio.to].map((part) => read(part, look).value);
    return reading(ratio(upper, lower, "'to'"), null, `${general(upper)} / ${general(lower)}`);
  },
  difference(feature, look) {
    const [left, right] = [feature.difference.of, feature.difference.minus].map((part) => read(part, look).value);
    return reading(left - right, null, `${general(left)} - ${general(right)}`);
  },
  sum(feature, look) {
    const values = feature.sum.map((/** @type {Feature} */ part) => read(part, look).value);
    return reading(sum(values), null, values.map((/** @type {number} */ value) => general(value)).join(' + '));
  },
  times: (feature, look) => reading(read(feature.times.of, look).value * feature.times.by),
  share_lost(feature, look) {
    const lost = feature.share_lost;
    const value = Object.fromEntries(
      namedArms(feature).map((arm) => [arm, read(lost.feature, lookAt(look.bench, arm)).value]),
    );
    const whole = value[lost.treated] - value[lost.control];
    const left = value[lost.blocked] - value[lost.blocked_control ?? lost.control];
    if (Math.abs(whole) <= 1e-12 * size(Object.values(value))) throw nothingToJudge('there is no effect to lose');
    return reading(1 - left / whole, null, `effect ${general(whole, 4)}, with the block ${general(left, 4)}`);
  },
  half_effect_dose(feature, look) {
    const given = feature.half_effect_dose;
    const measure = new Measure(given.unit);
    const doses = Object.entries(given.doses)
      .map(([arm, dose]) => ({ arm, dose: measure.parse(dose) }))
      .sort((a, b) => a.dose - b.dose || (a.arm < b.arm ? -1 : 1));
    const effect = doses.map(({ arm }) => read(given.feature, lookAt(look.bench, arm)).value);
    const span = effect[effect.length - 1] - effect[0];
    if (Math.abs(span) < 1e-12 * Math.max(1e-300, size(effect))) {
      throw nothingToJudge('the dose has no effect, so there is no half of it');
    }
    const done = effect.map((value) => (value - effect[0]) / span);
    const i = done.findIndex((share) => share >= given.share);
    const part = (given.share - done[i - 1]) / (done[i] - done[i - 1]);
    return reading(doses[i - 1].dose + part * (doses[i].dose - doses[i - 1].dose));
  },
};

const READERS = new Map(Object.entries({ ...VALUES, ...TIMES, ...SHAPES, ...COMPOSITES }));

/** The number a feature gives, from the arm it names or else from the one looked at. @param {Feature} feature @param {Look} look @returns {Reading} */
export function read(feature, look) {
  const where = feature.arm ? lookAt(look.bench, feature.arm) : look;
  const reader = READERS.get(feature.kind);
  if (reader === undefined) throw cannotJudge(`there is no feature '${feature.kind}'`);
  const found = reader(feature, where);
  if (!Number.isFinite(found.value)) {
    throw cannotJudge(`'${feature.kind}' of arm '${where.arm}' is not a finite number`);
  }
  return found;
}

/** Which kinds of features can be read here. */
export const READABLE = [...READERS.keys()];
