// @ts-check
/** What the page says, in the language chosen: one JSON file each, of which English is the measure. */

/**
 * @typedef {Record<string, string>} Phrases
 * @typedef {object} Language
 * @property {string} name what its speakers call it
 * @property {string} decimal the decimal sign
 * @property {Phrases} phrases
 * @property {Record<string, Phrases>} names by kind (levers, observables...) and name; in English these are the body's own
 * @property {Phrases} [texts] what scenarios say, by their English
 * @property {Computed} [computed] how judges speak
 */

/**
 * @typedef {object} Computed
 * @property {Phrases} frames turns of phrase with gaps, by their English
 * @property {Phrases} words what stands in the gaps, by its English
 */

/** @type {Record<string, Language>} */
let languages = {};
/** @type {Record<string, Phrases>} */
let own = {};
let chosen = 'en';

/**
 * @param {Record<string, Language>} all by their code
 * @param {Record<string, Phrases>} names the body's own names, in English
 */
export function setLanguages(all, names) {
  languages = all;
  own = names;
}

/** @param {string} code @returns {string} the code in use from now on */
export function choose(code) {
  chosen = Object.hasOwn(languages, code) ? code : 'en';
  return chosen;
}

export function language() {
  return chosen;
}

/** Codes and names of all languages. @returns {[string, string][]} */
export function offered() {
  return Object.entries(languages).map(([code, { name }]) => [code, name]);
}

export function decimalSign() {
  return languages[chosen]?.decimal ?? '.';
}

/**
 * A phrase with its gaps filled: `{name}` takes `gaps.name`. A phrase that is missing is its key, which tests find.
 * @param {string} key @param {Record<string, string | number>} [gaps]
 */
export function t(key, gaps = {}) {
  const phrase = languages[chosen]?.phrases[key] ?? languages.en?.phrases[key] ?? key;
  return phrase.replace(/\{(\w+)\}/g, (whole, name) => (
    Object.hasOwn(gaps, name) ? String(gaps[name]) : whole
  ));
}

/** What a scenario says: in the language chosen, where it is translated. @param {string} text */
export function said(text) {
  const texts = languages[chosen]?.texts ?? {};
  return Object.hasOwn(texts, text) ? texts[text] : text;
}

/** The language that a scenario says something in, where it is not the page's. @param {string} text */
export function tongue(text) {
  return chosen === 'en' || Object.hasOwn(languages[chosen]?.texts ?? {}, text) ? null : 'en';
}

/** How judges speak in the language chosen; null where they speak English. @returns {Computed | null} */
export function computed() {
  return languages[chosen]?.computed ?? null;
}

/** Whether there is such a phrase. @param {string} key */
export function known(key) {
  return languages.en !== undefined && Object.hasOwn(languages.en.phrases, key);
}

/** Whether something has a name of that kind. @param {string} kind @param {string} name */
export function hasName(kind, name) {
  return (languages[chosen]?.names[kind]?.[name] ?? own[kind]?.[name]) !== undefined;
}

/** What an observable is called; a drug's level is none of the body's own. @param {string} name */
export function observableName(name) {
  const drug = /^drug_(.+)_nmol_l$/.exec(name)?.[1].replace(/_/g, '-');
  return drug === undefined ? nameOf('observables', name) : t('drug-in-blood', { name: nameOf('therapies', drug) });
}

/** What something is called. @param {string} kind @param {string} name */
export function nameOf(kind, name) {
  return languages[chosen]?.names[kind]?.[name] ?? own[kind]?.[name] ?? name.replace(/_/g, ' ');
}
