// @ts-check
/** Readers of features that are values: peaks, means, areas, changes, slopes, fasting indices, clamps. */

import { DAY, running } from '../settings.js';
import { cannotJudge } from './faults.js';
import { evenly, integral, interpolated, largest, mean, slope, smallest, whereLargest, whereSmallest } from '../numeric.js';
import { observableOf } from './quantities.js';
import { baselineOf, clockStart, course, ratio, reading, valueOf, windowed } from './reading.js';
import { MOLAR_MASS } from './units.js';
import { general } from './words.js';

/**
 * @typedef {import('./quantities.js').Feature} Feature
 * @typedef {import('./reading.js').Look} Look
 * @typedef {import('./reading.js').Reading} Reading
 * @typedef {import('./reading.js').Run} Run
 */

/** @param {Look} look @param {Feature} feature */
const windowOf = (look, feature) => windowed(look.run, feature, observableOf(feature));

/** Of a column per day, in its unit without the day. @param {string} name */
const perDay = (name) => (name.endsWith('_day') ? DAY : 1);

/** @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
export function meanOver(t, x) {
  return t.length === 1 ? x[0] : integral(x, t) / (t[t.length - 1] - t[0]);
}

/** The integral of what is above 0, with the crossings of 0 put in. @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
export function positiveArea(t, x) {
  let found = 0;
  for (let i = 1; i < t.length; i++) {
    const [a, b, span] = [x[i - 1], x[i], t[i] - t[i - 1]];
    if (a * b < 0) {
      const up = (span * Math.max(a, b)) / (Math.abs(a) + Math.abs(b));
      found += (up * Math.max(a, b)) / 2;
    } else found += (span * (Math.max(a, 0) + Math.max(b, 0))) / 2;
  }
  return found;
}

/** 07:00 of a day in the run's own minutes. @param {Run} run @param {number} day */
export function morning(run, day) {
  const at = day * DAY + running.FASTING - clockStart(run);
  return at >= 0 ? at : at + DAY;
}

/** @param {number} now @param {number} then @param {string} form @param {string} what */
function formed(now, then, form, what) {
  if (form === 'absolute') return now - then;
  const fold = ratio(now, then, what);
  return form === 'fold' ? fold : fold - 1;
}

/** @param {Feature} feature @param {Look} look @returns {Reading} */
function changeFromBaseline(feature, look) {
  const { run } = look;
  const name = observableOf(feature);
  let now;
  let at = null;
  if (feature.at === undefined && (feature.from !== undefined || feature.to !== undefined)) {
    const { t, x } = windowed(run, feature, name);
    now = feature.daily === undefined ? meanOver(t, x) : mean(x);
  } else {
    at = feature.at ?? run.time[run.time.length - 1];
    now = valueOf(run, name, at);
  }
  const base = baselineOf(run, name, feature.baseline, at || feature.from);
  const form = feature.kind === 'change_from_baseline' ? feature.as : 'fold';
  return reading(formed(now, base, form, 'the baseline'), at, `${general(now)} against ${general(base)}`);
}

/** @param {Feature} feature @param {Look} look @returns {[number, {insulin_rate: string | number, washout: number}]} */
function clampOptions(feature, look) {
  const { time } = look.run;
  const at = feature.at ?? time[time.length - 1];
  if (!(time[0] <= at && at <= time[time.length - 1])) {
    throw cannotJudge(`a clamp at ${general(at)} min is outside the run`);
  }
  return [at, { insulin_rate: feature.insulin_rate, washout: feature.washout }];
}

/** @param {Feature} feature @param {Look} look @param {string} name */
function lateInClamp(feature, look, name) {
  const [at, options] = clampOptions(feature, look);
  const clamp = look.run.clamp(at, options);
  const end = clamp.time[clamp.time.length - 1];
  const { t, x } = course(clamp, name, end - 30, end);
  return meanOver(t, x);
}

