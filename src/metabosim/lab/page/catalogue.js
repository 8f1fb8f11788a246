// @ts-check
/** The way in: every question, found by its section of the article or by a word. */

import { freshId, h, refill, saying } from './dom.js';
import { said, t } from './texts.js';

/**
 * @typedef {import('./app.js').App} App
 * @typedef {import('./types.d.ts').Entry} Entry
 */

/** Topics in their order, and what of the article's sections belongs to each. @type {[string, RegExp][]} */
const TOPICS = [
  ['topic-fundamentals', /^Fundamentals/],
  ['topic-glp1', /GLP-1/],
  ['topic-gh', /[Gg]rowth hormone|somatotropic/],
  ['topic-compared', /./],
];

/** @param {Entry} entry */
function topic({ written }) {
  return TOPICS.find(([, sections]) => sections.test(written.source.section))?.[0] ?? 'topic-compared';
}

/** @param {Entry} entry @param {boolean} answers @param {App} app */
function card({ id, written }, answers, app) {
  const minutes = app.page.minutes[id];
  return h('li', {}, h('a', { class: 'card', href: app.link({ view: 'scenario', scenario: id }) },
    saying('span', { class: 'card-text' }, answers ? written.title : written.predict.question),
    h('span', { class: 'card-foot' },
      h('span', { class: `strength ${written.in_reality.strength}` }, t(`strength-${written.in_reality.strength}`)),
      h('span', {}, t(minutes <= 2880 ? 'span-hours' : minutes <= 40_320 ? 'span-days' : 'span-months')))));
}

/** @param {App} app */
export function catalogue(app) {
  const { data } = app;
  const list = h('div', { class: 'catalogue' });
  const count = h('p', { class: 'hint', role: 'status' });
  const id = freshId('filter');
  const input = h('input', { type: 'search', id, placeholder: t('filter-hint'), autocomplete: 'off' });
  const answers = h('input', { type: 'checkbox', id: `${id}-answers` });
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = data.scenarios.filter(({ id: name, written }) => {
      const texts = [written.title, written.predict.question, written.claim, written.source.section];
      const text = [name, ...texts, ...texts.map(said)].join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    });
    count.textContent = found.length === 0 ? t('filter-none') : t('filter-count', { count: found.length });
    const groups = TOPICS.map(([name]) => ({ name, scenarios: found.filter((entry) => topic(entry) === name) }));
    refill(list, ...groups.filter(({ scenarios }) => scenarios.length > 0).map(({ name, scenarios }) => h('section', {},
      h('h3', {}, t(name)),
      h('ul', { class: 'cards' }, ...scenarios.map((entry) => card(entry, answers.checked, app))))));
  };
  input.addEventListener('input', show);
  answers.addEventListener('change', show);
  show();
  return h('div', { class: 'home' },
    h('section', { class: 'hero' },
      h('h1', {}, t('home-title')),
      h('p', { class: 'lead' }, t('home-lead')),
      h('ul', { class: 'doors' },
        ...[['meal-homeostasis', 'door-meal'], ['delayed-gastric-emptying', 'door-drug']].filter(([name]) => data.scenarios.some((one) => one.id === name)).map(([name, key]) => h('li', {},
          h('a', { href: app.link({ view: 'scenario', scenario: name }) }, h('strong', {}, t(key)), h('span', {}, t(`${key}-text`))))),
        h('li', {}, h('a', { href: app.link({ view: 'cycle' }) }, h('strong', {}, t('door-cycle')), h('span', {}, t('door-cycle-text')))),
        h('li', {}, h('a', { href: app.link({ view: 'compare' }) }, h('strong', {}, t('door-compare')), h('span', {}, t('door-compare-text')))))),
    h('section', {},
      h('h2', {}, t('home-questions')),
      h('div', { class: 'filter' },
        h('label', { for: id, class: 'unseen' }, t('filter')), input,
        h('span', { class: 'tick' }, answers, h('label', { for: `${id}-answers` }, t('show-answers'))), count),
      list));
}
