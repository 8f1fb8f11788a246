// @ts-check
/**
 * Averaged resolution: some days are lived through in full, and the body is stepped across those between.
 *
 * engine/averaging in JavaScript for one body, step for step (its docstring has the idea). A run is recorded in the
 * same way: days lived through as they were, days between from their neighbours.
 */

import { BODY, Days, Fails, N } from './averaged_days.js';
import { Model, jacobianOfBody, n } from './averaged_model.js';
import { Record } from './averaged_record.js';
import { averaging, DAY, running } from './settings.js';

/**
 * @typedef {import('./integrate.js').Events} Events
 * @typedef {import('./integrate.js').Workspace} Workspace
 */

const { ALLOWED, FELT, FEW, FEWEST, FIRST, LEAD, LONGEST, REFUSED, SHORT } = averaging;
const { TOLERANCE } = running;

/**
 * @typedef {object} Averaged
 * @property {Record} record `at(out)` are its states and readings, `errors()` how far off they may be
 * @property {number} evaluations
 * @property {number[]} lived the days lived through
 */

/** Whether a run is long enough to be averaged. @param {number} minutes */
export function lasts(minutes) {
  return Math.ceil(minutes / DAY) > FEW;
}

/**
 * A run from midnight in which nothing is held, looked at at minutes `out`; null if it is short or a day fails, and
 * then it has to be run in full.
 * @param {Workspace} work
 * @param {Events} events
 * @param {number} stop min
 * @param {Float64Array} c constants @param {Float64Array} state at midnight
 * @param {{state: ArrayLike<number>, jacobian: Float64Array}} rest of the body
 * @param {Float64Array} out ascending, within the run
 * @param {number} [tolerance] of a full run that would be as good
 * @returns {Averaged | null}
 */
export function averaged(work, events, stop, c, state, rest, out, tolerance = TOLERANCE) {
  if (!lasts(stop) || out.length === 0) return null;
  const days = new Days(work, events, stop, c, out, 10 * tolerance);
  const jacobian = jacobianOfBody(rest.state, rest.jacobian);
  const model = new Model(days, jacobian);
  const edges = edgesOf(days);
  const turns = [...new Set([...days.drugs.doses.values()].flatMap((given) => given.turns()))]
    .sort((a, b) => a - b);
  const allowed = ALLOWED * Math.sqrt(tolerance / TOLERANCE);
  const x = Float64Array.from(BODY, (i) => state[i]);
  try {
    for (let k = 0; k + 1 < edges.length; k++) {
      cross(model, x, edges[k], edges[k + 1], turns, leadOf(days, edges[k]), allowed);
    }
  } catch (error) {
    if (error instanceof Fails) return null;
    throw error;
  }
  const memory = Float64Array.from({ length: n }, (_, i) => (
    Math.min(Math.max(1 + jacobian[i * n + i], 1e-9), 1)
  ));
  return {
    record: new Record(days, memory, edges),
    evaluations: days.evaluations,
    lived: [...days.courses.keys()].sort((a, b) => a - b),
  };
}

/** The days from which days are not like those before, and the last. @param {Days} days */
function edgesOf(days) {
  const cuts = new Set([0, days.count]);
  for (let day = 1; day < days.count; day++) if (!days.likeTheDayBefore(day)) cuts.add(day);
  for (const given of days.drugs.doses.values()) {
    // under doses a week apart reach never jumps, so that what was learned of it goes on to hold
    const turns = given.turns();
    for (const day of given.apart === 1 ? turns : turns.slice(0, 1)) cuts.add(day);
  }
  return [...cuts].filter((day) => day <= days.count).sort((a, b) => a - b);
}

/** Days to live through from an edge: a few, and until a second dose, or a first, has been felt. @param {Days} days @param {number} first */
function leadOf(days, first) {
  let lead = LEAD;
  for (const given of days.drugs.doses.values()) {
    if (given.day[0] <= first && given.apart > 1) {
      lead = Math.max(lead, given.day[0] + given.apart + FELT - first);
    }
  }
  return lead;
}

/**
 * From the midnight `x` of day `first` to that of `last`, which `x` becomes; those between are filled in on the way.
 * No step goes past the days at which something `turns`; the first `lead` days are lived through.
 * @param {Model} model @param {Float64Array} x @param {number} first @param {number} last
 * @param {number[]} turns @param {number} lead @param {number} allowed difference between a step and its correction
 */
function cross(model, x, first, last, turns, lead, allowed) {
  const { days } = model;
  const exactly = [...new Set([...days.seen.keys(), ...turns])]
    .filter((day) => first <= day && day < last).sort((a, b) => a - b);
  if (last - first <= Math.max(SHORT, lead + FEWEST)) lead = last - first;
  for (let day = first; day < first + lead; day++) model.live(x, day);
  if (first + lead === last) return;
  model.begin(first, lead, last);
  const predicted = new Float64Array((LONGEST + 1) * n);
  const corrected = new Float64Array((LONGEST + 1) * n);
  const fault = new Float64Array(n);
  let day = first + lead;
  let length = FIRST;
  let patience = FEWEST;
  let ahead = turns.filter((turn) => turn > day);
  while (day < last) {
    if (ahead.length > 0 && day >= ahead[0]) {
      model.act(model.base, last, model.base);
      ahead = turns.filter((turn) => turn > day);
    }
    // a day that must be lived through is come to a day early, so that what is fast has settled
    let upto = day;
    if (exactly.includes(day) || exactly.includes(day + 1)) {
      upto = Math.min(day + (exactly.includes(day) ? 1 : 2), last);
      length = FIRST;
    } else {
      const next = exactly.find((one) => one > day);
      const stop = Math.min(day + length, last, next === undefined ? last : next - 1);
      const sampled = Math.min(stop, last - 1);
      model.steps(x, day, stop, null, sampled, predicted);
      const end = (stop - day) * n;
      let error = Infinity;
      if (model.sample(predicted, (sampled - day) * n, sampled, fault)) {
        error = 0;
        model.steps(x, day, stop, fault, sampled, corrected);
        for (let i = 0; i < n; i++) {
          const off = Math.abs(corrected[end + i] - predicted[end + i]) * model.weight[i];
          error = Math.max(error, off / model.size[i]);
        }
      }
      if (error <= REFUSED * allowed) {
        keep(days, corrected, day, stop);
        model.learn();
        const grow = Math.min(Math.max(0.8 * Math.sqrt(allowed / Math.max(error, 1e-12)), 0.4), 2.5);
        length = Math.min(Math.max(Math.trunc(length * grow), FEWEST), LONGEST);
        day = stop;
        for (let i = 0; i < n; i++) x[i] = corrected[end + i];
        continue;
      }
      days.courses.delete(sampled); // it began where the body will not be
      if (stop - day > FEWEST) {
        const shrink = Math.max(0.3, 0.8 * Math.sqrt(allowed / error));
        length = Math.max(FEWEST, Math.trunc((stop - day) * shrink));
      } else { // no step can be trusted here
        upto = Math.min(day + patience, last);
        length = FIRST;
        patience = Math.min(2 * patience, SHORT);
      }
    }
    for (let one = day; one < upto; one++) model.live(x, one);
    day = upto;
  }
}

/** Keep the midnights of a step. @param {Days} days @param {Float64Array} steps @param {number} first @param {number} last */
function keep(days, steps, first, last) {
  for (let day = first; day <= last; day++) {
    for (let i = 0; i < n; i++) days.midnights[day * N + BODY[i]] = steps[(day - first) * n + i];
  }
}