/** @param {Feature} feature @param {Look} look */
function valueAtMoment(feature, look) {
  const at = feature.at ?? look.run.time[look.run.time.length - 1];
  return reading(valueOf(look.run, observableOf(feature), at), at);
}

/** @type {Record<string, (feature: Feature, look: Look) => Reading>} */
export const VALUES = {
  peak(feature, look) {
    const { t, x } = windowOf(look, feature);
    const i = whereLargest(x);
    return reading(x[i], t[i]);
  },
  trough(feature, look) {
    const { t, x } = windowOf(look, feature);
    const i = whereSmallest(x);
    return reading(x[i], t[i]);
  },
  peak_to_trough(feature, look) {
    const { x } = windowOf(look, feature);
    return reading(largest(x) - smallest(x));
  },
  mean(feature, look) {
    const { t, x } = windowOf(look, feature);
    return reading(feature.daily === undefined ? meanOver(t, x) : mean(x));
  },
  auc(feature, look) {
    const { t, x } = course(look.run, feature.auc, feature.from, feature.to);
    return reading(integral(x, t) / perDay(feature.auc));
  },
  iauc(feature, look) {
    const { t, x } = course(look.run, feature.iauc, feature.from, feature.to);
    const base = baselineOf(look.run, feature.iauc, feature.baseline, t[0]);
    const area = positiveArea(t, x.map((value) => value - base)) / perDay(feature.iauc);
    return reading(area, null, `baseline ${general(base, 4)}`);
  },
  value: valueAtMoment,
  final: valueAtMoment,
  fasting(feature, look) {
    const at = morning(look.run, feature.day);
    return reading(valueOf(look.run, feature.fasting, at), at);
  },
  at_rest: (feature, look) => reading(baselineOf(look.run, feature.at_rest, feature.of)),
  change_from_baseline: changeFromBaseline,
  fold_change: changeFromBaseline,
  change(feature, look) {
    const { t, x } = windowOf(look, feature);
    if (t.length < 2) throw cannotJudge('a change needs two moments');
    const last = x.length - 1;
    return reading(
      formed(x[last], x[0], feature.as, 'the first value'), t[last],
      `${general(x[last])} against ${general(x[0])}`,
    );
  },
  slope(feature, look) {
    let { t, x } = windowOf(look, feature);
    if (feature.daily === undefined) { // evenly spaced: a finer stretch of output has no more weight
      const even = evenly(t[0], t[t.length - 1], Math.max(3, Math.trunc((t[t.length - 1] - t[0]) / 60) + 1));
      [t, x] = [even, interpolated(even, t, x)];
    }
    return reading(slopePerDay(t, x));
  },
  infusion(feature, look) {
    const { t, x } = course(look.run, 'glucose_infusion_mmol_min', feature.from, feature.to);
    const weight = valueOf(look.run, 'weight_kg', t[0]);
    return reading((meanOver(t, x) * /** @type {number} */ (MOLAR_MASS.get('glucose'))) / weight);
  },
  homa_ir(feature, look) {
    const at = morning(look.run, feature.day);
    const glucose = valueOf(look.run, 'glucose_mmol_l', at);
    return reading((glucose * (valueOf(look.run, 'insulin_pmol_l', at) / 6)) / 22.5, at);
  },
  m_value(feature, look) {
    const [at, options] = clampOptions(feature, look);
    return reading(look.run.mValue(at, options), at);
  },
  insulin_sensitivity(feature, look) {
    const [at, options] = clampOptions(feature, look);
    const insulin = lateInClamp(feature, look, 'insulin_pmol_l');
    return reading(100 * ratio(look.run.mValue(at, options), insulin, "the clamp's insulin"), at);
  },
  clamp_mean: (feature, look) => reading(lateInClamp(feature, look, feature.clamp_mean), feature.at ?? null),
};

/** The least-squares slope, per day. @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
export function slopePerDay(t, x) {
  if (t.length < 2) throw cannotJudge('a slope needs at least two points');
  return slope(t, x) * DAY;
}

