// @ts-check
/** A scenario as it is written, read into one that can be run and judged (scenario/model.py). */

import { changed, readArm, readChange, readKnockOuts } from './arms.js';
import { didYouMean, short, wrong } from './faults.js';
import { checkNames } from './evaluate.js';
import { all, isMapping, readCheck, within } from './read.js';
import { parseQuantity } from './units.js';
import { armsUsed, checkParts, checkWindows, columnsOfFeature } from './vocabulary_use.js';

/**
 * @typedef {import('./arms.js').Arm} Arm
 * @typedef {import('./arms.js').KnockOut} KnockOut
 * @typedef {import('./arms.js').Known} Known
 * @typedef {import('./vocabulary_use.js').Check} Check
 * @typedef {import('./vocabulary_use.js').Window} Window
 */

/**
 * @typedef {object} Panel
 * @property {string[]} observables
 * @property {string} [title]
 * @property {number} [start] min
 * @property {number} [stop] min
 * @property {string} [time_unit]
 * @property {string[]} checks
 * @property {string[]} arms
 * @property {string} kind lines, dose or bars
 */

/**
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title
 * @property {string} claim
 * @property {string} status
 * @property {any} evidence
 * @property {any} source
 * @property {any} in_reality
 * @property {any} predict
 * @property {any} population
 * @property {{panels: Panel[], caption?: string}} plot
 * @property {Arm} context
 * @property {Record<string, Arm>} arms
 * @property {string} control
 * @property {Check[]} checks each with an id
 * @property {Check} positive_control
 * @property {KnockOut[]} must_fail_when
 * @property {string | null} hash of the bundled scenario; null for one of a user's
 * @property {'full' | 'averaged'} resolution
 * @property {Record<string, string>} about
 * @property {import('./data.js').Recorded | null} recorded
 */

const NAME = /^[a-z0-9]+([-_][a-z0-9]+)*$/;
const TEXTS = ['id', 'title', 'claim', 'control'];
const MOST = 64; // arms, checks, knock-outs: more is no scenario for a page

/** @param {any} value @param {string} field */
function text(value, field) {
  if (typeof value !== 'string' || value.trim() === '') throw wrong('expected text', { field });
  return value.trim();
}

/** @param {any} written @returns {Panel} */
function readPanel(written) {
  if (!isMapping(written) || !Array.isArray(written.observables)) throw wrong('expected a panel with its observables');
  /** @param {unknown} value */
  const minutes = (value) => (value === undefined || value === null ? undefined : parseQuantity(value, 'min'));
  const found = {
    observables: written.observables.map(String),
    title: typeof written.title === 'string' ? written.title : undefined,
    start: within('from', () => minutes(written.from)),
    stop: within('to', () => minutes(written.to)),
    time_unit: typeof written.time_unit === 'string' ? written.time_unit : undefined,
    checks: Array.isArray(written.checks) ? written.checks.map(String) : [],
    arms: Array.isArray(written.arms) ? written.arms.map(String) : [],
    kind: typeof written.kind === 'string' ? written.kind : 'lines',
  };
  return /** @type {Panel} */ (Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)));
}

/** @param {unknown} value @param {string} what @returns {any[]} */
function list(value, what) {
  if (!Array.isArray(value) || value.length === 0) throw wrong(`expected a list of ${what}`);
  if (value.length > MOST) throw wrong(`more than ${MOST} ${what}`);
  return value;
}

/** @param {unknown} value @param {Arm} context @param {Known} known */
function readArms(value, context, known) {
  if (!isMapping(value) || Object.keys(value).length === 0) throw wrong('expected arms by their names, in braces');
  if (Object.keys(value).length > MOST) throw wrong(`more than ${MOST} arms`);
  return Object.fromEntries(all(Object.keys(value).map((name) => [name, () => {
    if (!NAME.test(name) || name === 'baseline' || name.length > 40) throw wrong(`'${short(name)}' is no name for an arm`);
    return /** @type {[string, Arm]} */ ([name, changed(context, readChange(value[name], known))]);
  }])));
}

