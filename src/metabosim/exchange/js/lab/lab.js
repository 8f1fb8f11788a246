// @ts-check
/** What a page computes with: scenarios, runs, verdicts; docs/exchange.md tells of it. */

import { workspace } from '../integrate.js';
import { running } from '../settings.js';
import { changed, knockedOut, readArm, readChange } from './arms.js';
import { Bench, outputMinutes, referencesOf } from './bench.js';
import { Bodies } from './body.js';
import { NOT_HERE, claimVerdict, decidingOf, judgeCheck } from './evaluate.js';
import { didYouMean, wrong } from './faults.js';
import { stepping } from '../numeric.js';
import { simulate } from './run.js';
import { columnsOf, readScenario, windowsOf } from './scenario.js';
import { claimSentence } from './words.js';

export { Fault, Faults } from './faults.js';
export { changed } from './arms.js';

/**
 * @typedef {import('./arms.js').Arm} Arm
 * @typedef {import('./arms.js').ArmChange} ArmChange
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').RecordedCheck} RecordedCheck
 * @typedef {import('./evaluate.js').CheckResult} CheckResult
 * @typedef {import('./scenario.js').Scenario} Scenario
 * @typedef {import('./run.js').Run} Run
 * @typedef {import('./verdict.js').Verdict} Verdict
 * @typedef {import('./vocabulary_use.js').Check} Check
 */

/**
 * @typedef {object} Changes What is different from the scenario's own arms.
 * @property {string} [knockOut] the name of one of its must_fail_when
 * @property {ArmChange} [context] put on every arm
 * @property {Record<string, ArmChange | {replace: Arm}>} [arms] put on, or in the place of, some
 */

/**
 * @typedef {object} Judged
 * @property {string} scenario
 * @property {Verdict} verdict
 * @property {number | null} margin of the deciding check
 * @property {string | null} unit
 * @property {string} says
 * @property {string} deciding its id
 * @property {string} sentence
 * @property {CheckResult[]} checks
 * @property {CheckResult} positiveControl
 * @property {string[]} notJudged ids of checks that are taken over from what was recorded, or left out
 */

/**
 * @typedef {object} How How arms are run.
 * @property {'averaged' | 'full'} [resolution]
 * @property {number | ArrayLike<number>} [minutes] to look at, or how far apart; by default what Python looks at
 * @property {number} [tolerance]
 * @property {boolean} [quick] a rest that nobody knows yet need not be proved to be one: for a lever that is dragged
 * @property {() => void} [between] called before each arm is run; may throw to stop
 */

/** Opens the data of a page. @param {Data} data */
export function open(data) {
  return new Lab(data);
}

/** What became of a claim, in one plain sentence. @param {Judged} judged */
export function sentence(judged) {
  return judged.sentence;
}

/** @param {number | ArrayLike<number>} minutes @param {number} duration */
function minutesOf(minutes, duration) {
  if (typeof minutes !== 'number') return Float64Array.from(minutes).filter((at) => at >= 0 && at <= duration);
  if (!(minutes > 0)) throw wrong(`minutes must be above 0, got ${minutes}`);
  return Float64Array.of(...stepping(0, duration, minutes), duration);
}

/** Scenarios and bodies of one data file, with what was solved of them. */
export class Lab {
  /** @param {Data} data */
  constructor(data) {
    this.data = data;
    this.bodies = new Bodies(data, workspace());
    /** @type {Map<string, Scenario>} */
    this.scenarios = new Map();
    const therapies = new Map(data.therapies.flatMap((therapy) => (
      [therapy.id, therapy.file].filter((name) => name !== undefined)
        .map((name) => /** @type {[string, typeof therapy]} */ ([/** @type {string} */ (name), therapy]))
    )));
    /** What a scenario may name. @type {import('./arms.js').Known} */
    this.known = {
      therapies,
      holdable: new Map(Object.entries(data.holdable)),
      subjects: this.bodies.subjects,
      levers: new Map(data.levers.map((lever) => [lever.name, lever])),
      parameters: new Map(data.parameters.filter(({ name }) => !/^drug[12]_/.test(name)).map((one) => [one.name, one])),
    };
  }

  /** The bundled scenario of an id. @param {string} id @returns {Scenario} */
  scenario(id) {
    let found = this.scenarios.get(id);
    if (found === undefined) {
      const data = this.data.scenarios.find((one) => one.id === id);
      if (data === undefined) {
        throw wrong(`unknown scenario '${id}'`, { hint: didYouMean(id, this.data.scenarios.map((one) => one.id)) });
      }
      const { written, ...more } = data;
      found = { ...readScenario(written, this.known), ...more };
      this.scenarios.set(id, found);
    }
    return found;
  }

  /** A scenario that a user brings, as it is written. @param {unknown} written */
  read(written) {
    return readScenario(written, this.known);
  }

  /** An arm as plain data, made whole and checked. @param {unknown} written */
  arm(written) {
    return readArm(written, this.known);
  }

  /** A change as plain data, checked; quantities may be text. @param {unknown} written */
  change(written) {
    return readChange(written, this.known);
  }

