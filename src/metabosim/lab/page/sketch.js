// @ts-check
/** Blank axes to draw a prediction on, with a finger, a mouse or the arrow keys. */

import { h, s, say } from './dom.js';
import { number, moment, bestUnit } from './format.js';
import { t } from './texts.js';

/** @typedef {import('./chart.js').Chart} Chart */
/** @typedef {import('./series.js').Course} Course */

const COLUMNS = 40;
const LEVELS = 36; // a letter each, 0 to z
/** @type {Map<string, [number, number]>} columns and levels that a key moves */
const MOVES = new Map([
  ['ArrowLeft', [-1, 0]], ['ArrowRight', [1, 0]], ['ArrowUp', [0, 1]], ['ArrowDown', [0, -1]], ['PageUp', [0, 5]], ['PageDown', [0, -5]],
]);

/** The levels of a sketch, null where nothing is drawn. @param {string} text @returns {(number | null)[]} */
export function levelsOf(text) {
  return Array.from({ length: COLUMNS }, (_, i) => {
    const level = Number.parseInt(text[i] ?? '-', LEVELS);
    return Number.isNaN(level) ? null : level;
  });
}

/** @param {(number | null)[]} levels */
export function textOf(levels) {
  const text = levels.map((level) => (level === null ? '-' : level.toString(LEVELS))).join('');
  return text.replace(/-+$/, '');
}

/** The sketch as a course within a window and a domain. @param {string} text @param {[number, number]} window @param {number[]} domain @returns {Course} */
export function sketchCourse(text, [start, stop], [low, high]) {
  /** @type {number[]} */
  const x = [];
  /** @type {number[]} */
  const y = [];
  levelsOf(text).forEach((level, i) => {
    if (level === null) return;
    x.push(start + ((i + 0.5) / COLUMNS) * (stop - start));
    y.push(low + (level / (LEVELS - 1)) * (high - low));
  });
  return { x, y };
}

/**
 * Lets a reader draw on a chart whose axes are blank.
 * @param {Chart} chart @param {string} text what was drawn before @param {(text: string) => void} drawn
 */
export function sketchOn(chart, text, drawn) {
  const levels = levelsOf(text);
  const path = s('path', { class: 'curve sketch' });
  const spot = s('circle', { class: 'sketch-spot', r: 6, visibility: 'hidden' });
  chart.svg.append(path, spot);
  chart.svg.classList.add('drawable');
  chart.svg.setAttribute('role', 'application');
  chart.svg.setAttribute('aria-roledescription', t('sketch-role'));
  let cursor = 0;

  const show = () => {
    const spec = chart.spec;
    if (spec === null) return;
    const { x, y } = sketchCourse(textOf(levels), spec.window, chart.y.domain());
    path.setAttribute('d', Array.from(x, (at, i) => `${i === 0 ? 'M' : 'L'}${chart.x(at)},${chart.y(y[i])}`).join(''));
  };
  const done = () => { show(); drawn(textOf(levels)); };

  /** @param {PointerEvent} event */
  const spotOf = (event) => {
    const box = chart.svg.getBoundingClientRect();
    const [left, right] = chart.x.range();
    const [bottom, top] = chart.y.range();
    const column = Math.floor(((event.clientX - box.left - left) / (right - left)) * COLUMNS);
    const share = (bottom - (event.clientY - box.top)) / (bottom - top);
    return {
      column: Math.min(Math.max(column, 0), COLUMNS - 1),
      level: Math.round(Math.min(Math.max(share, 0), 1) * (LEVELS - 1)),
    };
  };
  /** @type {{column: number, level: number} | null} */
  let before = null;
  chart.svg.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    chart.svg.setPointerCapture(event.pointerId);
    before = spotOf(event);
    levels[before.column] = before.level;
    show();
  });
  chart.svg.addEventListener('pointermove', (event) => {
    if (before === null) return;
    const now = spotOf(event);
    const way = Math.sign(now.column - before.column);
    for (let k = before.column; k !== now.column + way && way !== 0; k += way) {
      const share = (k - before.column) / (now.column - before.column);
      levels[k] = Math.round(before.level + share * (now.level - before.level));
    }
    levels[now.column] = now.level;
    before = now;
    show();
  });
  for (const kind of ['pointerup', 'pointercancel']) {
    chart.svg.addEventListener(kind, () => { if (before !== null) done(); before = null; });
  }
  chart.svg.addEventListener('keydown', (event) => {
    const move = MOVES.get(event.key);
    if (move === undefined || chart.spec === null) return;
    event.preventDefault();
    const [sideways, up] = move;
    const level = levels[cursor] ?? LEVELS / 2;
    cursor = Math.min(Math.max(cursor + sideways, 0), COLUMNS - 1);
    levels[cursor] = Math.min(Math.max((sideways === 0 ? level : levels[cursor] ?? level) + up, 0), LEVELS - 1);
    const [start, stop] = chart.spec.window;
    const at = start + ((cursor + 0.5) / COLUMNS) * (stop - start);
    const [low, high] = chart.y.domain();
    const value = low + (/** @type {number} */ (levels[cursor]) / (LEVELS - 1)) * (high - low);
    spot.setAttribute('cx', String(chart.x(at)));
    spot.setAttribute('cy', String(chart.y(value)));
    spot.setAttribute('visibility', 'visible');
    say(`${moment(at, chart.spec.clock, bestUnit(start, stop))}: ${number(value)} ${chart.spec.unit}`);
    done();
  });
  show();
  const clear = h('button', { type: 'button', class: 'quiet', onclick: () => { levels.fill(null); spot.setAttribute('visibility', 'hidden'); done(); } },
    t('sketch-clear'));
  return { clear, show };
}
