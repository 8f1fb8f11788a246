// @ts-check
/** The panel beside the curves: who, which drug, how much of it, which meal, which levers. */

import { choice, leverPanel, slider } from './controls.js';
import { h, refill } from './dom.js';
import { hasMeals, noEdits, therapiesOf, untouched } from './edits.js';
import { number, two } from './format.js';
import { nameOf, t } from './texts.js';
import { leversOf } from './wiring.js';

/** @typedef {import('./scenarioview.js').ScenarioView} ScenarioView */

const DAY = 1440;

/** @param {number} value */
const times = (value) => (value === 1 ? t('as-given') : `× ${number(value)}`);

/** A drug's name within a line: "A sulfonylurea" does not begin it. @param {string} drug */
const within = (drug) => nameOf('therapies', drug).replace(/^(A|An|Ein|Eine) /, (article) => article.toLowerCase());

/** @param {ScenarioView} view */
export function settings(view) {
  const { app, scenario } = view;
  const body = h('div', { class: 'settings-body' });
  const reset = h('button', { type: 'button', onclick: () => view.setAll(noEdits()) }, t('reset'));

  function subjectChoice() {
    const own = scenario.arms[scenario.control].subject;
    const subjects = app.data.subjects.map(({ id }) => /** @type {[string, string]} */ ([id === own ? '' : id, nameOf('subjects', id)]));
    if (!app.data.subjects.some(({ id }) => id === own)) subjects.unshift(['', own]);
    return choice({
      label: t('subject'), options: subjects, value: app.state.edits.subject ?? '',
      onchange: (id) => view.setAll({ ...app.state.edits, subject: id || null }),
    });
  }

  function drugs() {
    return therapiesOf(scenario).flatMap((given) => {
      const swap = app.state.edits.therapies[given] ?? { to: given, times: 1 };
      /** @param {Partial<typeof swap>} change */
      const therapies = (change) => {
        const next = { ...(app.state.edits.therapies[given] ?? { to: given, times: 1 }), ...change };
        const all = { ...app.state.edits.therapies, [given]: next };
        if (next.to === given && next.times === 1) delete all[given];
        return all;
      };
      const offered = app.data.therapies.filter(({ id, file }) => id === given || (file === undefined && app.typical[id] !== undefined));
      if (!offered.some(({ id }) => id === given)) return [];
      return [
        choice({
          label: therapiesOf(scenario).length > 1 ? t('drug-instead-of', { name: within(given) }) : t('drug'),
          options: offered.map(({ id }) => [id, nameOf('therapies', id)]), value: swap.to,
          onchange: (to) => view.setAll({ ...app.state.edits, therapies: therapies({ to }) }),
        }),
        slider({
          label: t('dose-of', { name: within(swap.to) }), low: 0, high: 3, step: 0.1, value: swap.times, normal: 1,
          words: times, oninput: (value) => view.edit({ therapies: therapies({ times: value }) }), onchange: () => view.settle(),
        }).element,
      ];
    });
  }

  function meals() {
    const { edits } = app.state;
    const last = Math.min(...Object.values(scenario.arms).map(({ duration }) => duration));
    const clock = Object.values(scenario.arms).every(({ start }) => start !== 'fasting');
    const first = view.firstMinute();
    const parts = [];
    if (hasMeals(scenario)) {
      parts.push(slider({
        label: t('meals'), low: 0, high: 3, step: 0.1, value: edits.meals, normal: 1, words: times,
        oninput: (value) => view.edit({ meals: value }), onchange: () => view.settle(),
      }).element);
    }
    const usual = Math.min(first + 60, last - 60);
    parts.push(slider({
      label: t('snack'), low: 0, high: 150, step: 5, value: edits.snack?.grams ?? 0, normal: 0,
      words: (grams) => (grams === 0 ? t('snack-none') : t('grams', { grams: number(grams) })),
      oninput: (grams) => view.edit({ snack: grams === 0 ? null : { at: app.state.edits.snack?.at ?? usual, grams } }),
      onchange: () => { view.settle(); refresh(); },
    }).element);
    if (edits.snack !== null) {
      const span = Math.min(last, first + DAY) - first;
      parts.push(slider({
        label: t('snack-time'), low: first, high: first + span, step: 15, value: edits.snack.at, normal: usual,
        words: (at) => (clock ? `${two(Math.floor((at % DAY) / 60))}:${two(Math.round(at % 60))}` : t('after-minutes', { minutes: number(at) })),
        oninput: (at) => view.edit({ snack: { grams: app.state.edits.snack?.grams ?? 50, at } }), onchange: () => view.settle(),
      }).element);
    }
    return parts;
  }

  const levers = leverPanel({
    data: app.data, organs: app.page.organs, first: leversOf(scenario), values: app.state.edits.levers,
    oninput(name, value) {
      const next = { ...app.state.edits.levers, [name]: value };
      // where an arm has the lever at something else, 1 is a change
      if (value === 1 && !Object.values(scenario.arms).some(({ levers: own }) => own !== undefined && name in own)) delete next[name];
      view.edit({ levers: next });
    },
    onchange: () => view.settle(),
  });

  function refresh() {
    levers.set(app.state.edits.levers);
    refill(body, subjectChoice(), ...drugs(), ...meals());
  }

  function draw() {
    reset.disabled = untouched(app.state.edits);
  }

  refresh();
  const element = h('aside', { class: 'settings', 'aria-labelledby': 'settings-title' },
    h('div', { class: 'settings-head' }, h('h2', { id: 'settings-title' }, t('settings')), reset),
    h('p', { class: 'hint' }, t('settings-hint')),
    h('h3', {}, t('levers')), levers.element,
    h('h3', {}, t('who-and-what')), body);
  return { element, draw, refresh };
}
