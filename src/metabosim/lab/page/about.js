// @ts-check
/** What sets an arm apart, in words: who it is, and what is done. */

import { saying } from './dom.js';
import { asWritten } from '../../exchange/js/lab/words.js';
import { nameOf, said, tongue } from './texts.js';

/** @typedef {import('./types.d.ts').Scenario} Scenario */

/**
 * Who an arm is, and what is done to it; either may be empty.
 * @param {Scenario} scenario @param {string} arm @returns {[string, string]}
 */
export function aboutParts(scenario, arm) {
  const text = scenario.about?.[arm] ?? '';
  const subject = scenario.arms[arm]?.subject ?? '';
  const named = subject !== '' && (text === subject || text.startsWith(`${subject}, `));
  const done = (named ? text.slice(subject.length + 2) : text).replace(/\bcjc-1295\b/g, 'CJC-1295');
  if (!named) return ['', done === asWritten(arm) || done === arm ? '' : done];
  const who = nameOf('subjects', subject);
  // what a name explains behind its comma would run into what is done
  return [done === '' ? who : who.split(',')[0], done];
}

/** The same to be put into an element; nothing if the arm's name says it all. @param {Scenario} scenario @param {string} arm @returns {(Node | string)[]} */
export function aboutArm(scenario, arm) {
  const [who, done] = aboutParts(scenario, arm);
  const rest = done === '' ? [] : [tongue(done) === null ? said(done) : saying('span', {}, done)];
  return who === '' ? rest : [who, ...(rest.length > 0 ? [', ', ...rest] : [])];
}
