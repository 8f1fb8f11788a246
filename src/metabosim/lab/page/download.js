// @ts-check
/** Files a reader takes away: pictures, tables, scenarios. Made here, sent nowhere. */

import { s } from './dom.js';
import { t } from './texts.js';

const KEPT = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'stroke-opacity',
  'font-family', 'font-size', 'font-weight', 'text-anchor', 'opacity', 'paint-order', 'dominant-baseline',
];

/** @param {string} name @param {Blob} content */
export function save(name, content) {
  const place = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = place;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(place), 10_000);
}

/** A copy that looks the same without the page's style sheet. @param {SVGElement} svg */
function standalone(svg) {
  const copy = /** @type {SVGElement} */ (svg.cloneNode(true));
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  originals.forEach((original, i) => {
    const style = getComputedStyle(original);
    for (const name of KEPT) {
      const value = style.getPropertyValue(name);
      if (value) copies[i].setAttribute(name, value);
    }
    copies[i].removeAttribute('class');
    copies[i].removeAttribute('tabindex');
    if (style.visibility === 'hidden') copies[i].setAttribute('visibility', 'hidden');
  });
  return copy;
}

/**
 * Charts beneath each other in one SVG, with the title, what the lines are, and where it is from.
 * @param {string} title @param {{label: string, style: number}[]} arms @param {import('./chart.js').Chart[]} charts @param {string} stamp
 */
export function pictureSvg(title, arms, charts, stamp) {
  const ink = getComputedStyle(document.body).color;
  const ground = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim() || '#fff';
  const width = Math.max(640, ...charts.map((chart) => chart.width + 24));
  const text = (/** @type {number} */ y, /** @type {number} */ size, /** @type {string} */ words, weight = 400) => s('text', {
    x: 20, y, 'font-size': size, 'font-weight': weight, fill: ink, 'font-family': 'system-ui, sans-serif',
  }, words);
  const svg = s('svg', { xmlns: 'http://www.w3.org/2000/svg' });
  const metadata = s('metadata');
  metadata.textContent = stamp;
  svg.append(metadata, s('title', {}, title));
  const back = s('rect', { x: 0, y: 0, width, fill: ground });
  svg.append(back);
  let y = 36;
  for (const line of wrapped(title, Math.floor((width - 40) / 10.5))) {
    svg.append(text(y, 19, line, 600));
    y += 25;
  }
  const keys = s('g');
  let x = 20;
  for (const { label, style } of arms) {
    const sample = /** @type {SVGElement | null} */ (document.querySelector(`.legend .arm-${style}`));
    const stroke = sample ? getComputedStyle(sample) : null;
    if (x + 60 + label.length * 8 > width) { x = 20; y += 22; }
    keys.append(s('line', {
      x1: x, x2: x + 34, y1: y - 4, y2: y - 4, 'stroke-width': 3,
      stroke: stroke?.stroke ?? ink, 'stroke-dasharray': stroke?.strokeDasharray ?? 'none',
    }), s('text', { x: x + 42, y, 'font-size': 14, fill: ink, 'font-family': 'system-ui, sans-serif' }, label));
    x += 66 + label.length * 8;
  }
  svg.append(keys);
  y += 20;
  for (const chart of charts) {
    if (chart.spec === null) continue;
    svg.append(text(y + 12, 15, chart.spec.unit ? `${chart.spec.title} (${chart.spec.unit})` : chart.spec.title, 600));
    const copy = standalone(chart.svg);
    for (const [name, value] of Object.entries({ x: 8, y: y + 18, width: chart.width, height: chart.height })) copy.setAttribute(name, String(value));
    svg.append(copy);
    y += chart.height + 38;
  }
  svg.append(text(y + 6, 12, stamp));
  y += 22;
  back.setAttribute('height', String(y));
  for (const [name, value] of Object.entries({ width, height: y, viewBox: `0 0 ${width} ${y}` })) svg.setAttribute(name, String(value));
  return svg;
}

/** @param {string} text @param {number} most letters a line */
function wrapped(text, most) {
  /** @type {string[]} */
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last.length + word.length + 1 > most && last !== '') lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** @param {SVGElement} svg */
export function svgText(svg) {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`;
}

/** @param {SVGElement} svg @param {number} [scale] @returns {Promise<Blob>} */
export async function pngOf(svg, scale = 2) {
  const image = new Image();
  const place = URL.createObjectURL(new Blob([svgText(svg)], { type: 'image/svg+xml' }));
  image.src = place;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(Number(svg.getAttribute('width')) * scale);
  canvas.height = Math.round(Number(svg.getAttribute('height')) * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(place);
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob === null ? failed(new Error(t('no-picture'))) : done(blob)), 'image/png');
  });
}
