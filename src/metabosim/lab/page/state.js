// @ts-check
/** Everything a reader has set, as an object and as the part of a link after '#'. What a link says is never trusted. */

import { noEdits } from './edits.js';

/**
 * @typedef {import('./edits.js').Edits} Edits
 * @typedef {import('./types.d.ts').LabData} LabData
 * @typedef {'home' | 'scenario' | 'cycle' | 'compare'} View
 */

/**
 * @typedef {object} Person One side of two beside each other.
 * @property {string} subject
 * @property {string} therapy '' for none
 * @property {number} times of the usual dose
 */

/**
 * @typedef {object} State
 * @property {View} view
 * @property {string} scenario
 * @property {boolean} seen whether the curves are shown
 * @property {number | null} answer the choice that was picked
 * @property {string} sketch levels of the sketch, a letter each
 * @property {Edits} edits
 * @property {Edits | null} pin
 * @property {string | null} broken the knock-out shown
 * @property {string[]} hidden arms
 * @property {[number, number] | null} zoom min
 * @property {string[]} cut links of the vicious cycle that are held
 * @property {[Person, Person]} people
 * @property {number} weeks that the two are followed
 * @property {Record<string, number>} both levers of the two
 * @property {'si' | 'us'} units
 * @property {'auto' | 'light' | 'dark'} theme
 * @property {string} lang
 * @property {string} own a scenario of one's own: packed YAML
 */

/** @returns {State} */
export function initial() {
  return {
    view: 'home', scenario: '', seen: false, answer: null, sketch: '', edits: noEdits(), pin: null, broken: null,
    hidden: [], zoom: null, cut: [],
    people: [
      { subject: 'visceral-obese', therapy: 'semaglutide', times: 1 },
      { subject: 'visceral-obese', therapy: 'tesamorelin', times: 1 },
    ],
    weeks: 26, both: {}, units: 'si', theme: 'auto', lang: 'en', own: '',
  };
}

const LONGEST = 120_000; // letters: a packed scenario of 64 kB fits

/** @param {number} value */
const brief = (value) => String(Number(value.toPrecision(6)));

/** @param {Record<string, number>} levers */
const leverText = (levers) => Object.entries(levers).map(([name, value]) => `${name}:${brief(value)}`).join(',');

/** @param {Edits} edits @returns {[string, string][]} */
function editPairs({ subject, levers, therapies, meals, snack }) {
  /** @type {[string, string][]} */
  const pairs = [];
  if (subject !== null) pairs.push(['subject', subject]);
  if (Object.keys(levers).length > 0) pairs.push(['levers', leverText(levers)]);
  const swaps = Object.entries(therapies).map(([from, { to, times }]) => `${from}:${to}:${brief(times)}`);
  if (swaps.length > 0) pairs.push(['drugs', swaps.join(',')]);
  if (meals !== 1) pairs.push(['meals', brief(meals)]);
  if (snack !== null) pairs.push(['snack', `${brief(snack.at)}:${brief(snack.grams)}`]);
  return pairs;
}

/** The state as the part of a link after '#'; what is as at first is left out. @param {State} state */
export function toHash(state) {
  const first = initial();
  /** @type {[string, string][]} */
  const pairs = [];
  /** @param {string} key @param {string} value */
  const add = (key, value) => pairs.push([key, value]);
  if (state.view !== 'home') add('view', state.view);
  if (state.view === 'scenario') {
    add('scenario', state.scenario);
    if (state.seen) add('seen', '1');
    if (state.answer !== null) add('answer', String(state.answer));
    if (state.sketch) add('sketch', state.sketch);
    pairs.push(...editPairs(state.edits));
    if (state.pin !== null) add('pin', new URLSearchParams(editPairs(state.pin)).toString() || 'as-is');
    if (state.broken !== null) add('without', state.broken);
    if (state.hidden.length > 0) add('hidden', state.hidden.join(','));
    if (state.own) add('own', state.own);
  }
  if (state.zoom !== null) add('zoom', state.zoom.map(brief).join(':'));
  if (state.view === 'cycle' && state.cut.length > 0) add('held', state.cut.join(','));
  if (state.view === 'compare') {
    add('two', state.people.map(({ subject, therapy, times }) => `${subject}:${therapy}:${brief(times)}`).join(','));
    add('weeks', brief(state.weeks));
    if (Object.keys(state.both).length > 0) add('levers', leverText(state.both));
  }
  for (const key of /** @type {const} */ (['units', 'theme', 'lang'])) {
    if (state[key] !== first[key]) add(key, state[key]);
  }
  return new URLSearchParams(pairs).toString();
}

/** Reads a link, and notes what it cannot use. */
class Reader {
  /** @param {string} text @param {LabData} data */
  constructor(text, data) {
    this.data = data;
    /** @type {string[]} */
    this.wrong = [];
    this.pairs = new URLSearchParams(text.length > LONGEST ? '' : text);
    if (text.length > LONGEST) this.wrong.push('…');
    this.subjects = new Set(data.subjects.map(({ id }) => id));
    this.therapies = new Set(data.therapies.map(({ id }) => id));
    this.levers = new Map(data.levers.map((lever) => [lever.name, lever]));
  }

  /** @param {string} said */
  refuse(said) {
    this.wrong.push(said.length > 60 ? `${said.slice(0, 59)}…` : said);
  }

