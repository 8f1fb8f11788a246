// @ts-check
/** What checks ask for, drawn on a graph: dashed lines and bands with their words, which keep out of each other's way. */

import { scaleLinear } from './vendor/d3.js';
import { s } from './dom.js';

/** @typedef {import('./asked.js').Asked} Asked */

const LINE = 15; // px a line of words is high
const LETTER = 6.5; // px a letter is wide, about

/**
 * A domain that also has room for what is asked for, unless the courses would be pressed flat.
 * @param {number[]} domain of the courses @param {Asked[]} asked @returns {number[]}
 */
export function withRoom([low, high], asked) {
  const most = 1.2 * (high - low);
  const values = asked.flatMap((one) => [one.low, one.high]);
  const near = values.filter((value) => value > low - most && value < high + most);
  const least = Math.min(low, ...near);
  // what is never below zero is not shown there
  const [first, last] = [low >= 0 ? Math.max(least, 0) : least, Math.max(high, ...near)];
  if (last - first > 2.2 * (high - low) || (first === low && last === high)) return [low, high];
  return scaleLinear([first, last], [1, 0]).nice(5).domain();
}

/**
 * @param {Asked[]} asked
 * @param {(at: number) => number} x @param {(value: number) => number} y
 * @param {{left: number, right: number, top: number, bottom: number}} box the plot, px
 * @param {[number, number][]} points of the curves, px, which words had better not hide
 */
export function drawAsked(asked, x, y, box, points) {
  const places = labels(asked, x, y, box, points);
  const words = asked.flatMap(({ label }, i) => {
    const at = places[i];
    return at === null ? [] : [s('text', { class: 'asked-words', x: at.x, y: at.y, 'text-anchor': at.anchor }, label)];
  });
  const shapes = asked.flatMap((one) => {
    const [x1, x2] = [Math.max(x(one.start), box.left), Math.min(x(one.stop), box.right)];
    const [y1, y2] = [y(one.high), y(one.low)];
    if (x2 <= x1 || y2 < box.top || y1 > box.bottom) return [];
    const [top, bottom] = [Math.max(y1, box.top), Math.min(y2, box.bottom)];
    const edges = [...new Set([y1, y2])].filter((at) => at >= box.top && at <= box.bottom);
    return [
      ...(bottom - top > 0.5 ? [s('rect', { class: 'asked-band', x: x1, y: top, width: x2 - x1, height: bottom - top })] : []),
      ...edges.map((at) => s('line', { class: 'asked-line', x1, x2, y1: at, y2: at })),
    ];
  });
  return { shapes, words };
}

/**
 * Where the words stand: near their line, where they hide least of the curves and no other words.
 * @param {Asked[]} asked @param {(at: number) => number} x @param {(value: number) => number} y
 * @param {{left: number, right: number, top: number, bottom: number}} box @param {[number, number][]} points of the curves, px
 */
function labels(asked, x, y, box, points) {
  /** @type {{x: number, y: number, anchor: string, from: number, to: number}[]} */
  const placed = [];
  return asked.map((one) => {
    if (y(one.low) < box.top || y(one.high) > box.bottom) return null;
    const width = Math.min(one.label.length * LETTER, box.right - box.left);
    const [x1, x2] = [Math.max(x(one.start), box.left), Math.min(x(one.stop), box.right)];
    const over = Math.max(y(one.high), box.top) - 4;
    const under = Math.min(y(one.low), box.bottom) + LINE - 3;
    const inside = Math.max(y(one.high), box.top) + LINE - 3;
    let best = { x: x1, y: over, anchor: 'start', from: x1, to: x1 + width, cost: Infinity };
    for (const [i, left] of [x1 + 2, x2 - 2 - width, (x1 + x2 - width) / 2].entries()) {
      const from = Math.max(box.left + 2, Math.min(left, box.right - 2 - width));
      const to = from + width;
      for (const [k, at] of [over, under, inside, over - LINE, under + LINE, over - 2 * LINE, under + 2 * LINE, over - 3 * LINE, under + 3 * LINE].entries()) {
        if (at < box.top + 9 || at > box.bottom - 3) continue;
        const met = placed.filter((other) => Math.abs(other.y - at) < LINE && other.to > from && other.from < to).length;
        const hidden = points.filter(([px, py]) => px > from - 3 && px < to + 3 && py > at - 13 && py < at + 5).length;
        const cost = 100 * met + hidden + 0.4 * k + 0.1 * i;
        if (cost < best.cost) best = { x: from, y: at, anchor: 'start', from, to, cost };
      }
    }
    placed.push(best);
    return best;
  });
}
