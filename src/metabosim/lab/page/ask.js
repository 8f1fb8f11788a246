// @ts-check
/** The question before the curves: pick an answer, or draw one. */

import { aboutArm } from './about.js';
import { Chart } from './chart.js';
import { freshId, h, saying } from './dom.js';
import { asWritten } from './format.js';
import { armOrder, lineSlots, specOf } from './panels.js';
import { sample } from './legend.js';
import { sketchOn } from './sketch.js';
import { t } from './texts.js';

/**
 * @typedef {import('./app.js').App} App
 * @typedef {import('./types.d.ts').Scenario} Scenario
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./panels.js').Runs} Runs
 */

/** Who is compared in a scenario, in words. @param {Scenario} scenario */
export function whoIsWho(scenario) {
  return h('ul', { class: 'who' }, ...armOrder(scenario).map((arm, i) => h('li', {},
    sample(i % 10), h('span', {}, h('strong', {}, asWritten(arm)), ...(aboutArm(scenario, arm).length > 0 ? [' – ', ...aboutArm(scenario, arm)] : [])))));
}

/**
 * @param {App} app @param {Scenario} scenario
 * @param {() => void} reveal
 */
export function askSection(app, scenario, reveal) {
  const { state } = app;
  const name = freshId('answer');
  const go = h('button', { type: 'button', class: 'primary', onclick: reveal });
  const label = () => { go.textContent = t(app.state.answer === null && !app.state.sketch ? 'reveal-unpredicted' : 'reveal'); };
  label();
  const chart = new Chart({ zoom: () => {}, look: () => {} });
  const box = h('div', { class: 'sketch-box' });
  /** @type {{show: () => void, clear: HTMLElement} | null} */
  let pad = null;
  const element = h('section', { class: 'ask', 'aria-labelledby': `${name}-title` },
    saying('h1', { id: `${name}-title` }, scenario.predict.question),
    h('div', { class: 'ask-columns' },
      h('fieldset', { class: 'choices' }, h('legend', {}, t('pick')),
        ...scenario.predict.choices.map((choice, i) => {
          const input = h('input', { type: 'radio', name, value: i, id: `${name}-${i}`, checked: state.answer === i });
          input.addEventListener('change', () => { app.set({ answer: i }); label(); });
          return h('div', { class: 'option' }, input, saying('label', { for: `${name}-${i}` }, choice));
        })),
      box),
    h('details', { class: 'who-box', open: true }, h('summary', {}, t('who')), whoIsWho(scenario)),
    h('div', { class: 'row' }, go));
  return {
    element,
    /** Once a run tells how large things are. @param {Runs} runs @param {Record<string, Arm>} arms */
    ready(runs, arms) {
      const [slot] = lineSlots(scenario);
      if (slot === undefined) return;
      const spec = specOf({ scenario, arms, slot, units: app.state.units, layers: [{ role: 'now', runs }], hidden: [], zoom: null });
      if (box.childElementCount === 0) box.append(h('p', { class: 'hint' }, t('sketch-hint')), chart.element);
      chart.draw({ ...spec, blank: true });
      if (pad === null) {
        pad = sketchOn(chart, app.state.sketch, (text) => { app.set({ sketch: text }); label(); });
        box.append(pad.clear);
      }
      requestAnimationFrame(() => pad?.show());
    },
  };
}
