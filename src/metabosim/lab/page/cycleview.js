// @ts-check
/** The vicious cycle as a picture that moves: sizes are the model's, and an arrow that is clicked is held as it was. */

import { Chart } from './chart.js';
import { slider } from './controls.js';
import { h, refill, running, s, say } from './dom.js';
import { number, quantity, shown } from './format.js';
import { sample } from './legend.js';
import { byDay, valueAt } from './series.js';
import { nameOf, t } from './texts.js';

/**
 * @typedef {import('./app.js').App} App
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./types.d.ts').RunAnswer} RunAnswer
 * @typedef {import('./series.js').Course} Course
 */

/** @typedef {{id: string, column: string, x: number, y: number, inverse?: boolean}} Place */

/** @type {Place[]} */
const PLACES = [
  { id: 'vat', column: 'vat_kg', x: 320, y: 88 },
  { id: 'inflammation', column: 'inflammation_index', x: 540, y: 250 },
  { id: 'resistance', column: 'insulin_sensitivity_index', x: 320, y: 412, inverse: true },
  { id: 'insulin', column: 'insulin_pmol_l', x: 100, y: 250 },
  { id: 'gh', column: 'gh_ug_l', x: 320, y: 250 },
];
/** The links by the signal that is held when one is cut. */
const LINKS = [
  { id: 'vat_inflammation_drive', from: 0, to: 1, bend: 0.2 },
  { id: 'inflammation_load', from: 1, to: 2, bend: 0.2 },
  { id: 'insulin_at_fat', from: 2, to: 3, bend: 0.2 },
  { id: 'insulin_storage', from: 3, to: 0, bend: 0.2 },
  { id: 'vat_gh_brake', from: 0, to: 4, bend: 0, lowers: true },
];
export const LINK_NAMES = LINKS.map(({ id }) => id);
const FIRST = 50; // radius at rest
const DRAWN = 3; // differences are drawn so many times as large
const WEEK = 10080;
const SECONDS = 14; // that the whole takes to play

export class CycleView {
  /** @param {App} app @param {import('./types.d.ts').Scenario} scenario the one of the cycle */
  constructor(app, scenario) {
    this.app = app;
    this.scenario = scenario;
    /** @type {Record<string, RunAnswer>} */
    this.runs = {};
    /** @type {Record<string, Record<string, Course>>} */
    this.daily = {};
    this.at = 8 * WEEK;
    this.playing = 0;
    this.trouble = h('p', { class: 'trouble', role: 'alert' });
    this.chart = new Chart({ zoom: () => {}, look: (at) => this.chart.look(at) });
    this.caption = h('p', { class: 'readout big', role: 'status' });
    this.play = h('button', { type: 'button', class: 'primary', onclick: () => this.toggle() }, t('play'));
    this.mend = h('button', { type: 'button', onclick: () => this.hold([]) }, t('cycle-mend'));
    this.duration = scenario.arms['whole-loop'].duration;
    this.scrub = slider({
      label: t('cycle-when'), low: 0, high: this.duration / WEEK, step: 0.5, value: this.at / WEEK, normal: 8,
      words: (week) => t('week-n', { week: number(week) }), oninput: (week) => { this.stop(); this.show(week * WEEK); },
    });
    this.circles = PLACES.map((place) => this.place(place));
    this.arrows = LINKS.map((link) => this.arrow(link));
    const head = s('marker', { id: 'cycle-head', viewBox: '0 0 10 10', refX: 8, refY: 5, markerWidth: 5, markerHeight: 5, orient: 'auto-start-reverse' },
      s('path', { d: 'M0,0L10,5L0,10z', class: 'cycle-head' }));
    const bar = s('marker', { id: 'cycle-bar', viewBox: '0 0 6 26', refX: 3, refY: 13, markerWidth: 6, markerHeight: 26, markerUnits: 'userSpaceOnUse', orient: 'auto' },
      s('path', { d: 'M3,0V26', class: 'cycle-bar' }));
    this.picture = s('svg', { class: 'cycle-picture', viewBox: '0 0 640 500', role: 'group', 'aria-label': t('cycle-picture') },
      s('defs', {}, head, bar), ...this.arrows.map(({ group }) => group), ...this.circles.map(({ group }) => group));
    this.element = h('div', { class: 'cycle' },
      h('p', { class: 'kicker' }, h('a', { href: app.link({ view: 'home' }) }, t('all-questions'))),
      h('h1', {}, t('cycle-title')), h('p', { class: 'lead' }, t('cycle-lead')), this.trouble, running(),
      h('div', { class: 'columns' },
        h('section', { class: 'main', 'aria-label': t('cycle-title') },
          this.picture, this.caption,
          h('p', { class: 'hint' }, t('cycle-hint', { times: DRAWN }))),
        h('aside', { class: 'settings', 'aria-label': t('settings') },
          h('div', { class: 'row' }, this.play, this.mend), this.scrub.element,
          h('ul', { class: 'legend' },
            h('li', { class: 'key' }, sample(1), t('cycle-now')), h('li', { class: 'key' }, sample(0, 'ghost'), t('cycle-whole')),
            h('li', { class: 'key' }, sample(0), t('cycle-never'))),
          this.chart.element,
          h('p', {}, h('a', { href: app.link({ view: 'scenario', scenario: scenario.id }) }, t('cycle-scenario'))))));
    this.reflect();
    this.request();
  }

