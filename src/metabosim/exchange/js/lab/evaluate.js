// @ts-check
/** Checks judged on a bench, and the claim as a whole (claims/evaluate.py and result.py). */

import { ARM_CHECKS } from './checks_arms.js';
import { CAUSE_CHECKS } from './checks_cause.js';
import { COURSE_CHECKS } from './checks_course.js';
import { EFFECT_CHECKS } from './checks_effects.js';
import { EVENT_CHECKS } from './checks_events.js';
import { Fault } from './faults.js';
import { decide, plain, worst } from './verdict.js';

/**
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./verdict.js').Judgement} Judgement
 * @typedef {import('./verdict.js').Verdict} Verdict
 * @typedef {import('./vocabulary_use.js').Check} Check
 */

/**
 * @typedef {object} CheckResult
 * @property {string} id
 * @property {string} kind
 * @property {string} statement
 * @property {Verdict} verdict
 * @property {number | null} margin
 * @property {string | null} unit
 * @property {number | null} marginRelative the margin over its scale
 * @property {number | null} numericalError
 * @property {string} says
 * @property {Record<string, any>} evidence
 * @property {boolean} recorded whether it was taken over from what was computed before
 */

const JUDGES = new Map(Object.entries({
  ...ARM_CHECKS, ...COURSE_CHECKS, ...EVENT_CHECKS, ...EFFECT_CHECKS, ...CAUSE_CHECKS,
}));
JUDGES.set('refuted', refuted);

/** A virtual trial of hundreds of people takes minutes. */
export const NOT_HERE = new Set(['correlates']);

/** Which kinds of checks can be judged here. */
export const JUDGED = [...JUDGES.keys()];

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
export function judge(check, bench) {
  const found = JUDGES.get(check.kind);
  if (found === undefined) throw new Fault('judge', `'${check.kind}' is not judged here`);
  return found(check, bench);
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function refuted(check, bench) {
  const inner = judge(check.check, bench);
  return {
    ...inner,
    margin: -inner.margin,
    says: `${inner.margin < 0 ? 'not so' : 'it is so after all'}: ${inner.says}`,
    evidence: { inner: inner.evidence },
  };
}

/** @param {Check} check @param {string} id @param {Verdict} verdict @param {string} why @returns {CheckResult} */
function failed(check, id, verdict, why) {
  return {
    id, kind: check.kind, statement: check.statement ?? '', verdict, margin: null, unit: null, marginRelative: null,
    numericalError: null, says: why, evidence: { why }, recorded: false,
  };
}

/**
 * One check on a bench, and on a tighter one for the numerical error. A run that fails or a number that cannot be
 * trusted is an `error`; nothing to judge is `vacuous`.
 * @param {Check} check @param {string} id @param {Bench} bench @param {Bench | null} [tight] @returns {CheckResult}
 */
export function judgeCheck(check, id, bench, tight = null) {
  let found;
  try {
    found = judge(check, bench);
  } catch (error) {
    return failed(check, id, verdictOf(error), messageOf(error));
  }
  let second = null;
  if (tight !== null) {
    try {
      second = judge(check, tight);
    } catch (error) {
      if (verdictOf(error) !== 'vacuous') {
        return failed(check, id, 'error', `at a tighter tolerance: ${messageOf(error)}`);
      }
      second = { ...found, nothing: messageOf(error) };
    }
  }
  const { verdict, error } = decide(found, second);
  if (verdict === 'error') return failed(check, id, verdict, `the margin is ${found.margin}, which is no number`);
  return {
    id,
    kind: check.kind,
    statement: check.statement ?? '',
    verdict,
    margin: found.margin,
    unit: found.unit,
    marginRelative: found.margin / found.scale,
    numericalError: error,
    says: found.nothing ? `void: ${found.nothing} (${found.says})` : found.says,
    evidence: plain({
      ...found.evidence,
      ...(second === null ? {} : { margin_at_tighter_tolerance: second.margin }),
      ...(found.nothing ? { void: found.nothing } : {}),
    }),
    recorded: false,
  };
}

/** @param {unknown} error @returns {Verdict} */
function verdictOf(error) {
  if (!(error instanceof Fault)) throw error;
  return error.kind === 'void' ? 'vacuous' : 'error';
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Fault ? error.message : String(error));

/** The ids of checks: their own, else their kind, numbered where several have the same. @param {Check[]} checks */
export function checkNames(checks) {
  /** @type {string[]} */
  const names = [];
  for (const check of checks) {
    const name = check.id ?? check.kind.replaceAll('_', '-');
    let n = 1;
    while (names.includes(n === 1 ? name : `${name}-${n}`)) n++;
    names.push(n === 1 ? name : `${name}-${n}`);
  }
  return names;
}

/** The claim's verdict: the worst of its checks; a positive control that fails makes it void. @param {CheckResult[]} checks @param {CheckResult} positiveControl @returns {Verdict} */
export function claimVerdict(checks, positiveControl) {
  const control = positiveControl.verdict === 'fails' ? 'vacuous' : positiveControl.verdict;
  return worst([...checks.map((check) => check.verdict), control]);
}

/** Of the checks with the claim's verdict, the one with the least to spare. @param {CheckResult[]} checks @param {Verdict} verdict */
export function decidingOf(checks, verdict) {
  const same = checks.filter((check) => check.verdict === verdict);
  const some = same.length > 0 ? same : checks;
  const measured = some.filter((check) => check.marginRelative !== null);
  if (measured.length === 0) return some[0];
  return measured.reduce((least, one) => (
    (one.marginRelative ?? 0) < (least.marginRelative ?? 0) ? one : least
  ));
}
