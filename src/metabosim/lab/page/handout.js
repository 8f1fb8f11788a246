// @ts-check
/** One sheet of paper: the question and blank axes; on its back what the model shows. Seen in print only. */

import { barList } from './bars.js';
import { Chart } from './chart.js';
import { h, refill, saying } from './dom.js';
import { shown } from './format.js';
import { whoIsWho } from './ask.js';
import { barPanels, lineSlots, meansOf, slotTitle, specOf } from './panels.js';
import { said, t } from './texts.js';
import { verdictCard } from './verdict.js';

/**
 * @typedef {import('./app.js').App} App
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./types.d.ts').JudgeAnswer} JudgeAnswer
 * @typedef {import('./types.d.ts').Scenario} Scenario
 */

const BLANK = 2;
const SHOWN = 4;

/** @param {Element} sheet @param {App} app @param {Scenario} scenario @param {JudgeAnswer} answer @param {Record<string, Arm>} arms */
export function fillHandout(sheet, app, scenario, { judged, runs }, arms) {
  const { units } = app.state;
  const slots = lineSlots(scenario).slice(0, SHOWN);
  const layers = [{ role: /** @type {const} */ ('now'), runs }];
  /** @type {(() => void)[]} */
  const draw = [];
  const charts = (/** @type {boolean} */ blank) => slots.slice(0, blank ? BLANK : SHOWN).map((slot) => {
    const chart = new Chart({ zoom: () => {}, look: () => {}, size: blank ? [700, 240] : [430, 225] });
    const spec = specOf({ scenario, arms, slot, units, layers, hidden: [], zoom: null, judged });
    draw.push(() => chart.draw({ ...spec, blank }));
    return chart.element;
  });
  const foot = h('p', { class: 'stamp' }, app.stamp(scenario), '. ', t('disclaimer-short'));
  const bars = slots.length > 0 ? [] : barPanels(scenario).slice(0, 1).map((panel) => {
    const [observable] = panel.observables;
    return barList(panel.title !== undefined ? said(panel.title) : slotTitle({ panel, observable }), shown(observable, units).unit,
      meansOf(panel, observable, scenario, arms, runs, units, []));
  });
  refill(sheet,
    h('section', { class: 'sheet' },
      h('p', { class: 'kicker' }, t('handout-name')),
      saying('h1', {}, scenario.predict.question),
      h('ul', { class: 'boxes' }, ...scenario.predict.choices.map((choice) => saying('li', {}, choice))),
      whoIsWho(scenario), h('p', { class: 'hint' }, t('handout-draw')), ...charts(true), foot),
    h('section', { class: 'sheet' },
      h('p', { class: 'kicker' }, t('handout-answer')),
      saying('h1', {}, scenario.title),
      h('p', {}, h('strong', {}, `${t('answer')}: `), saying('span', {}, scenario.predict.answer)),
      scenario.predict.because && saying('p', {}, scenario.predict.because),
      h('div', { class: 'two' }, ...charts(false)), ...bars,
      verdictCard(judged, scenario, units),
      h('p', {}, h('strong', {}, `${t('in-reality')} (${t(`strength-${scenario.in_reality.strength}`)}). `),
        saying('span', {}, scenario.in_reality.text)),
      foot.cloneNode(true)));
  for (const one of draw) one();
}