  /** @param {Place} place */
  place({ id, x, y }) {
    const rest = s('circle', { class: 'cycle-rest', cx: x, cy: y, r: FIRST });
    const now = s('circle', { class: 'cycle-now', cx: x, cy: y, r: FIRST });
    const change = s('text', { x, y: y + 9 + 9 * t(`cycle-${id}`).split(' ').length, class: 'cycle-change', 'text-anchor': 'middle' });
    const words = t(`cycle-${id}`).split(' ');
    const group = s('g', { class: `cycle-place place-${id}` }, now, rest,
      s('text', { y: y - 2 - 9 * (words.length - 1), class: 'cycle-name', 'text-anchor': 'middle' },
        ...words.map((word, i) => s('tspan', { x, dy: i === 0 ? 0 : 18 }, word))), change);
    return { group, now, change };
  }

  /** @param {typeof LINKS[number]} link */
  arrow({ id, from, to, bend, lowers }) {
    const [a, b] = [PLACES[from], PLACES[to]];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length = Math.hypot(dx, dy);
    const gap = FIRST + 22;
    const [mx, my] = [(a.x + b.x) / 2 + bend * dy, (a.y + b.y) / 2 - bend * dx];
    // from the edge of one circle towards the middle of the bend, to the edge of the other
    const edge = (/** @type {Place} */ p) => {
      const far = Math.hypot(mx - p.x, my - p.y) || length;
      return [p.x + ((mx - p.x) / far) * gap, p.y + ((my - p.y) / far) * gap];
    };
    const [[x1, y1], [x2, y2]] = bend === 0
      ? [[a.x + (dx / length) * gap, a.y + (dy / length) * gap], [b.x - (dx / length) * gap, b.y - (dy / length) * gap]]
      : [edge(a), edge(b)];
    const d = `M${x1},${y1}Q${mx},${my} ${x2},${y2}`;
    const [cx, cy] = [0.25 * x1 + 0.5 * mx + 0.25 * x2, 0.25 * y1 + 0.5 * my + 0.25 * y2];
    const toggle = () => this.hold(this.app.state.cut.includes(id) ? this.app.state.cut.filter((one) => one !== id) : [...this.app.state.cut, id]);
    const cut = s('g', { class: 'cut-sign', transform: `translate(${cx},${cy})` },
      s('circle', { r: 15 }), s('path', { d: 'M-6,-6L6,6M6,-6L-6,6' }));
    const group = s('g', {
      class: 'cycle-link', role: 'button', tabindex: 0, 'aria-pressed': 'false', 'aria-label': t(`link-${id}`), onclick: toggle,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        toggle();
      },
    }, s('title', {}, t(`link-${id}`)), s('path', { class: 'grip', d }),
    s('path', { class: 'wire', d, 'marker-end': `url(#${lowers ? 'cycle-bar' : 'cycle-head'})` }), cut);
    return { group, id };
  }

  /** @param {string[]} cut */
  hold(cut) {
    this.app.set({ cut });
    this.reflect();
    this.request();
  }

  reflect() {
    const { cut } = this.app.state;
    for (const { group, id } of this.arrows) {
      group.setAttribute('aria-pressed', String(cut.includes(id)));
      group.classList.toggle('held', cut.includes(id));
    }
    this.mend.disabled = cut.length === 0;
  }

  /** @param {string[]} cut @returns {Arm} */
  arm(cut) {
    const whole = structuredClone(this.scenario.arms['whole-loop']);
    whole.protocol = [...(whole.protocol ?? []), ...cut.map((name) => ({ hold: { name, at: 'baseline' } }))];
    return whole;
  }

  request() {
    const { cut } = this.app.state;
    const wishes = { never: this.scenario.arms['never-overfed'], whole: this.arm([]), now: this.arm(cut) };
    for (const [name, arm] of Object.entries(wishes)) {
      if (name !== 'now' && this.runs[name] !== undefined) continue;
      this.element.classList.add('waiting');
      this.app.runner.run(`cycle-${name}`, {
        arm, columns: PLACES.map(({ column }) => column), minutes: 60,
      }).then((run) => {
        if (run === null) return;
        this.runs[name] = run;
        this.daily[name] = Object.fromEntries(PLACES.map(({ column }) => [column, byDay({ x: run.time, y: run.columns[column] })]));
        if (name === 'now') this.element.classList.remove('waiting');
        this.draw();
        if (name === 'now') say(this.words());
      }, (error) => {
        this.element.classList.remove('waiting');
        this.trouble.textContent = [t('run-failed'), error?.message].filter(Boolean).join(' ');
      });
    }
  }

  /** A quantity in a run over what it is without the overeating. @param {Place} place @param {string} run */
  ratio({ column, inverse }, run) {
    const [own, base] = [this.daily[run]?.[column], this.daily.never?.[column]];
    if (own === undefined || base === undefined) return NaN;
    const at = Math.min(Math.max(this.at, own.x[0]), own.x[own.x.length - 1]);
    const ratio = valueAt(own, at) / valueAt(base, at);
    return inverse ? 1 / ratio : ratio;
  }

  /** @param {number} at min */
  show(at) {
    this.at = at;
    this.circles.forEach(({ now, change }, i) => {
      const ratio = this.ratio(PLACES[i], 'now');
      if (Number.isNaN(ratio)) return;
      const area = Math.min(Math.max(1 + DRAWN * (ratio - 1), 0.15), 5);
      now.setAttribute('r', String(FIRST * Math.sqrt(area)));
      const percent = Math.round((ratio - 1) * 1000) / 10;
      change.textContent = `${percent > 0 ? '+' : ''}${number(percent)} %`;
    });
    this.caption.textContent = this.words();
    this.chart.look(at);
  }

  words() {
    const { unit, factor } = shown('vat_kg', this.app.state.units);
    const extra = (/** @type {string} */ run) => {
      const [own, base] = [this.daily[run]?.vat_kg, this.daily.never?.vat_kg];
      const at = own ? Math.min(Math.max(this.at, own.x[0]), own.x[own.x.length - 1]) : 0;
      return own && base ? (valueAt(own, at) - valueAt(base, at)) * factor : NaN;
    };
    if (this.runs.now === undefined || this.runs.never === undefined) return '';
    const key = this.app.state.cut.length === 0 || this.runs.whole === undefined ? 'cycle-words' : 'cycle-words-cut';
    return t(key, { week: number(this.at / WEEK), extra: quantity(extra('now'), unit), whole: quantity(extra('whole'), unit) });
  }

  draw() {
    const { unit, factor } = shown('vat_kg', this.app.state.units);
    const lines = /** @type {const} */ ([['never', 'now', 0], ['whole', 'ghost', 0], ['now', 'now', 1]]).flatMap(([name, role, style]) => {
      const course = this.daily[name]?.vat_kg;
      if (course === undefined || (name === 'whole' && this.app.state.cut.length === 0)) return [];
      const label = t(`cycle-${name}`);
      return [{ label, style, role, course: { x: course.x, y: Array.from(course.y, (value) => value * factor) } }];
    });
    this.chart.draw({
      title: nameOf('observables', 'vat_kg'), unit, window: [0, this.duration], timeUnit: 'weeks', clock: true, lines, events: [],
    });
    this.show(this.at);
  }

  toggle() {
    if (this.playing !== 0) {
      this.stop();
      return;
    }
    if (this.at >= this.duration - WEEK) this.at = 0;
    this.play.textContent = t('pause');
    let before = performance.now();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const step = (/** @type {number} */ now) => {
      // who wants little motion sees a picture every few weeks
      if (!still || now - before > 900) {
        const at = still ? this.at + 4 * WEEK : this.at + ((now - before) / 1000 / SECONDS) * this.duration;
        before = now;
        this.show(Math.min(at, this.duration));
        this.scrub.set(this.at / WEEK);
      }
      if (this.at < this.duration && this.element.isConnected) this.playing = requestAnimationFrame(step);
      else this.stop();
    };
    this.playing = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    refill(this.play, t('play'));
  }

  refresh() {
    this.draw();
  }
}
