// @ts-check
/** Two people side by side: the same axes, from months to minutes. */

import { Chart, domainOf } from './chart.js';
import { choice, leverPanel, slider } from './controls.js';
import { freshId, h, refill, running } from './dom.js';
import { number, shown } from './format.js';
import { sample } from './legend.js';
import { byDay, isSmear, swings } from './series.js';
import { nameOf, t } from './texts.js';

/**
 * @typedef {import('./app.js').App} App
 * @typedef {import('./state.js').Person} Person
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./types.d.ts').RunAnswer} RunAnswer
 */

const WEEK = 10080;
const DAY = 1440;
const FINE = 700; // points within a window
const SHOWN = ['glucose_mmol_l', 'insulin_pmol_l', 'vat_kg', 'insulin_sensitivity_index', 'inflammation_index', 'igf1_ug_l'];
const SIDES = /** @type {const} */ ([0, 1]);

export class CompareView {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Record<string, RunAnswer>} */
    this.runs = {};
    this.trouble = h('p', { class: 'trouble', role: 'alert' });
    this.charts = SIDES.map(() => SHOWN.map(() => new Chart({
      zoom: (window) => this.zoom(window),
      look: (at) => this.charts.flat().forEach((chart) => chart.look(at)),
    })));
    this.heads = SIDES.map(() => h('div', { class: 'person' }));
    this.whole = h('button', { type: 'button', onclick: () => this.zoom(null) }, t('zoom-whole'));
    this.settings = h('div');
    const id = freshId('two');
    this.element = h('div', { class: 'compare' },
      h('p', { class: 'kicker' }, h('a', { href: app.link({ view: 'home' }) }, t('all-questions'))),
      h('h1', {}, t('compare-title')), h('p', { class: 'lead' }, t('compare-lead')), this.trouble, running(),
      h('div', { class: 'columns' },
        h('section', { class: 'main', 'aria-labelledby': id }, h('h2', { id, class: 'unseen' }, t('see-title')),
          h('div', { class: 'pair' }, ...this.heads),
          h('div', { class: 'toolbar' },
            h('span', { class: 'key' }, sample(1), t('with-drug')), h('span', { class: 'key' }, sample(0), t('without-drug')),
            ...[['zoom-day', DAY], ['zoom-week', WEEK], ['zoom-month', 4 * WEEK]].map(([key, span]) => (
              h('button', { type: 'button', class: 'quiet', onclick: () => this.last(Number(span)) }, t(String(key))))),
            this.whole),
          ...SHOWN.map((_, row) => h('div', { class: 'pair' }, ...SIDES.map((side) => this.charts[side][row].element)))),
        this.aside()));
    this.fill();
    this.request();
  }

  aside() {
    const levers = leverPanel({
      data: this.app.data, organs: this.app.page.organs, values: this.app.state.both,
      first: ['glp1_appetite', 'gh_vat_lipolysis', 'vat_inflammation', 'insulin_action'],
      oninput: (name, value) => {
        const both = { ...this.app.state.both, [name]: value };
        if (value === 1) delete both[name];
        this.app.set({ both });
        this.request();
      },
      onchange: () => {},
    });
    const length = slider({
      label: t('how-long'), low: 1, high: 104, step: 1, value: this.app.state.weeks, normal: 26,
      words: (weeks) => t('n-weeks', { weeks: number(weeks) }),
      oninput: (weeks) => { this.app.set({ weeks, zoom: null }); this.request(); },
    });
    return h('aside', { class: 'settings', 'aria-labelledby': 'both-title' },
      h('div', { class: 'settings-head' }, h('h2', { id: 'both-title' }, t('for-both'))), length.element,
      h('h3', {}, t('levers')), levers.element);
  }

  fill() {
    const { app } = this;
    SIDES.forEach((side) => {
      const person = app.state.people[side];
      /** @param {Partial<Person>} next */
      const change = (next) => {
        const people = /** @type {[Person, Person]} */ ([...app.state.people]);
        people[side] = { ...people[side], ...next };
        app.set({ people });
        this.request();
      };
      /** @type {[string, string][]} */
      const drugs = [['', t('no-drug')], ...app.data.therapies.filter(({ id, file }) => file === undefined && app.typical[id] !== undefined)
        .map(({ id }) => /** @type {[string, string]} */ ([id, nameOf('therapies', id)]))];
      refill(this.heads[side],
        h('h3', {}, t(side === 0 ? 'person-left' : 'person-right')),
        choice({
          label: t('subject'), options: app.data.subjects.map(({ id }) => [id, nameOf('subjects', id)]), value: person.subject,
          onchange: (subject) => change({ subject }),
        }),
        choice({ label: t('drug'), options: drugs, value: person.therapy, onchange: (therapy) => { change({ therapy }); this.fill(); } }),
        person.therapy !== '' && slider({
          label: t('dose'), low: 0, high: 3, step: 0.1, value: person.times, normal: 1,
          words: (times) => this.doseWords(person.therapy, times), oninput: (times) => change({ times }),
        }).element);
    });
  }

  /** @param {string} therapy @param {number} times */
  doseWords(therapy, times) {
    const usual = this.app.typical[therapy];
    if (usual === undefined) return `× ${number(times)}`;
    const every = usual.every === null ? t('once') : usual.every === DAY ? t('daily') : usual.every === WEEK ? t('weekly') : t('every-hours', { hours: number(usual.every / 60) });
    return `${number(usual.amount * times)} mg ${every}`;
  }

  /** @param {Person} person @param {boolean} treated @returns {Arm} */
  arm({ subject, therapy, times }, treated) {
    const { state, typical } = this.app;
    /** @type {Arm} */
    const arm = { subject, duration: state.weeks * WEEK };
    if (Object.keys(state.both).length > 0) arm.levers = { ...state.both };
    const usual = typical[therapy];
    if (treated && usual !== undefined) {
      const dose = { therapy, amount: usual.amount * times, start: 480, ...(usual.every === null ? {} : { every: usual.every }) };
      arm.protocol = [{ dose }];
    }
    return arm;
  }

  /** The moments to look at: hours over all, and finely within the window. */
  minutes() {
    const stop = this.app.state.weeks * WEEK;
    const every = stop > 30 * WEEK ? 120 : stop > 4 * WEEK ? 60 : 15;
    const found = new Set(Array.from({ length: Math.floor(stop / every) + 1 }, (_, i) => i * every));
    found.add(stop);
    const { zoom } = this.app.state;
    if (zoom !== null) {
      const [from, to] = [Math.max(0, Math.floor(zoom[0])), Math.min(stop, Math.ceil(zoom[1]))];
      const step = Math.max(1, Math.round((to - from) / FINE));
      for (let at = from; at <= to; at += step) found.add(at);
    }
    return Float64Array.from(found).sort();
  }

  request() {
    const minutes = this.minutes();
    this.element.classList.add('waiting');
    let left = 2 * SIDES.length;
    for (const side of SIDES) {
      for (const treated of [false, true]) {
        const name = `${side}-${treated ? 'treated' : 'alone'}`;
        const arm = this.arm(this.app.state.people[side], treated);
        this.app.runner.run(name, { arm, columns: SHOWN, minutes }).then((run) => {
          if (run === null) return;
          this.trouble.textContent = '';
          this.runs[name] = run;
          left -= 1;
          if (left <= 0) this.element.classList.remove('waiting');
          this.draw();
        }, (error) => {
          this.element.classList.remove('waiting');
          this.trouble.textContent = [t('run-failed'), error?.message].filter(Boolean).join(' ');
        });
      }
    }
  }

  /** @param {[number, number] | null} window */
  zoom(window) {
    this.app.set({ zoom: window });
    this.draw();
    this.request();
  }

  /** The last stretch of the time there is. @param {number} span */
  last(span) {
    const stop = this.app.state.weeks * WEEK;
    this.zoom(span >= stop ? null : [stop - span, stop]);
  }

  draw() {
    const { units, zoom, weeks } = this.app.state;
    this.whole.disabled = zoom === null;
    /** @type {[number, number]} */
    const window = zoom ?? [0, weeks * WEEK];
    SHOWN.forEach((observable, row) => {
      const { unit, factor } = shown(observable, units);
      const specs = SIDES.map((side) => {
        const lines = ['alone', 'treated'].flatMap((kind, style) => {
          const run = this.runs[`${side}-${kind}`];
          const y = run?.columns[observable];
          if (y === undefined) return [];
          return [{
            label: t(kind === 'alone' ? 'without-drug' : 'with-drug'), style, role: /** @type {const} */ ('now'),
            course: { x: run.time, y: factor === 1 ? y : y.map((value) => value * factor) },
          }];
        });
        let title = nameOf('observables', observable);
        if (isSmear(window[1] - window[0], lines.map(({ course }) => course))) {
          if (lines.some(({ course }) => swings(course))) title += t('daily-means');
          return { title, lines: lines.map((one) => ({ ...one, course: byDay(one.course) })) };
        }
        return { title, lines };
      });
      const domain = domainOf(specs.flatMap(({ lines }) => lines), window);
      SIDES.forEach((side) => this.charts[side][row].draw({
        ...specs[side], unit, window, domain, timeUnit: null, clock: true, events: [],
      }));
    });
  }

  refresh() {
    this.draw();
  }
}
