// @ts-check
/** Why it is so, what breaks it, and how it is in reality. */

import { h, refill, saying } from './dom.js';
import { asSentence, asWritten } from './format.js';
import { hasName, language, nameOf, t } from './texts.js';
import { badge, sentence } from './verdict.js';
import { wiringSection } from './wiring.js';

/**
 * @typedef {import('./scenarioview.js').ScenarioView} ScenarioView
 * @typedef {import('./types.d.ts').Citation} Citation
 * @typedef {import('./types.d.ts').KnockOut} KnockOut
 */

/** What a state, signal or observable that is held is called. @param {string} name */
function heldName(name) {
  return hasName('observables', name) ? nameOf('observables', name) : nameOf('holdable', name);
}

/** What a knock-out does, in words. @param {KnockOut} out */
function knockOutWords({ levers, lifelong, variants, parameters, protocol, replace }) {
  const pulled = Object.entries({ ...lifelong, ...levers }).map(([name, value]) => (
    value === 0 ? t('knock-off', { name: nameOf('levers', name) }) : t('knock-set', { name: nameOf('levers', name), value })));
  const held = (protocol ?? []).flatMap((step) => ('hold' in step ? [t('knock-held', { name: heldName(String(step.hold.name)) })] : []));
  return [
    ...pulled, ...held,
    ...(Object.keys(parameters ?? {}).length > 0 ? [t('knock-parameters')] : []),
    ...(variants ?? []).map((name) => nameOf('variants', name)),
    ...Object.keys(replace ?? {}).map((arm) => t('knock-replaced', { arm: asWritten(arm) })),
  ].join('; ');
}

/** Only an address made of a number of known form becomes a link. @param {Citation} citation */
function citationItem({ authors, year, title, journal, doi, pmid, read }) {
  const href = typeof doi === 'string' && /^10\.\d{4,9}\/\S+$/.test(doi)
    ? `https://doi.org/${encodeURI(doi)}`
    : Number.isInteger(pmid) ? `https://pubmed.ncbi.nlm.nih.gov/${pmid}/` : null;
  return h('li', {}, `${authors} (${year}). `, title && h('cite', {}, `${title}. `), journal && `${journal}. `,
    href && h('a', { href, rel: 'noreferrer noopener', target: '_blank' }, doi ? `doi:${doi}` : `PMID ${pmid}`),
    ' ', h('span', { class: 'read' }, `(${t(`read-${read}`)})`));
}

/** @param {ScenarioView} view */
export function explainSection(view) {
  const { app, scenario } = view;
  const english = language() === 'en' ? null : 'en';
  const outcome = h('div', { class: 'outcome', role: 'status' });
  const buttons = scenario.must_fail_when.map((out) => h('button', {
    type: 'button', class: 'break', onclick: () => view.breakIt(app.state.broken === out.name ? null : out.name),
  }, h('strong', {}, asWritten(out.name)), h('small', {}, knockOutWords(out))));

  function verdict() {
    const { broken } = app.state;
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(scenario.must_fail_when[i].name === broken)));
    if (broken === null || view.now === null) {
      refill(outcome);
      return;
    }
    const { judged } = view.now;
    refill(outcome, h('div', {}, h('p', {}, badge(judged.verdict), ' ', t('broken-outcome', { name: asWritten(broken) })),
      sentence(judged, scenario, app.state.units)),
    h('button', { type: 'button', onclick: () => view.breakIt(null) }, t('mend')));
  }

  const reality = scenario.in_reality;
  const element = h('div', { class: 'explain' },
    h('section', { 'aria-labelledby': 'why-title' }, h('h2', { id: 'why-title' }, t('why')),
      scenario.predict.because && saying('p', { class: 'because' }, scenario.predict.because),
      saying('p', {}, scenario.source.mechanism, asSentence),
      wiringSection(scenario, app.data, app.page.pictures)),
    h('section', { 'aria-labelledby': 'break-title' }, h('h2', { id: 'break-title' }, t('break-it')),
      h('p', { class: 'hint' }, t('break-hint')), h('div', { class: 'breaks' }, ...buttons), outcome),
    h('section', { 'aria-labelledby': 'reality-title' }, h('h2', { id: 'reality-title' }, t('in-reality')),
      h('p', {}, h('span', { class: `strength ${reality.strength}` }, t(`strength-${reality.strength}`)), ' ', t(`strength-${reality.strength}-text`)),
      saying('p', {}, reality.text),
      h('h3', {}, t('sources')), h('ul', { class: 'sources', lang: english }, ...reality.citations.map(citationItem)),
      h('p', { class: 'hint' }, t(`status-${scenario.status}`)),
      scenario.domain && h('p', { class: 'hint' }, h('strong', {}, t('where-it-ends')), ' ', saying('span', {}, scenario.domain))));
  return { element, draw: verdict, verdict };
}
