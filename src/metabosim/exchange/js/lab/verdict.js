// @ts-check
/** What a judge finds, and the verdict that follows (claims/verdict.py). */

import { judging } from '../settings.js';

/**
 * @typedef {'holds' | 'vacuous' | 'inconclusive' | 'fails' | 'error'} Verdict
 * @typedef {object} Judgement A margin (positive: the statement is true), its unit and what it was found from.
 * @property {number} margin
 * @property {string} unit
 * @property {number} scale the declared size that the margin is measured against, above 0
 * @property {string} says
 * @property {Record<string, any>} [evidence]
 * @property {string | null} [nothing] why there was nothing to judge
 * @property {number} [ownError] the part of the numerical error that the judge knows of itself
 */

/** From the mildest to the most severe. @type {Verdict[]} */
export const VERDICTS = ['holds', 'vacuous', 'inconclusive', 'fails', 'error'];

/** The most severe of some verdicts; `vacuous` if there is none. @param {Verdict[]} verdicts @returns {Verdict} */
export function worst(verdicts) {
  if (verdicts.length === 0) return 'vacuous';
  return VERDICTS[Math.max(...verdicts.map((one) => VERDICTS.indexOf(one)))];
}

/** The judgement with the smallest relative margin. @param {Judgement[]} judgements */
export function weakest(judgements) {
  return judgements.reduce((least, one) => (one.margin / one.scale < least.margin / least.scale ? one : least));
}

/**
 * The verdict and the numerical error: the change of the margin at a tighter tolerance, if it was judged there.
 * @param {Judgement} judgement @param {Judgement | null} tight @returns {{verdict: Verdict, error: number | null}}
 */
export function decide(judgement, tight) {
  const { margin, scale, ownError = 0 } = judgement;
  if (!(Number.isFinite(margin) && scale > 0)) return { verdict: 'error', error: null };
  if (judgement.nothing) return { verdict: 'vacuous', error: null };
  let error = null;
  if (tight !== null) {
    if (tight.nothing || !Number.isFinite(tight.margin)) return { verdict: 'inconclusive', error: null };
    error = Math.abs(margin - tight.margin);
  }
  if (error !== null || ownError) error = (error ?? 0) + ownError;
  if (Math.abs(margin) <= Math.max(judging.LINE * scale, 10 * (error ?? 0))) return { verdict: 'inconclusive', error };
  return { verdict: margin > 0 ? 'holds' : 'fails', error };
}

/** `value` with only what JSON knows; a number that is not finite becomes null. @param {any} value @returns {any} */
export function plain(value) {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(/** @type {any} */ (value), plain);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
