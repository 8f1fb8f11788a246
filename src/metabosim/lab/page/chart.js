// @ts-check
/** One small plot of courses over time, as SVG: the lines now, their ghosts, a pinned run, a sketch. */

import { drawAsked, withRoom } from './askeddraw.js';
import { axisBottom, axisLeft, line, scaleLinear, select } from './vendor/d3.js';
import { freshId, h, refill, s } from './dom.js';
import { bestUnit, moment, quantity } from './format.js';
import { dataTable, spokenSummary } from './spoken.js';
import { axisTitle, tickText, ticks } from './timeaxis.js';
import { thinned, valueAt } from './series.js';
import { decimalSign, t } from './texts.js';

/**
 * @typedef {import('./format.js').TimeUnit} TimeUnit
 * @typedef {import('./series.js').Course} Course
 * @typedef {'now' | 'ghost' | 'pin' | 'sketch'} Role
 */

/**
 * @typedef {object} ChartLine
 * @property {string} label
 * @property {number} style which of the styles in style.css
 * @property {Role} role
 * @property {Course} course in the unit shown
 */

/**
 * @typedef {object} ChartSpec
 * @property {string} title
 * @property {string} unit
 * @property {[number, number]} window min
 * @property {TimeUnit | null} timeUnit
 * @property {boolean} clock
 * @property {ChartLine[]} lines
 * @property {{at: number, kind: 'meal' | 'dose'}[]} events
 * @property {import('./asked.js').Asked[]} [asked] what checks ask for
 * @property {boolean} [blank] axes only
 * @property {number[]} [domain] of values, where charts share one
 */

const MARGIN = { top: 14, right: 20, bottom: 42, left: 54 };
const ORDER = { pin: 0, ghost: 1, now: 2, sketch: 3 };
const MOST_EVENTS = 60;
const NOTHING = 1e-9; // in any unit
const FLEETING = 4; // px that a moving curve may be coarse by
const APART = 5; // px, of points that stand for a curve
const STEPS = new Map([['ArrowLeft', -1], ['ArrowRight', 1], ['PageDown', -5], ['PageUp', 5]]);

/** A tick as one writes it here. @param {string} text */
const written = (text) => text.replace(/,/g, '\u202f').replace('.', decimalSign());

