// @ts-check
/** From runs to what the charts of a scenario draw. */

import { askedOf } from './asked.js';
import { byDay, isSmear, mean, swings } from './series.js';
import { asWritten, shown } from './format.js';
import { observableName, said, t } from './texts.js';
import { armsUsed } from '../../exchange/js/lab/vocabulary_use.js';

/**
 * @typedef {import('./chart.js').ChartLine} ChartLine
 * @typedef {import('./chart.js').ChartSpec} ChartSpec
 * @typedef {import('./format.js').Units} Units
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./types.d.ts').Panel} Panel
 * @typedef {import('./types.d.ts').RunAnswer} RunAnswer
 * @typedef {import('./types.d.ts').Scenario} Scenario
 * @typedef {Record<string, RunAnswer>} Runs
 */

/** @typedef {{panel: Panel, observable: string}} Slot One small plot: an observable of a panel. */

const DAY = 1440;
const SHORT = 4 * DAY; // runs whose verdict comes as fast as a hand moves
const FINE = 400; // points within a window

/** The plots of a scenario, one for each observable of each panel that draws courses. @param {Scenario} scenario @returns {Slot[]} */
export function lineSlots(scenario) {
  return scenario.plot.panels
    .filter(({ kind }) => (kind ?? 'lines') === 'lines')
    .flatMap((panel) => panel.observables.map((observable) => ({ panel, observable })));
}

/** The plots of a scenario that are bars. @param {Scenario} scenario @returns {Panel[]} */
export function barPanels(scenario) {
  return scenario.plot.panels.filter(({ kind }) => kind === 'bars' || kind === 'dose');
}

/** Every column that the plots of a scenario need. @param {Scenario} scenario */
export function columnsOf(scenario) {
  return [...new Set(scenario.plot.panels.flatMap(({ observables }) => observables))];
}

/**
 * The minutes that its graphs need while something is dragged: hours over months, finer within a short window.
 * Null for runs that are short anyway.
 * @param {Scenario} scenario
 */
export function glanceMinutes(scenario) {
  const longest = Math.max(...Object.values(scenario.arms).map(({ duration }) => duration));
  if (longest <= SHORT) return null;
  const found = new Set([0, longest]);
  for (const panel of scenario.plot.panels) {
    const [start, stop] = windowOf(panel, scenario.arms);
    const step = Math.max(1, Math.min(60, Math.round((stop - start) / FINE)));
    for (let at = Math.ceil(start); at <= stop; at += step) found.add(at);
  }
  return Float64Array.from(found).sort();
}

/** The arms in the order of their styles, the control first. @param {Scenario} scenario */
export function armOrder(scenario) {
  const others = Object.keys(scenario.arms).filter((name) => name !== scenario.control);
  return [scenario.control, ...others];
}

/** @param {Slot} slot */
export function slotTitle({ panel, observable }) {
  return panel.title !== undefined && panel.observables.length === 1 ? said(panel.title) : observableName(observable);
}

/** The stretch of time a plot shows. @param {Panel} panel @param {Record<string, Arm>} arms @returns {[number, number]} */
export function windowOf(panel, arms) {
  const named = panel.arms?.length ? panel.arms : Object.keys(arms);
  const longest = Math.max(...named.map((name) => arms[name]?.duration ?? 0));
  return [panel.start ?? 0, Math.max(panel.stop ?? longest, (panel.start ?? 0) + 1)];
}

/** Whether checks look at mornings, so that mornings should be drawn. @param {Scenario} scenario @param {Panel} panel @param {string} observable */
function mornings(scenario, panel, observable) {
  /** @param {any} node @returns {boolean} */
  const looks = (node) => (
    typeof node === 'object' && node !== null
    && (node.fasting === observable || node.daily === 'fasting' || Object.values(node).some(looks))
  );
  return scenario.checks.filter(({ id }) => panel.checks?.includes(id)).some(looks);
}

/**
 * The checks that a panel names, with what was found of them; and the one that decides, if no panel names it.
 * @param {Scenario} scenario @param {Panel} panel @param {import('./types.d.ts').Judged} judged
 * @returns {[import('./types.d.ts').Check, import('./types.d.ts').CheckResult][]}
 */
function checksAt(scenario, panel, judged) {
  const ids = new Set(panel.checks ?? []);
  if (!scenario.plot.panels.some(({ checks }) => checks?.includes(judged.deciding))) ids.add(judged.deciding);
  return scenario.checks.flatMap((check) => {
    const result = judged.checks.find(({ id }) => id === check.id);
    return ids.has(check.id) && result !== undefined ? [/** @type {[typeof check, typeof result]} */ ([check, result])] : [];
  });
}