  /** @param {string | Scenario} scenario */
  #of(scenario) {
    return typeof scenario === 'string' ? this.scenario(scenario) : scenario;
  }

  /** A scenario's arms with changes. @param {string | Scenario} scenario @param {Changes} [changes] @returns {Record<string, Arm>} */
  arms(scenario, { knockOut, context, arms = {} } = {}) {
    const of = this.#of(scenario);
    let found = { ...of.arms };
    if (knockOut !== undefined) {
      const change = of.must_fail_when.find(({ name }) => name === knockOut);
      if (change === undefined) throw wrong(`there is no knock-out '${knockOut}'`);
      found = knockedOut(found, of.context, change);
    }
    return Object.fromEntries(Object.entries(found).map(([name, arm]) => {
      const change = Object.hasOwn(arms, name) ? arms[name] : {};
      const own = 'replace' in change ? change.replace : changed(arm, change);
      return [name, structuredClone(context === undefined ? own : changed(own, context))];
    }));
  }

  /** The minutes that Python records of an arm. @param {string | Scenario} scenario @param {string} name @param {Record<string, Arm>} [arms] */
  minutes(scenario, name, arms = this.#of(scenario).arms) {
    const windows = windowsOf(this.#of(scenario)).filter((one) => one.arms.length === 0 || one.arms.includes(name));
    const replayed = Object.values(arms).some((arm) => referencesOf(arm).includes(name));
    return outputMinutes(arms[name].duration, windows, replayed);
  }

  /** A scenario's arms, each run when it is first asked for. @param {string | Scenario} scenario @param {How & {arms?: Record<string, Arm>}} [how] */
  bench(scenario, { arms, resolution = 'averaged', minutes, tolerance = running.TOLERANCE, quick, between } = {}) {
    const of = this.#of(scenario);
    const own = arms ?? of.arms;
    return new Bench(own, of.control, (arm, how) => simulate(this.bodies, arm, { ...how, resolution, quick }), {
      windows: windowsOf(of),
      columns: columnsOf(of),
      tolerance,
      between,
      minutes: minutes === undefined ? undefined : (name) => minutesOf(minutes, own[name].duration),
    });
  }

  /** One arm by itself. @param {Arm} arm @param {How & {other?: (name: string) => import('./reading.js').Run}} [how] @returns {Run} */
  run(arm, { resolution = 'averaged', minutes, tolerance, quick, other } = {}) {
    const at = minutes === undefined ? outputMinutes(arm.duration, [], false) : minutesOf(minutes, arm.duration);
    return simulate(this.bodies, arm, { resolution, minutes: at, tolerance, quick, other });
  }

  /**
   * The verdict of a scenario's claim on a bench. With `exact`, judged again at a tenth of the tolerance: a margin
   * that this changes much is inconclusive.
   * @param {string | Scenario} scenario @param {Bench} bench @param {{exact?: boolean}} [how] @returns {Judged}
   */
  judge(scenario, bench, { exact = false } = {}) {
    const of = this.#of(scenario);
    const tight = exact ? bench.tighter() : null;
    /** @type {string[]} */
    const notJudged = [];
    /** @param {Check} check @returns {CheckResult} */
    const result = (check) => {
      const id = String(check.id);
      if (!NOT_HERE.has(check.kind)) return judgeCheck(check, id, bench, tight);
      notJudged.push(id);
      return takenOver(check, of, bench.arms);
    };
    const checks = of.checks.map(result);
    const positiveControl = result(of.positive_control);
    const verdict = claimVerdict(checks, positiveControl);
    const deciding = decidingOf(checks, verdict);
    return {
      scenario: of.id,
      verdict,
      margin: deciding.margin,
      unit: deciding.unit,
      says: deciding.says,
      deciding: deciding.id,
      sentence: claimSentence(verdict, deciding.margin, deciding.unit, deciding.says, this.data.words, Object.keys(of.arms)),
      checks,
      positiveControl,
      notJudged,
    };
  }
}

/**
 * What was recorded of a check that takes too long on a page; nothing, if the arms are others now.
 * @param {Check} check @param {Scenario} scenario @param {Record<string, Arm>} arms @returns {CheckResult}
 */
function takenOver(check, scenario, arms) {
  const id = String(check.id);
  const recorded = scenario.recorded === null ? undefined
    : [...scenario.recorded.checks, scenario.recorded.positive_control].find((one) => one.id === id);
  const same = JSON.stringify(arms) === JSON.stringify(scenario.arms);
  const base = { id, kind: check.kind, statement: check.statement ?? '', numericalError: null, evidence: {}, recorded: true };
  if (recorded === undefined || !same) {
    return {
      ...base,
      verdict: 'vacuous',
      margin: null,
      unit: null,
      marginRelative: null,
      says: 'a trial of hundreds of virtual people is not run on this page',
    };
  }
  return {
    ...base,
    verdict: recorded.verdict,
    margin: recorded.margin,
    unit: recorded.unit,
    marginRelative: recorded.relative,
    says: `recorded, not run here: ${recorded.says}`,
  };
}

