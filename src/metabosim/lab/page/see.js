// @ts-check
/** The curves of a scenario, with what one does to them: switch, zoom, pin, take away. */

import { barList } from './bars.js';
import { Chart, domainOf } from './chart.js';
import { computedBars, computedTable } from './computed.js';
import { h, refill, saying } from './dom.js';
import { pictureSvg, pngOf, save, svgText } from './download.js';
import { asWritten, shown } from './format.js';
import { legend } from './legend.js';
import { barPanels, columnsOf, lineSlots, meansOf, slotTitle, specOf } from './panels.js';
import { csvOf } from './spoken.js';
import { sketchCourse } from './sketch.js';
import { said, t } from './texts.js';
import { checkTable, verdictCard } from './verdict.js';
import { editedWritten, scenarioFiles } from './yamlwrite.js';

/**
 * @typedef {import('./scenarioview.js').ScenarioView} ScenarioView
 * @typedef {import('./chart.js').ChartLine} ChartLine
 */

/** @param {ScenarioView} view */
export function seeSection(view) {
  const { app, scenario } = view;
  const slots = lineSlots(scenario);
  const charts = slots.map(() => new Chart({ zoom, look }));
  const key = h('div', { class: 'legend-box' });
  const bars = h('div', { class: 'bar-panels' });
  const verdict = h('div', { class: 'verdict-box' });
  const checks = h('details', { class: 'checks-box' }, h('summary', {}, t('checks-title')), h('div'));
  const yours = h('div', { class: 'yours' });
  const pin = h('button', { type: 'button', onclick: () => (view.pinned === null ? view.pin() : view.unpin()) });
  const whole = h('button', { type: 'button', onclick: () => zoom(null) }, t('zoom-whole'));

  /** @param {[number, number] | null} window */
  function zoom(window) {
    app.set({ zoom: window });
    draw();
  }

  /** @param {number} by how much narrower @param {number} move as a share */
  function step(by, move) {
    const [start, stop] = app.state.zoom ?? charts[0]?.spec?.window ?? [0, 1];
    const longest = Math.max(...Object.values(view.arms()).map(({ duration }) => duration));
    const span = Math.min((stop - start) * by, longest);
    const middle = (start + stop) / 2 + move * (stop - start);
    const first = Math.min(Math.max(middle - span / 2, 0), longest - span);
    zoom([first, first + Math.max(span, 5)]);
  }

  /** @param {number | null} at */
  function look(at) {
    for (const chart of charts) chart.look(at);
  }

  /** @param {number} i of the slot @returns {ChartLine[]} */
  function drawnByReader(i) {
    const { sketch } = app.state;
    const { spec } = charts[i];
    if (i !== 0 || !sketch || view.now === null || spec === null || app.state.zoom !== null) return [];
    const domain = view.sketchDomain ?? charts[0].y.domain();
    return [{ label: t('legend-sketch'), style: 0, role: 'sketch', course: sketchCourse(sketch, spec.window, domain) }];
  }

  /** @returns {{role: 'now' | 'ghost' | 'pin', runs: import('./panels.js').Runs}[]} */
  function layers() {
    const ghost = app.state.broken === null ? view.ghost : view.intact;
    const runs = view.now?.runs ?? view.early;
    return [
      ...(Object.keys(runs).length > 0 ? [{ role: /** @type {const} */ ('now'), runs }] : []),
      ...(ghost && ghost !== view.now ? [{ role: /** @type {const} */ ('ghost'), runs: ghost.runs }] : []),
      ...(view.pinned ? [{ role: /** @type {const} */ ('pin'), runs: view.pinned.runs }] : []),
    ];
  }

  /** @param {string} kind whether any graph has marks of it */
  const marked = (kind) => charts.some(({ spec }) => spec?.events.some((event) => event.kind === kind));

  function draw() {
    const { state } = app;
    const arms = view.arms();
    if (layers().length > 0) {
      slots.forEach((slot, i) => {
        const spec = specOf({ scenario, arms, slot, units: state.units, layers: layers(), hidden: state.hidden, zoom: state.zoom, judged: view.now?.judged });
        // as on the blank axes, which have nothing on them that would give the answer away
        if (i === 0 && view.now !== null && view.sketchDomain === null && spec.lines.length > 0) view.sketchDomain = domainOf(spec.lines, spec.window);
        charts[i].spec = spec;
        spec.lines.push(...drawnByReader(i));
        charts[i].draw(spec, view.dragging);
      });
    }
    if (view.now !== null) {
      drawBars();
      refill(verdict, state.broken !== null && h('p', { class: 'broken-note' }, t('broken-note', { name: asWritten(state.broken) })),
        verdictCard(view.now.judged, scenario, state.units));
      if (!view.dragging) refill(/** @type {Element} */ (checks.lastElementChild), checkTable(view.now.judged, scenario, state.units));
    }
    if (view.dragging) return;
    refill(key, legend({
      arms: view.order(), scenario, hidden: state.hidden,
      also: { ghost: !layers().some(({ role }) => role === 'ghost') ? false : state.broken === null ? 'ghost' : 'intact', pin: view.pinned !== null, sketch: Boolean(state.sketch), meal: marked('meal'), dose: marked('dose'), asked: charts.some(({ spec }) => (spec?.asked?.length ?? 0) > 0) },
      toggle(arm) {
        const hidden = state.hidden.includes(arm) ? state.hidden.filter((one) => one !== arm) : [...state.hidden, arm];
        app.set({ hidden });
        view.draw();
        const button = key.querySelectorAll('button')[view.order().indexOf(arm)];
        button?.focus();
      },
    }));
    pin.textContent = t(view.pinned === null ? 'pin' : 'unpin');
    whole.disabled = state.zoom === null;
    drawYours();
  }

  function drawBars() {
    const { state } = app;
    const { now, pinned } = view;
    if (now === null) return;
    const ghost = layers().find(({ role }) => role === 'ghost');
    const { units, hidden } = app.state;
    const arms = view.arms();
    /** @param {string} id @param {import('./types.d.ts').Judged | undefined} judged */
    const resultOf = (id, judged) => [...(judged?.checks ?? []), ...(judged ? [judged.positiveControl] : [])].find((one) => one.id === id);
    refill(bars, ...barPanels(scenario).flatMap((panel) => (panel.checks?.length ? panel.checks.map((id) => {
      const check = [...scenario.checks, scenario.positive_control].find((one) => one.id === id);
      const result = resultOf(id, now.judged);
      if (check === undefined || result === undefined) return null;
      const title = said(panel.title ?? check.statement ?? asWritten(id));
      const table = computedTable(check, result);
      if (table !== null) return h('figure', { class: 'bars wide' }, h('figcaption', {}, h('span', { class: 'chart-title' }, title)), table);
      const computed = computedBars(check, result, scenario, view.order(), units);
      if (computed === null) return null;
      const before = resultOf(id, (state.broken === null ? view.ghost : view.intact)?.judged);
      const ghosts = before && before !== result ? computedBars(check, before, scenario, view.order(), units)?.bars : undefined;
      return barList(title, computed.unit, computed.bars, ghosts);
    }) : panel.observables.map((observable) => {
      const before = ghost?.runs ?? pinned?.runs;
      return barList(
        slotTitle({ panel, observable }), shown(observable, units).unit,
        meansOf(panel, observable, scenario, arms, now.runs, units, hidden),
        before ? meansOf(panel, observable, scenario, arms, before, units, hidden) : [],
      );
    }))));
    bars.hidden = bars.childElementCount === 0;
  }

  function drawYours() {
    const { answer } = app.state;
    const right = scenario.predict.choices.indexOf(scenario.predict.answer);
    refill(yours, saying('p', { class: 'question' }, scenario.predict.question),
      answer !== null && scenario.predict.choices[answer] !== undefined && h('p', { class: answer === right ? 'right' : 'other' },
        h('strong', {}, `${t('you-said')}: `), saying('span', {}, scenario.predict.choices[answer]), ' ',
        h('span', { class: 'mark' }, t(answer === right ? 'as-the-model' : 'not-as-the-model'))),
      h('p', {}, h('strong', {}, `${t('model-says')}: `), saying('span', {}, scenario.predict.answer)),
      h('button', { type: 'button', class: 'quiet', onclick: () => { app.set({ seen: false }); view.build(); } }, t('ask-again')));
  }

  const arms = () => view.order().filter((arm) => !app.state.hidden.includes(arm)).map((arm) => ({
    label: asWritten(arm), style: view.order().indexOf(arm) % 10,
  }));
  const picture = () => pictureSvg(said(scenario.title), arms(), charts, `${app.stamp(scenario)}`);
  /** @type {[string, () => Promise<void> | void][]} */
  const files = [
    ['PNG', async () => save(`${scenario.id}.png`, await pngOf(picture()))],
    ['SVG', () => save(`${scenario.id}.svg`, new Blob([svgText(picture())], { type: 'image/svg+xml' }))],
    ['CSV', () => {
      const runs = Object.entries(view.now?.runs ?? {}).map(([name, run]) => ({ ...run, name }));
      save(`${scenario.id}.csv`, new Blob([csvOf(app.stamp(scenario), runs, columnsOf(scenario))], { type: 'text/csv' }));
    }],
    ['YAML', () => {
      const written = editedWritten(scenario, app.state.edits, app.typical);
      for (const [name, text] of scenarioFiles(written, app.data.therapies, app.stamp(scenario))) save(name, new Blob([text], { type: 'application/yaml' }));
    }],
  ];
  const icon = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {() => void} */ onclick) => (
    h('button', { type: 'button', class: 'icon', 'aria-label': t(label), title: t(label), onclick }, sign));
  const element = h('section', { class: 'see', 'aria-labelledby': 'see-title' },
    h('h2', { id: 'see-title', class: 'unseen' }, t('see-title')),
    yours, verdict,
    h('div', { class: 'toolbar', role: 'group', 'aria-label': t('graph-tools') },
      h('span', { class: 'group' }, icon('−', 'zoom-out', () => step(2, 0)), icon('+', 'zoom-in', () => step(0.5, 0)),
        icon('←', 'zoom-earlier', () => step(1, -0.5)), icon('→', 'zoom-later', () => step(1, 0.5)), whole),
      h('span', { class: 'group' }, pin),
      h('span', { class: 'group files' }, h('span', { class: 'files-label' }, t('download')), ...files.map(([name, run]) => (
        h('button', { type: 'button', class: 'quiet', 'aria-label': t('download-named', { name }), onclick: () => { Promise.resolve(run()).catch((error) => view.failed(error)); } }, name))))),
    key,
    h('div', { class: charts.length === 1 ? 'charts one' : 'charts' }, ...charts.map(({ element: one }) => one)),
    bars,
    scenario.plot.caption && saying('p', { class: 'caption' }, scenario.plot.caption),
    checks);
  return { element, draw, charts };
}
