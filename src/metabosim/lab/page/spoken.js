// @ts-check
/** Curves for who does not see them: a summary that can be spoken, and a table. */

import { askedWords } from './asked.js';
import { h } from './dom.js';
import { bestUnit, moment, number, quantity } from './format.js';
import { extent, valueAt } from './series.js';
import { ticks } from './timeaxis.js';
import { t } from './texts.js';

/** @typedef {import('./chart.js').ChartSpec} ChartSpec */

const ROWS = 12;

/** @param {ChartSpec} spec */
export function spokenSummary(spec) {
  const [start, stop] = spec.window;
  const unit = spec.timeUnit ?? bestUnit(start, stop);
  /** @param {number} at */
  const when = (at) => moment(at, spec.clock, unit);
  const parts = spec.lines.filter(({ role }) => role === 'now').map(({ label, course }) => {
    const from = Math.max(start, course.x[0]);
    const to = Math.min(stop, course.x[course.x.length - 1]);
    const { low, high, lowAt, highAt } = extent(course, from, to);
    return t('spoken-line', {
      arm: label,
      first: number(valueAt(course, from)),
      low: number(low),
      lowAt: when(lowAt),
      high: number(high),
      highAt: when(highAt),
      last: number(valueAt(course, to)),
    });
  });
  const asked = (spec.asked ?? []).map((one) => askedWords(one, when(one.start), when(one.stop)));
  return [t('spoken-head', { title: spec.title, unit: spec.unit || t('no-unit'), from: when(start), to: when(stop) }), ...parts, ...asked]
    .join(' ');
}

/** @param {ChartSpec} spec */
export function dataTable(spec) {
  const [start, stop] = spec.window;
  const unit = spec.timeUnit ?? bestUnit(start, stop);
  const lines = spec.lines.filter(({ role }) => role === 'now' || role === 'pin');
  const rows = ticks(start, stop, unit, ROWS);
  if (rows.length < 3) rows.splice(0, rows.length, ...Array.from({ length: 7 }, (_, i) => start + (i * (stop - start)) / 6));
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('data-table-of', { title: spec.title }) },
    h('table', {},
      h('caption', {}, `${spec.title}${spec.unit ? ` (${spec.unit})` : ''}`),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('time')),
        ...lines.map(({ label, role }) => h('th', { scope: 'col' }, role === 'pin' ? t('pinned-arm', { arm: label }) : label)))),
      h('tbody', {}, ...rows.map((at) => h('tr', {}, h('th', { scope: 'row' }, moment(at, spec.clock, unit)),
        ...lines.map(({ course }) => h('td', {}, quantity(valueAt(course, at), ''))))))));
}

/** All courses as CSV, tidy as trajectories.csv is. @param {string} stamp @param {{name: string, time: ArrayLike<number>, columns: Record<string, ArrayLike<number>>}[]} arms @param {string[]} columns */
export function csvOf(stamp, arms, columns) {
  const rows = [`# ${stamp}`, ['arm', 'time_min', ...columns].join(',')];
  for (const { name, time, columns: values } of arms) {
    for (let i = 0; i < time.length; i++) {
      rows.push([name, time[i], ...columns.map((column) => {
        const value = values[column]?.[i];
        return value === undefined || !Number.isFinite(value) ? '' : value;
      })].join(','));
    }
  }
  return `${rows.join('\n')}\n`;
}

