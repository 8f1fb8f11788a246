// @ts-check
/**
 * What a judge found, in the page's language. Judges speak English, in a few dozen turns of phrase; a language file has
 * each turn with its gaps (`{a} against {b}`), and what stands in the gaps word by word. What is not in the file stays
 * English and says so.
 */

import { asWritten, decimals } from './format.js';
import { asWritten as asName, quantity as stretch, shownNumber } from '../../exchange/js/lab/words.js';
import { computed, hasName, nameOf, observableName, said } from './texts.js';

/**
 * @typedef {object} Frame A turn of phrase, taken apart.
 * @property {RegExp} pattern
 * @property {string[]} gaps
 * @property {string} put
 */

/** @type {WeakMap<object, Frame[]>} */
const known = new WeakMap();
/** @type {WeakMap<object, {words: string, features: string}>} */
const patterns = new WeakMap();

const literal = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The turns of a language: those that begin with a word before those that begin with a gap, and those that say most first. @param {import('./texts.js').Computed} language @returns {Frame[]} */
function framesOf(language) {
  let frames = known.get(language);
  if (frames === undefined) {
    const says = (/** @type {string} */ frame) => frame.replace(/\{\w+\}/g, '').length + (frame.startsWith('{') ? 0 : 1000);
    frames = Object.entries(language.frames).sort(([a], [b]) => says(b) - says(a)).map(([frame, put]) => ({
      pattern: new RegExp(`^${frame.split(/(\{\w+\})/).map((part, i) => (i % 2 === 0 ? literal(part) : part === '{rest}' ? '(.+)' : '([^;]+?)')).join('')}$`),
      gaps: [...frame.matchAll(/\{(\w+)\}/g)].map((gap) => gap[1]),
      put,
    }));
    known.set(language, frames);
  }
  return frames;
}

/** What stands in the gaps, as patterns: the words of a language, and those of them that are features. @param {import('./texts.js').Computed} language */
function patternsOf(language) {
  let found = patterns.get(language);
  if (found === undefined) {
    const sorted = Object.keys(language.words).sort((a, b) => b.length - a.length);
    found = {
      words: sorted.map(literal).join('|'),
      features: sorted.filter((word) => word.endsWith(' of')).map((word) => word.split(' ').map(literal).join('[ _]')).join('|'),
    };
    patterns.set(language, found);
  }
  return found;
}

/**
 * A judge's sentence in the page's language; null if it has no words for it.
 * @param {string} says @param {string[]} arms
 */
export function inLanguage(says, arms) {
  const language = computed();
  if (language === null) return null;
  const text = turned(says, language, arms);
  return text === null ? null : decimals(text.replace(/(?<![\w.,])-(?=\d)/g, '−'));
}

/** @param {string} says @param {import('./texts.js').Computed} language @param {string[]} arms @returns {string | null} */
function turned(says, language, arms) {
  for (const { pattern, gaps, put } of framesOf(language)) {
    const found = pattern.exec(says);
    if (found === null) continue;
    const parts = gaps.map((gap, i) => within(found[i + 1], gap, language, arms));
    if (parts.includes(null)) continue;
    return put.replace(/\{(\w+)\}/g, (_, gap) => /** @type {string} */ (parts[gaps.indexOf(gap)]));
  }
  return null;
}

/**
 * What stands in a gap: a sentence again where the gap is called `rest`.
 * @param {string} text @param {string} gap @param {import('./texts.js').Computed} language @param {string[]} arms
 * @returns {string | null}
 */
function within(text, gap, language, arms) {
  if (gap === 'rest') {
    const parts = text.split('; ').map((one) => turned(one, language, arms));
    return turned(text, language, arms) ?? (parts.includes(null) ? null : parts.join('; '));
  }
  if (Object.hasOwn(language.words, text)) return language.words[text];
  if (said(asName(text)) !== asName(text)) return asWritten(text);
  const names = [...arms].sort((a, b) => b.length - a.length).map(literal).join('|');
  const { words, features } = patternsOf(language);
  const tokens = new RegExp([
    features && `(?<feature>(?<![\\w-])(?:${features})) (?<of>[a-z0-9_]+)`,
    names && `(?<arm>(?<![\\w-])(?:${names})(?![\\w-]))`,
    '(?<name>\\b[a-z0-9]+(?:_[a-z0-9]+)+\\b)',
    '(?<minutes>(?<![\\w.])\\d[\\d.]*(?:e\\+\\d+)? min\\b)',
    '(?<bare>(?<=\\d) 1(?= =|$))',
    '(?<power>(?<![\\w.])\\d[\\d.]*e[+-]\\d+)',
    words && `(?<word>(?<![\\w/*-])(?:${words})(?![\\w-]))`,
  ].filter(Boolean).join('|'), 'g');
  return text.replace(tokens, (...found) => {
    const { feature, of, arm, name, minutes, bare, power, word } = found[found.length - 1];
    if (feature !== undefined) return `${nameIn(of, language)}, ${language.words[feature.replaceAll('_', ' ')]}`;
    if (arm !== undefined) return asWritten(arm);
    if (minutes !== undefined) return timed(stretch(Number.parseFloat(minutes), 'min'), language);
    if (bare !== undefined) return '';
    if (power !== undefined) return Number(power) >= 1 ? shownNumber(Number(power)) : language.words['less than 0.0001'] ?? power;
    if (word !== undefined) return language.words[word];
    return nameIn(name, language);
  }).replace(/'([^']*)'/g, '„$1“').replace(/\bug\//g, 'µg/').replace(/\buU\//g, 'µU/').replaceAll('*', '·');
}

/** @param {string} text @param {import('./texts.js').Computed} language */
function timed(text, language) {
  return text.replace(/[a-z]+$/, (unit) => language.words[unit] ?? unit);
}

/** What a name of the body stands for. @param {string} name @param {import('./texts.js').Computed} language */
function nameIn(name, language) {
  const plain = name.replaceAll('_', ' ');
  if (Object.hasOwn(language.words, plain)) return language.words[plain];
  return ['levers', 'holdable'].map((kind) => (hasName(kind, name) ? nameOf(kind, name) : null)).find((one) => one !== null) ?? observableName(name);
}