  /** @param {string} text @param {number} low @param {number} high */
  number(text, low, high) {
    const value = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text ?? '') ? Number(text) : NaN;
    if (Number.isFinite(value) && value >= low && value <= high) return value;
    this.refuse(String(text));
    return null;
  }

  /** @template {string} T @param {string} key @param {readonly T[]} known @param {T} otherwise @returns {T} */
  oneOf(key, known, otherwise) {
    const text = this.pairs.get(key);
    if (text === null) return otherwise;
    if (known.includes(/** @type {T} */ (text))) return /** @type {T} */ (text);
    this.refuse(`${key}=${text}`);
    return otherwise;
  }

  /** @param {string} key @param {URLSearchParams} [pairs] */
  list(key, pairs = this.pairs) {
    return (pairs.get(key) ?? '').split(',').filter((one) => one !== '');
  }

  /** @param {URLSearchParams} pairs @returns {Record<string, number>} */
  leverValues(pairs) {
    /** @type {Record<string, number>} */
    const levers = {};
    for (const one of this.list('levers', pairs)) {
      const [name, text] = one.split(':');
      const lever = this.levers.get(name);
      const value = lever === undefined ? null : this.number(text, lever.low, lever.high);
      if (lever === undefined) this.refuse(one);
      else if (value !== null) levers[lever.name] = value;
    }
    return levers;
  }

  /** @param {URLSearchParams} pairs @returns {Edits} */
  edits(pairs) {
    const edits = noEdits();
    const subject = pairs.get('subject');
    if (subject !== null && this.subjects.has(subject)) edits.subject = subject;
    else if (subject !== null) this.refuse(`subject=${subject}`);
    edits.levers = this.leverValues(pairs);
    for (const one of this.list('drugs', pairs)) {
      const [from, to, text] = one.split(':');
      const times = this.number(text, 0, 3);
      if (this.therapies.has(from) && this.therapies.has(to) && times !== null) edits.therapies[from] = { to, times };
      else this.refuse(one);
    }
    if (pairs.has('meals')) edits.meals = this.number(pairs.get('meals') ?? '', 0, 3) ?? 1;
    if (pairs.has('snack')) {
      const [at, grams] = (pairs.get('snack') ?? '').split(':');
      const [minute, amount] = [this.number(at, 0, 1e7), this.number(grams, 0, 300)];
      if (minute !== null && amount !== null) edits.snack = { at: minute, grams: amount };
    }
    return edits;
  }

  /** @param {State} state */
  people(state) {
    const two = this.list('two');
    if (two.length === 0) return;
    two.slice(0, 2).forEach((one, i) => {
      const [subject, therapy, text] = one.split(':');
      const times = this.number(text, 0, 3);
      if (this.subjects.has(subject) && (therapy === '' || this.therapies.has(therapy)) && times !== null) {
        state.people[i] = { subject, therapy, times };
      } else this.refuse(one);
    });
    state.weeks = this.number(this.pairs.get('weeks') ?? '26', 1, 104) ?? 26;
    state.both = this.leverValues(this.pairs);
  }
}

/**
 * The state that a link tells, and what of the link could not be used.
 * @param {string} hash with or without '#' @param {LabData} data @param {string[]} languages @param {string[]} links of the vicious cycle
 * @returns {{state: State, wrong: string[]}}
 */
export function fromHash(hash, data, languages, links) {
  const state = initial();
  const reader = new Reader(hash.replace(/^#/, ''), data);
  const { pairs } = reader;
  const choices = /** @type {const} */ (['home', 'scenario', 'cycle', 'compare']);
  state.view = reader.oneOf('view', choices, 'home');
  state.units = reader.oneOf('units', /** @type {const} */ (['si', 'us']), 'si');
  state.theme = reader.oneOf('theme', /** @type {const} */ (['auto', 'light', 'dark']), 'auto');
  state.lang = reader.oneOf('lang', languages, 'en');
  if (pairs.has('zoom')) {
    const [a, b] = (pairs.get('zoom') ?? '').split(':').map((text) => reader.number(text, 0, 1e7));
    if (a !== null && b !== null && b - a >= 1) state.zoom = [a, b];
  }
  if (state.view === 'cycle') state.cut = reader.list('held').filter((one) => links.includes(one));
  if (state.view === 'compare') reader.people(state);
  if (state.view !== 'scenario') return { state, wrong: reader.wrong };
  state.own = /^[\w-]*$/.test(pairs.get('own') ?? '') ? pairs.get('own') ?? '' : '';
  const scenario = data.scenarios.find(({ id }) => id === pairs.get('scenario'));
  state.scenario = pairs.get('scenario') ?? '';
  if (scenario === undefined && state.own === '') {
    reader.refuse(`scenario=${state.scenario}`);
    return { state: { ...state, view: 'home', scenario: '' }, wrong: reader.wrong };
  }
  state.seen = pairs.get('seen') === '1';
  if (pairs.has('answer')) state.answer = reader.number(pairs.get('answer') ?? '', 0, (scenario?.written.predict?.choices?.length ?? 20) - 1);
  state.sketch = /^[0-9a-z-]{0,80}$/.test(pairs.get('sketch') ?? '') ? pairs.get('sketch') ?? '' : '';
  state.edits = reader.edits(pairs);
  if (pairs.has('pin')) state.pin = reader.edits(new URLSearchParams(pairs.get('pin') ?? ''));
  state.broken = pairs.get('without');
  if (state.broken !== null && scenario && !scenario.written.must_fail_when.some((/** @type {any} */ { name }) => name === state.broken)) {
    reader.refuse(`without=${state.broken}`);
    state.broken = null;
  }
  state.hidden = reader.list('hidden').filter((arm) => scenario === undefined || Object.hasOwn(scenario.written.arms, arm));
  return { state, wrong: reader.wrong };
}