/**
 * A scenario as written, checked; throws Fault or Faults that say what is wrong and where.
 * @param {unknown} written @param {Known} known @returns {Scenario}
 */
export function readScenario(written, known) {
  if (!isMapping(written)) throw wrong("expected fields at the top, such as 'id: ...', not a list or text");
  if ((written.schema ?? 1) !== 1) throw wrong(`unknown version ${short(written.schema)}`, { field: 'schema', hint: 'this page reads 1' });
  const [head, context] = all(/** @type {[string, () => any][]} */ ([
    ['', () => Object.fromEntries(TEXTS.map((name) => [name, text(written[name], name)]))],
    ['context', () => readArm(written.context, known)],
  ]));
  const [arms, checks, positive, knockOuts, plot] = all(/** @type {[string, () => any][]} */ ([
    ['arms', () => readArms(written.arms, context, known)],
    ['checks', () => all(list(written.checks, 'checks').map((check, i) => [i, () => readCheck(check)]))],
    ['positive_control', () => readCheck(written.positive_control)],
    ['must_fail_when', () => readKnockOuts(list(written.must_fail_when, 'knock-outs'), known)],
    ['plot.panels', () => all(
      list(/** @type {any} */ (written.plot)?.panels, 'panels').map((panel, i) => [i, () => readPanel(panel)]),
    )],
  ]));
  checkNames(checks).forEach((id, i) => {
    checks[i].id = id;
  });
  positive.id ??= 'positive-control';
  crossed(head.control, arms, [...checks, positive], knockOuts);
  return {
    ...head,
    status: written.status ?? '',
    evidence: written.evidence ?? null,
    source: written.source ?? null,
    in_reality: written.in_reality ?? null,
    predict: written.predict ?? null,
    population: written.population ?? null,
    plot: { panels: plot, caption: /** @type {any} */ (written.plot)?.caption },
    context,
    arms,
    checks,
    positive_control: positive,
    must_fail_when: knockOuts,
    hash: null,
    resolution: 'averaged',
    about: {},
    recorded: null,
  };
}

/** What only shows when parts are held against each other. @param {string} control @param {Record<string, Arm>} arms @param {Check[]} checks @param {KnockOut[]} knockOuts */
function crossed(control, arms, checks, knockOuts) {
  const names = Object.keys(arms);
  /** @param {string} arm @param {string} field */
  const known = (arm, field) => {
    if (!names.includes(arm)) {
      throw wrong(`unknown arm '${short(arm)}'`, { field, hint: didYouMean(arm, names) ?? `the arms are ${names.join(', ')}` });
    }
  };
  known(control, 'control');
  for (const check of checks) {
    for (const arm of armsUsed(check)) known(arm, check.id ?? check.kind);
    checkWindows(check);
  }
  for (const knockOut of knockOuts) {
    for (const arm of [...(knockOut.arms ?? []), ...Object.keys(knockOut.replace)]) known(arm, `must_fail_when.${knockOut.name}`);
  }
}

/** Every stretch of the runs that the checks read or the plot shows. @param {Scenario} scenario @returns {Window[]} */
export function windowsOf({ checks, positive_control: positive, plot }) {
  const shown = plot.panels.filter((panel) => panel.start !== undefined || panel.stop !== undefined);
  return [
    ...[...checks, positive].flatMap(checkWindows),
    ...shown.map((panel) => ({ start: panel.start ?? null, stop: panel.stop ?? null, arms: [], grid: 1 })),
  ];
}


/** The columns that features of the checks read. @param {Scenario} scenario */
export function columnsOf({ checks, positive_control: positive }) {
  return [...new Set([...checks, positive].flatMap((check) => (
    checkParts(check).flatMap(([feature]) => columnsOfFeature(feature))
  )))];
}
