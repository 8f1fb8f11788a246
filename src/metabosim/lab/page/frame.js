// @ts-check
/** What stands above and below everything. */

import { h } from './dom.js';
import { offered, t } from './texts.js';

/** @typedef {import('./app.js').App} App */

/** A small choice whose label only listeners need. @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} onchange */
function pick(label, options, value, onchange) {
  const select = h('select', { 'aria-label': label, title: label, onchange: () => onchange(select.value) },
    ...options.map(([key, text]) => h('option', { value: key }, text)));
  select.value = value;
  return select;
}

/** @param {App} app */
export function header(app) {
  const { state } = app;
  const file = h('input', { type: 'file', accept: '.yaml,.yml', class: 'unseen', tabindex: -1, 'aria-hidden': 'true' });
  file.addEventListener('change', () => {
    if (file.files?.[0]) app.open(file.files[0]);
    file.value = '';
  });
  const copied = h('button', {
    type: 'button', class: 'quiet', onclick: async () => {
      app.writeLink();
      try {
        await navigator.clipboard.writeText(location.href);
        copied.textContent = t('link-copied');
      } catch {
        app.tell(t('link-here', { link: location.href }));
      }
      setTimeout(() => { copied.textContent = t('copy-link'); }, 2500);
    },
  }, t('copy-link'));
  return h('header', { class: 'top' },
    h('a', { class: 'brand', href: app.link({ view: 'home' }) }, h('span', { class: 'logo', 'aria-hidden': 'true' }), 'metabosim', h('span', { class: 'brand-lab' }, t('lab'))),
    h('nav', { 'aria-label': t('navigation') },
      ...(/** @type {const} */ (['home', 'cycle', 'compare'])).map((view) => h('a', {
        href: app.link({ view }), 'aria-current': state.view === view || (view === 'home' && state.view === 'scenario') ? 'page' : null,
      }, t(`nav-${view}`)))),
    h('div', { class: 'tools' },
      pick(t('units'), [['si', 'mmol/L'], ['us', 'mg/dL']], state.units, (units) => app.setPage({ units: /** @type {'si' | 'us'} */ (units) })),
      pick(t('theme'), [['auto', t('theme-auto')], ['light', t('theme-light')], ['dark', t('theme-dark')]], state.theme,
        (theme) => app.setPage({ theme: /** @type {'auto'} */ (theme) })),
      pick(t('language'), offered(), state.lang, (lang) => app.setPage({ lang }, true)),
      copied,
      h('button', { type: 'button', class: 'quiet', onclick: () => file.click() }, t('open-file')), file,
      h('button', { type: 'button', class: 'quiet', onclick: () => print() }, t('print'))));
}

/** @param {App} app */
export function footer(app) {
  return h('footer', { class: 'bottom' },
    h('p', {}, h('strong', {}, t('disclaimer-title')), ' ', t('disclaimer')),
    h('p', { class: 'stamp' }, t('made-by', { version: app.data.version }), ' ', t('no-network')),
    h('details', {}, h('summary', {}, t('licences')), h('pre', { tabindex: 0 }, app.page.licences)));
}