/** A domain with room, whose ends are round. @param {ChartLine[]} lines @param {[number, number]} window */
export function domainOf(lines, [start, stop]) {
  let low = Infinity;
  let high = -Infinity;
  for (const { course } of lines) {
    for (const [x, y] of thinned(course, start, stop, 400)) {
      if (x < start - 1e-6 || x > stop + 1e-6 || !Number.isFinite(y)) continue;
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
  }
  // nothing at all, or nothing but zeros, whose ticks would have a dozen digits
  if (low > high || Math.max(Math.abs(low), Math.abs(high)) < NOTHING) [low, high] = [0, 1];
  const span = Math.max(high - low, 0.02 * Math.abs(high), 1e-9);
  const bottom = low - 0.08 * span;
  // next to nothing below zero is no more than rounding
  return scaleLinear([low >= -1e-6 * span ? Math.max(bottom, 0) : bottom, high + 0.08 * span], [1, 0]).nice(5).domain();
}

export class Chart {
  /**
   * @param {object} hooks
   * @param {(window: [number, number] | null) => void} hooks.zoom
   * @param {(at: number | null, chart: Chart) => void} hooks.look
   * @param {[number, number]} [hooks.size] where it is not laid out, as on a sheet for print
   */
  constructor({ zoom, look, size = [560, 260] }) {
    this.size = size;
    this.hooks = { zoom, look };
    this.heading = h('span', { class: 'chart-title', id: freshId('chart') });
    this.unit = h('span', { class: 'chart-unit' });
    this.clip = freshId('clip');
    this.clipRect = s('rect');
    this.ticksX = s('g', { class: 'axis axis-x' });
    this.ticksY = s('g', { class: 'axis axis-y' });
    this.axisName = s('text', { class: 'axis-name', 'text-anchor': 'middle' });
    this.curves = s('g', { 'clip-path': `url(#${this.clip})` });
    this.events = s('g', { class: 'events' });
    this.asked = s('g', { class: 'asked', 'aria-hidden': 'true' });
    this.askedWords = s('g', { class: 'asked', 'aria-hidden': 'true' });
    this.rule = s('line', { class: 'rule', visibility: 'hidden' });
    this.dots = s('g', { class: 'dots' });
    this.band = s('rect', { class: 'band', visibility: 'hidden' });
    this.svg = s('svg', { class: 'chart', role: 'img', tabindex: 0 },
      s('defs', {}, s('clipPath', { id: this.clip }, this.clipRect)),
      this.ticksX, this.ticksY, this.axisName, this.events, this.asked, this.curves, this.askedWords, this.rule, this.dots, this.band);
    this.readout = h('p', { class: 'readout', 'aria-hidden': 'true' });
    this.table = h('details', { class: 'data-table' }, h('summary', {}, t('data-table')));
    this.table.addEventListener('toggle', () => this.fillTable());
    this.element = h('figure', { class: 'chart-box' },
      h('figcaption', {}, this.heading, this.unit), this.svg, this.readout, this.table);
    /** @type {ChartSpec | null} */
    this.spec = null;
    this.width = 0;
    this.height = 0;
    this.x = scaleLinear();
    this.y = scaleLinear();
    this.listen();
    new ResizeObserver(() => this.resized()).observe(this.svg);
  }

  resized() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (Math.abs(width - this.width) < 1 && Math.abs(height - this.height) < 1) return;
    if (this.spec !== null && width > 0) this.draw(this.spec);
  }

  /** To measure makes the browser lay out the page. */
  measure() {
    const box = this.svg.getBoundingClientRect();
    this.width = box.width || this.size[0];
    this.height = box.height || this.size[1];
  }

  /** @param {ChartSpec} spec @param {boolean} [live] while something is dragged, words and the finest detail can wait */
  draw(spec, live = false) {
    this.spec = spec;
    if (!live || this.width === 0) this.measure();
    const { width, height } = this;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.heading.textContent = spec.title;
    this.unit.textContent = spec.unit;
    const right = width - MARGIN.right;
    const bottom = height - MARGIN.bottom;
    this.x = scaleLinear(spec.window, [MARGIN.left, right]);
    const asked = spec.blank ? [] : spec.asked ?? [];
    this.y = scaleLinear(spec.domain ?? withRoom(domainOf(spec.lines, spec.window), asked), [bottom, MARGIN.top]);
    for (const [name, value] of Object.entries({
      x: MARGIN.left, y: MARGIN.top - 4, width: Math.max(right - MARGIN.left, 0), height: bottom - MARGIN.top + 8,
    })) this.clipRect.setAttribute(name, String(value));
    this.axes(spec, right, bottom);
    this.lines(spec, live ? FLEETING : 1);
    this.marks(spec);
    const drawn = drawAsked(asked, this.x, this.y, { left: MARGIN.left, right, top: MARGIN.top - 4, bottom }, asked.length > 0 ? this.points(spec) : []);
    refill(this.asked, ...drawn.shapes);
    refill(this.askedWords, ...drawn.words);
    if (live) return;
    this.svg.setAttribute('aria-label', spec.blank ? t('blank-axes', { title: spec.title }) : spokenSummary(spec));
    this.table.hidden = spec.blank === true;
    if (this.table.open) this.fillTable();
  }

  /** @param {ChartSpec} spec @param {number} right @param {number} bottom */
  axes(spec, right, bottom) {
    const [start, stop] = spec.window;
    const unit = spec.timeUnit ?? bestUnit(start, stop);
    const plain = this.y.tickFormat(5);
    const places = ticks(start, stop, unit, Math.max(2, Math.floor((right - MARGIN.left) / 76)));
    this.ticksX.setAttribute('transform', `translate(0,${bottom})`);
    this.ticksY.setAttribute('transform', `translate(${MARGIN.left},0)`);
    axisBottom(this.x).tickValues(places).tickSizeOuter(0)
      .tickFormat((at) => tickText(Number(at), unit, spec.clock))(select(this.ticksX));
    axisLeft(this.y).ticks(5).tickFormat((at) => written(plain(at))).tickSize(-(right - MARGIN.left)).tickPadding(8)(select(this.ticksY));
    // the letters are style.css's, not d3's
    for (const axis of [this.ticksX, this.ticksY]) {
      axis.removeAttribute('font-size');
      axis.removeAttribute('font-family');
    }
    this.axisName.setAttribute('x', String((MARGIN.left + right) / 2));
    this.axisName.setAttribute('y', String(bottom + 38));
    this.axisName.textContent = axisTitle(unit, spec.clock);
  }

  /** @param {ChartSpec} spec @param {number} fine px in which a curve keeps no more than its lowest and highest */
  lines(spec, fine) {
    const [start, stop] = spec.window;
    const path = line((/** @type {[number, number]} */ point) => this.x(point[0]),
      (/** @type {[number, number]} */ point) => this.y(point[1]))
      .defined((/** @type {[number, number]} */ point) => Number.isFinite(point[1])).digits(2);
    const shown = spec.blank ? [] : [...spec.lines].sort((a, b) => ORDER[a.role] - ORDER[b.role] || a.style - b.style);
    while (this.curves.childElementCount > shown.length) this.curves.lastElementChild?.remove();
    shown.forEach((one, i) => {
      const curve = this.curves.children[i] ?? this.curves.appendChild(s('path'));
      curve.setAttribute('class', `curve ${one.role} arm-${one.style}`);
      curve.setAttribute('d', path(thinned(one.course, start, stop, this.width / fine)) ?? '');
    });
  }

  /** Points on all curves, some pixels apart. @param {ChartSpec} spec @returns {[number, number][]} */
  points(spec) {
    const [start, stop] = spec.window;
    const count = Math.max(2, Math.floor(this.width / APART));
    return spec.lines.filter(({ role }) => role === 'now').flatMap(({ course }) => (
      Array.from({ length: count }, (_, i) => start + (i / (count - 1)) * (stop - start))
        .map((at) => /** @type {[number, number]} */ ([this.x(at), this.y(valueAt(course, at))]))));
  }

  /** Meals and doses along the upper edge. @param {ChartSpec} spec */
  marks(spec) {
    const [start, stop] = spec.window;
    const inside = spec.events.filter(({ at }) => at >= start && at <= stop);
    const shapes = inside.length > MOST_EVENTS ? [] : inside.map(({ at, kind }) => {
      const x = this.x(at);
      const mark = kind === 'meal'
        ? s('circle', { class: 'event meal', cx: x, cy: 7, r: 4 })
        : s('path', { class: 'event dose', d: `M${x - 5},2h10l-5,10z` });
      mark.append(s('title', {}, `${t(`event-${kind}`)}, ${moment(at, spec.clock, bestUnit(start, stop))}`));
      return mark;
    });
    refill(this.events, ...shapes);
  }

  /** Show a moment on all lines, or none. @param {number | null} at */
  look(at) {
    const { spec } = this;
    if (spec === null) return;
    if (at === null || at < spec.window[0] || at > spec.window[1] || spec.blank) {
      this.rule.setAttribute('visibility', 'hidden');
      this.dots.replaceChildren();
      this.readout.textContent = '';
      return;
    }
    const x = this.x(at);
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: MARGIN.top, y2: this.height - MARGIN.bottom })) {
      this.rule.setAttribute(name, String(value));
    }
    this.rule.setAttribute('visibility', 'visible');
    const now = spec.lines.filter(({ role }) => role === 'now');
    refill(this.dots, ...now.map(({ course, style }) => {
      const value = valueAt(course, at);
      return Number.isFinite(value) && s('circle', { class: `dot arm-${style}`, cx: x, cy: this.y(value), r: 4.5 });
    }));
    this.readout.textContent = this.words(at);
  }

  /** What the lines say at a moment. @param {number} at */
  words(at) {
    const spec = /** @type {ChartSpec} */ (this.spec);
    const unit = bestUnit(spec.window[0], spec.window[1]);
    const values = spec.lines.filter(({ role }) => role === 'now')
      .map(({ label, course }) => `${label} ${quantity(valueAt(course, at), spec.unit)}`);
    return `${moment(at, spec.clock, unit)}: ${values.join(' · ')}`;
  }

  fillTable() {
    if (this.spec === null) return;
    const [summary] = this.table.children;
    refill(this.table, summary, this.table.open && dataTable(this.spec));
  }

  listen() {
    let from = NaN;
    let current = NaN;
    /** @param {PointerEvent} event */
    const moved = (event) => {
      const at = this.x.invert(event.clientX - this.svg.getBoundingClientRect().left);
      const [start, stop] = this.spec?.window ?? [0, 1];
      return Math.min(Math.max(at, start), stop);
    };
    this.svg.addEventListener('pointerdown', (event) => {
      from = event.button === 0 ? moved(event) : NaN;
    });
    this.svg.addEventListener('pointermove', (event) => {
      current = moved(event);
      this.hooks.look(current, this);
      if (Number.isNaN(from) || event.buttons === 0) return;
      const [a, b] = [this.x(Math.min(from, current)), this.x(Math.max(from, current))];
      const sizes = { x: a, width: b - a, y: MARGIN.top, height: this.height - MARGIN.bottom - MARGIN.top };
      for (const [name, value] of Object.entries(sizes)) this.band.setAttribute(name, String(value));
      this.band.setAttribute('visibility', b - a > 8 ? 'visible' : 'hidden');
    });
    const done = () => {
      this.band.setAttribute('visibility', 'hidden');
      if (!Number.isNaN(from) && Math.abs(this.x(current) - this.x(from)) > 8) {
        this.hooks.zoom([Math.min(from, current), Math.max(from, current)]);
      }
      from = NaN;
    };
    this.svg.addEventListener('pointerup', done);
    this.svg.addEventListener('pointerleave', () => { done(); this.hooks.look(null, this); });
    this.svg.addEventListener('dblclick', () => this.hooks.zoom(null));
    this.svg.addEventListener('keydown', (event) => this.pressed(event));
    // what was read stays: to take a line of text away while somebody clicks below would move what is clicked
    this.svg.addEventListener('blur', () => { this.keyed = null; });
    /** @type {number | null} */
    this.keyed = null;
  }

  /** The keys that walk along the curves. @param {KeyboardEvent} event */
  pressed(event) {
    if (this.spec === null || this.spec.blank) return;
    const [start, stop] = this.spec.window;
    const step = STEPS.get(event.key);
    if (step !== undefined) {
      this.keyed = Math.min(Math.max((this.keyed ?? start) + (step * (stop - start)) / 40, start), stop);
    } else if (event.key === 'Home') this.keyed = start;
    else if (event.key === 'End') this.keyed = stop;
    else if (event.key === 'Escape') this.keyed = null;
    else return;
    event.preventDefault();
    this.hooks.look(this.keyed, this);
  }
}