/** When something is given or eaten, once each. @param {Record<string, Arm>} arms @param {[number, number]} window */
function eventsOf(arms, [start, stop]) {
  /** @type {Map<string, {at: number, kind: 'meal' | 'dose'}>} */
  const events = new Map();
  /** @param {number} at @param {'meal' | 'dose'} kind */
  const add = (at, kind) => { if (at >= start && at <= stop) events.set(`${kind}${at}`, { at, kind }); };
  for (const arm of Object.values(arms)) {
    for (const step of arm.protocol ?? []) {
      if ('meal' in step) add(step.meal.at, 'meal');
      if ('oral_glucose' in step) add(step.oral_glucose.at, 'meal');
      if ('dose' in step) {
        const { start: first = 0, every, stop: last = arm.duration } = step.dose;
        for (let at = first, n = 0; at < Math.min(last ?? arm.duration, stop + 1) && n < 2000; at += every || Infinity, n++) add(at, 'dose');
      }
    }
  }
  return [...events.values()];
}

/**
 * @param {object} of
 * @param {Scenario} of.scenario
 * @param {Record<string, Arm>} of.arms as they were run
 * @param {Slot} of.slot
 * @param {Units} of.units
 * @param {{role: import('./chart.js').Role, runs: Runs}[]} of.layers
 * @param {string[]} of.hidden
 * @param {[number, number] | null} of.zoom
 * @param {import('./types.d.ts').Judged} [of.judged] whose checks say what they ask for
 * @returns {ChartSpec}
 */
export function specOf({ scenario, arms, slot, units, layers, hidden, zoom, judged }) {
  const { panel, observable } = slot;
  const { unit, factor } = shown(observable, units);
  const order = armOrder(scenario);
  const whole = windowOf(panel, arms);
  const window = zoom ?? whole;
  /** @type {ChartLine[]} */
  const lines = [];
  for (const { role, runs } of layers) {
    for (const [name, run] of Object.entries(runs)) {
      if (hidden.includes(name) || (panel.arms?.length && !panel.arms.includes(name))) continue;
      const y = run.columns[observable];
      if (y === undefined || run.time.length === 0) continue;
      lines.push({
        label: asWritten(name), style: order.indexOf(name) % 10, role,
        course: { x: run.time, y: factor === 1 ? y : y.map((value) => value * factor) },
      });
    }
  }
  let title = slotTitle(slot);
  const span = window[1] - window[0];
  /** @type {'mean' | 'fasting' | null} */
  let daily = null;
  if (isSmear(span, lines.map(({ course }) => course))) {
    const early = mornings(scenario, panel, observable);
    daily = early ? 'fasting' : 'mean';
    if (early || lines.some(({ course }) => swings(course))) title += early ? t('fasting-values') : t('daily-means');
    for (const one of lines) one.course = byDay(one.course, early);
  }
  const now = layers.find(({ role }) => role === 'now')?.runs ?? {};
  const asked = judged === undefined ? [] : checksAt(scenario, panel, judged).flatMap(([check, result]) => (
    armsUsed(check).some((arm) => hidden.includes(arm)) ? []
      : askedOf(check, result, { observable, units, window, daily, order, runs: now })));
  return {
    title, unit, window, lines, asked: asked.filter((one, i) => asked.findIndex(({ label }) => label === one.label) === i),
    timeUnit: zoom === null ? panel.time_unit ?? null : null,
    clock: Object.values(arms).every(({ start }) => start !== 'fasting'),
    events: span > 60 * DAY ? [] : eventsOf(arms, window),
  };
}

/**
 * The mean of each arm over the panel's stretch.
 * @param {Panel} panel @param {string} observable @param {Scenario} scenario @param {Record<string, Arm>} arms @param {Runs} runs @param {Units} units @param {string[]} hidden
 */
export function meansOf(panel, observable, scenario, arms, runs, units, hidden) {
  const { factor } = shown(observable, units);
  const [start, stop] = windowOf(panel, arms);
  return armOrder(scenario)
    .filter((name) => name in runs && !hidden.includes(name) && (!panel.arms?.length || panel.arms.includes(name)))
    .flatMap((name) => {
      const { time, columns } = runs[name];
      const y = columns[observable];
      if (y === undefined || time[time.length - 1] < start) return [];
      return [{ label: asWritten(name), style: armOrder(scenario).indexOf(name) % 10, value: mean({ x: time, y }, start, stop) * factor }];
    });
}
