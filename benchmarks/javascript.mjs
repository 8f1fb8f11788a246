/**
 * How long the JavaScript kernel takes: medians and best times, ms, of one run after warming up.
 *
 *     PYTHON=.venv-test/bin/python node benchmarks/javascript.mjs
 *
 * Python (with metabosim installed) plans the runs; Node runs them.
 */

import { execFileSync } from 'node:child_process';
import { averaged } from '../src/metabosim/exchange/js/averaged.js';
import { integrate, workspace } from '../src/metabosim/exchange/js/integrate.js';
import * as kernel from '../src/metabosim/exchange/js/kernel.js';
import { coursesOf, planned } from '../src/metabosim/exchange/js/plan.js';
import { open } from '../src/metabosim/exchange/js/lab/lab.js';
import { findRest, jacobianOf, quickRest } from '../src/metabosim/exchange/js/rest.js';

const PLANS = `
import json
import metabosim as ms
from metabosim.engine import make_body, simulate
from metabosim.exchange.javascript import plan_of, subject_of
from metabosim.exchange.lab_data import lab_data
arms = {
    "day": simulate("visceral-obese"),
    "clamp, 4 h": simulate("lean-healthy", [
        ms.GlucoseClamp([5.0], 0.0, 240.0), ms.InsulinInfusion("1 mU/kg/min", 0.0, 240.0),
    ], start="fasting", duration=240.0),
    "held day": simulate("lean-healthy", [ms.Hold("vat_inflammation_drive", "baseline")]),
    "26 weeks, daily": simulate("visceral-obese", [
        ms.Dose("tesamorelin", "2 mg", "22 h", "1 d")], duration="26 weeks"),
    "26 weeks, weekly": simulate("visceral-obese", [
        ms.Dose("semaglutide", "1 mg", "8 h", "1 week")], duration="26 weeks"),
    "26 weeks, none": simulate("visceral-obese", duration="26 weeks"),
    "26 weeks, diet": simulate("visceral-obese", [ms.Diet(0.75, 0.0)], duration="26 weeks"),
}
print(json.dumps({
    "arms": {name: plan_of(run) for name, run in arms.items()},
    "subject": subject_of(make_body("visceral-obese")),
    "data": lab_data(),
}))
`;

const python = process.env.PYTHON ?? 'python3';
const { arms, subject, data } = JSON.parse(
  execFileSync(python, ['-c', PLANS], { encoding: 'utf8', maxBuffer: 1e9 }),
);
const work = workspace();

/** @param {() => void} run @param {number} seconds */
function timed(run, seconds = 2) {
  const times = [];
  const until = performance.now() + 1000 * seconds;
  while (performance.now() < until || times.length < 5) {
    const before = performance.now();
    run();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], best: times[0] };
}

/** @param {string} name @param {{median: number, best: number}} time @param {string} [more] */
function print(name, { median, best }, more = '') {
  const columns = [median, best].map((ms) => ms.toFixed(3).padStart(9));
  console.log(`${name.padEnd(46)}${columns.join('')}  ${more}`);
}

/** A run that is recorded every `minutes`. */
function prepared(plan, tolerance, minutes) {
  const events = planned(plan);
  const courses = coursesOf(plan);
  const n = Math.floor(plan.stop / minutes) + 1;
  const out = Float64Array.from({ length: n }, (_, i) => i * minutes);
  const states = new Float64Array(n * kernel.STATES.length);
  const readings = new Float64Array(n * kernel.READINGS.length);
  const start = Float64Array.from(plan.state);
  const constants = Float64Array.from(plan.constants);
  const y = start.slice();
  const c = constants.slice();
  return () => {
    y.set(start);
    c.set(constants);
    integrate(
      work, 0, y, c, plan.stop, events, courses, out, states, readings, tolerance, kernel.SCALE,
      1e9,
    );
  };
}

console.log(`node ${process.version}\n${' '.repeat(46)}   median     best  (ms)`);
const day = arms.day;
{
  const [y, c] = [Float64Array.from(day.state), Float64Array.from(day.constants)];
  const h = new Float64Array(kernel.HOISTED);
  const [out, seen] = [kernel.STATES, kernel.READINGS].map((names) => new Float64Array(names.length));
  kernel.prepare(c, h);
  const thousand = (f) => () => {
    for (let i = 0; i < 1000; i++) f();
  };
  print('1000 x rates', timed(thousand(() => kernel.rates(y, c, h, out))));
  print('1000 x observe', timed(thousand(() => kernel.observe(y, c, h, seen))));
  print('1000 x prepare', timed(thousand(() => kernel.prepare(c, h))));
}
for (const [name, plan] of Object.entries(arms)) {
  const long = plan.stop > 4 * 1440;
  for (const tolerance of [1e-4, 1e-5, 1e-7]) {
    for (const minutes of long ? [1440] : [1, 5, plan.stop]) {
      const run = prepared(plan, tolerance, minutes);
      const time = timed(run, long ? 4 : 1);
      print(`${name}, ${tolerance}, each ${minutes} min`, time, `${work.evaluations} evaluations`);
    }
  }
}
const rest = { state: subject.rest, jacobian: jacobianOf(subject.jacobian) };
for (const [name, plan] of Object.entries(arms).filter(([, { stop }]) => stop > 28 * 1440)) {
  const events = planned(plan);
  const [c, y] = [Float64Array.from(plan.constants), Float64Array.from(plan.state)];
  for (const minutes of [1440, 60, 20]) {
    const out = Float64Array.from({ length: plan.stop / minutes + 1 }, (_, i) => i * minutes);
    let found = averaged(work, events, plan.stop, c, y, rest, out);
    const time = timed(() => {
      found = averaged(work, events, plan.stop, c, y, rest, out);
      found.record.at();
    });
    print(`${name}, averaged, each ${minutes} min`, time, `${found.lived.length} days lived`);
  }
}
const lab = open(data);
const arm = (change) => ({ ...lab.arms('tesamorelin-cuts-vat').tesamorelin, ...change });
for (const [name, own, minutes] of [
  ['lab: a day', { duration: 1440, protocol: [] }, 5],
  ['lab: 26 weeks, daily', {}, 60],
]) {
  let gain = 0;
  const time = timed(() => {
    gain = (gain + 0.01) % 2;
    lab.run(arm({ ...own, levers: { insulin_action: gain } }), { minutes }).column('glucose_mmol_l');
  });
  print(`${name}, another lever each time`, time);
}
const near = { state: subject.rest, jacobian: jacobianOf(subject.jacobian) };
for (const [lever, value] of [['insulin_action', 0.9], ['glp1_appetite', 2], ['vat_inflammation', 0]]) {
  const c = Float64Array.from(subject.constants);
  c[kernel.CONSTANTS.indexOf(`lever.${lever}`)] = value;
  for (const find of [quickRest, findRest]) {
    let found = find(work, c, subject.habitual, near);
    const time = timed(() => {
      found = find(work, c, subject.habitual, near);
    });
    print(`${find.name}, ${lever} ${value}`, time, found ? `${found.days} days` : 'not found');
  }
}
