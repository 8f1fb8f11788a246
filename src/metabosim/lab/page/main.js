// @ts-check
/** Starts the page from what it carries. */

import { App } from './app.js';
import { setObservables, setTechnicalNames } from './format.js';
import { startRunner } from './runner.js';
import { setLanguages, t } from './texts.js';

/** @param {string} id */
function carried(id) {
  return document.getElementById(id)?.textContent ?? '';
}

/** @param {import('./types.d.ts').LabData} data @param {import('./types.d.ts').PageData} page */
function ownNames(data, page) {
  /** @template T @param {T[]} list @param {(one: T) => string} key @param {(one: T) => string} text */
  const names = (list, key, text) => Object.fromEntries(list.map((one) => [key(one), text(one)]));
  return {
    subjects: names(data.subjects, ({ id }) => id, ({ title }) => title),
    therapies: names(data.therapies, ({ id }) => id, ({ title }) => title),
    levers: names(data.levers, ({ name }) => name, ({ text }) => text),
    observables: names(data.observables, ({ name }) => name, ({ text }) => text),
    paths: names(data.wiring.paths, ({ id }) => id, ({ title }) => title),
    ...page.names,
  };
}

function start() {
  const root = /** @type {HTMLElement} */ (document.getElementById('lab'));
  const data = JSON.parse(carried('lab-data'));
  const page = JSON.parse(carried('lab-page'));
  setLanguages(page.languages, ownNames(data, page));
  setObservables(Object.fromEntries(data.observables.map((/** @type {any} */ one) => (
    [one.name, { unit: one.unit, us: one.us ?? { unit: one.unit, factor: 1 } }]))));
  setTechnicalNames(data.words);
  const source = carried('lab-worker');
  const app = new App(data, page, startRunner(source, data), startRunner(source, data), root);
  addEventListener('error', ({ message }) => {
    // a browser's note that a size changed while it was being told of; nothing is lost by it
    if (!String(message).startsWith('ResizeObserver')) app.tell(t('page-fault'));
  });
  addEventListener('unhandledrejection', () => app.tell(t('page-fault')));
  app.follow();
}

start();
