// @ts-check
/** Judges of when things happen: order of events, precedence, lag, steepening (claims/event_checks.py). */

import { DAY } from '../settings.js';
import { cannotJudge } from './faults.js';
import { crossing, lagBetween } from './features_times.js';
import { slopePerDay } from './features_values.js';
import { armFor, seen, shown, whenRead } from './judging.js';
import { largest, smallest } from '../numeric.js';
import { measureOf, observableOf, sizeOf } from './quantities.js';
import { baselineOf, byTheDay, clockStart, course, windowed } from './reading.js';
import { fixed, number, quantity } from './words.js';

/**
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./reading.js').Course} Course
 * @typedef {import('./reading.js').Run} Run
 * @typedef {import('./verdict.js').Judgement} Judgement
 * @typedef {import('./vocabulary_use.js').Check} Check
 */

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function order(check, bench) {
  /** @type {number[]} */
  const times = [];
  const said = [];
  /** @type {number | undefined} */
  let since;
  for (const event of check.events) {
    const observable = event.rises ?? event.falls;
    const arm = bench.treated(event.arm || check.arm);
    const run = bench.run(arm);
    const start = event.after_previous && since !== undefined ? since : check.from;
    let line = course(run, observable, start, check.to);
    if (event.daily !== undefined) line = byTheDay(line, event.daily, event.period, clockStart(run));
    const sign = event.rises ? 1 : -1;
    const base = eventBase(event, observable, run, line);
    const { unit } = measureOf(observable);
    const effect = measureOf(observable).effect(event.by);
    const sizes = base.map((value) => sizeOf(effect, value));
    const done = line.x.map((value, i) => (sign * (value - base[i])) / sizes[i]);
    const at = crossing(line.t, done, 1);
    const word = `${observable} ${event.rises ? 'rises' : 'falls'} (${arm})`;
    if (at === null) {
      const missing = largest(done) - 1;
      const worst = smallest(sizes);
      return {
        margin: missing * worst,
        unit,
        scale: worst,
        says: `${word}: only ${fixed(100 * (1 + missing), 0)} % of the way`,
        evidence: { missing: word, reached_share: 1 + missing, times_min: times },
      };
    }
    times.push(at);
    since = at;
    said.push(`${word} at ${quantity(at, 'min')}`);
  }
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  const gap = smallest(gaps);
  return {
    margin: gap - check.apart_at_least,
    unit: 'min',
    scale: check.apart_at_least,
    says: said.join('; '),
    evidence: { times_min: times, smallest_gap_min: gap },
  };
}

/** What an event's rise or fall is measured from, at every moment. @param {any} event @param {string} observable @param {Run} run @param {Course} line */
function eventBase(event, observable, run, { t, x }) {
  if (event.since === 'highest' || event.since === 'lowest') {
    const further = event.since === 'highest' ? Math.max : Math.min;
    let now = x[0];
    return x.map((value) => {
      now = further(now, value);
      return now;
    });
  }
  if (event.since === 'start') return x.map(() => x[0]);
  const base = baselineOf(run, observable, event.daily === 'fasting' ? 'fasting' : event.baseline, t[0]);
  return x.map(() => base);
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function precedes(check, bench) {
  const both = [check.first, check.then];
  const readings = both.map((feature) => seen(feature, bench, armFor(feature, undefined, bench)));
  // minutes of the run where they are known, so that two windows may start at different times
  const known = readings.every(({ at }) => at !== null);
  const [first, then] = readings.map(({ at, value }) => (known && at !== null ? at : value));
  const gap = then - first;
  let names = both.map((feature) => `${feature.kind} of ${observableOf(feature)}`);
  if (names[0] === names[1]) names = names.map((name, i) => `${name} (${both[i].arm || whenRead(both[i])})`);
  if (names[0] === names[1]) names = names.map((name, i) => `${name}, ${whenRead(both[i])}`);
  return {
    margin: gap - check.by_at_least,
    unit: 'min',
    scale: check.by_at_least,
    says: `${names[0]} at ${quantity(first, 'min')}, ${names[1]} at ${quantity(then, 'min')}`,
    evidence: { first: shown(readings[0]), then: shown(readings[1]), gap_min: gap },
  };
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function lag(check, bench) {
  const arm = bench.treated(check.arm);
  const run = bench.run(arm);
  const [leader, follower] = [check.leader, check.follower].map((name) => windowed(run, check, name));
  const found = lagBetween(leader, follower, check.by);
  return {
    margin: Math.min(found - check.at_least, check.at_most - found),
    unit: 'min',
    scale: check.at_least,
    says: `${check.follower} follows ${check.leader} by ${quantity(found, 'min')}`,
    evidence: { arm, lag_min: found },
  };
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function steeper(check, bench) {
  const arm = bench.treated(check.arm);
  const run = bench.run(arm);
  const sign = check.direction === 'rises' ? 1 : -1;
  const [early, late] = [check.early, check.late].map((stretch) => {
    let line = course(run, check.observable, stretch.from, stretch.to);
    if (check.daily !== undefined) line = byTheDay(line, check.daily, check.period, clockStart(run));
    if (line.t.length < 2) throw cannotJudge('a slope needs at least two points');
    return sign * slopePerDay(line.t, line.x);
  });
  const measure = measureOf(check.observable);
  const base = Math.abs(baselineOf(run, check.observable, 'mean'));
  const days = (check.late.to - check.late.from) / DAY;
  const least = sizeOf(measure.effect(check.minimum_change), base) / days;
  return {
    margin: Math.min(late - check.times * Math.abs(early), late - least),
    unit: `${measure.unit}/d`,
    scale: least,
    says: `${check.observable} ${check.direction} by ${number(late)} a day late, `
      + `${number(early)} a day early (${early ? number(late / early) : 'no'} times)`,
    evidence: { arm, early_per_day: early, late_per_day: late, least_per_day: least },
  };
}

/** @type {Record<string, (check: Check, bench: Bench) => Judgement>} */
export const EVENT_CHECKS = { order, precedes, lag, steeper };
