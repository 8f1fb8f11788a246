// @ts-check
/** Numbers, times and verdicts in words, as Python writes them (claims/verdict.py and plots/words.py). */

import { MINUTES, bestUnit } from './units.js';

/**
 * The digits of a number rounded to so many, half way to the even one, and the exponent of the first.
 * @param {number} value above 0 @param {number} digits @returns {[string, number]}
 */
function digitsOf(value, digits) {
  let [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const kept = Math.min(100, digits + 60);
  const [exact, at] = value.toExponential(kept).split('e');
  const figures = exact.replace('.', '');
  if (/^50*$/.test(figures.slice(digits))) { // half way: JavaScript goes up
    const down = figures.slice(0, digits);
    if (Number(down[digits - 1]) % 2 === 0) [mantissa, exponent] = [down, at];
  }
  return [mantissa.replace('.', ''), Number(exponent)];
}

/** As Python's format `g` with so many digits. @param {number} value @param {number} [digits] */
export function general(value, digits = 6) {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0`;
  const [figures, exponent] = digitsOf(Math.abs(value), digits);
  /** @param {string} text */
  const trimmed = (text) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent < -4 || exponent >= digits) {
    const mantissa = trimmed(figures.length > 1 ? `${figures[0]}.${figures.slice(1)}` : figures);
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}${trimmed(`0.${'0'.repeat(-exponent - 1)}${figures}`)}`;
  const whole = figures.slice(0, exponent + 1);
  const rest = figures.slice(exponent + 1);
  return `${sign}${trimmed(rest ? `${whole}.${rest}` : whole)}`;
}

/** As Python's format `f` with so many places. @param {number} value @param {number} places */
export function fixed(value, places) {
  if (!Number.isFinite(value)) return general(value);
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (size === 0) return sign + size.toFixed(places);
  const [exact, exponent] = size.toExponential(60).split('e');
  const digits = Number(exponent) + 1 + places;
  if (digits < 1) { // all that is shown is what it is rounded to
    const up = digits === 0 && exact >= '5' && !/^5\.0*$/.test(exact);
    return sign + (up ? 10 ** -places : 0).toFixed(places);
  }
  const [figures, at] = digitsOf(size, digits);
  const text = at < 0 ? '0'.repeat(-at) + figures : figures + '0'.repeat(Math.max(0, at + 1 - figures.length));
  const point = Math.max(at, 0) + 1;
  const shown = text.padEnd(point + places, '0').slice(0, point + places);
  return sign + (places > 0 ? `${shown.slice(0, point)}.${shown.slice(point)}` : shown);
}

/** With its sign, three digits. @param {number} value */
export function signed(value) {
  return `${value < 0 || Object.is(value, -0) ? '' : '+'}${general(value, 3)}`;
}

/** A number as a check's sentence shows it: four digits at most. @param {number} value */
export function number(value) {
  return general(value, 4);
}

const LONG = /** @type {[number, string][]} */ ([[525600, 'years'], [10080, 'weeks'], [1440, 'd'], [60, 'h']]);

/** A number with its unit; minutes are shown as hours, days, weeks or years where they are. @param {number} value @param {string} unit */
export function quantity(value, unit) {
  if (unit === 'min') {
    for (const [size, name] of LONG) {
      if (Math.abs(value) >= 2 * size) return `${number(value / size)} ${name}`;
    }
  }
  return unit === '1' || unit === '' ? number(value) : `${number(value)} ${unit}`;
}

/** A number as one would say it: three digits, no exponent for everyday sizes, a true minus. @param {number} value */
export function shownNumber(value) {
  const text = Math.abs(value) >= 1000
    ? fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, '\u202f')
    : general(value, 3);
  return text.replaceAll('-', '−');
}

/** A unit for print; a dimensionless one is empty. @param {string} unit */
export function shownUnit(unit) {
  if (unit === '1') return '';
  if (unit === 'MJ/d' || unit === 'kcal/d') return unit.replace('/d', ' per day');
  return unit.replaceAll('ug', 'µg').replaceAll('uU', 'µU').replaceAll('*', '·');
}

/** A stretch of time in its best unit: "26 weeks". @param {number} minutes */
export function duration(minutes) {
  const unit = bestUnit(0, minutes);
  return `${shownNumber(minutes / /** @type {number} */ (MINUTES.get(unit)))} ${unit}`;
}

/** The margin in words: by how much a claim holds or fails. @param {string} verdict @param {number | null} margin @param {string} unit */
export function verdictWords(verdict, margin, unit) {
  if (verdict === 'vacuous') return 'there was nothing to judge';
  if (verdict === 'error') return 'a run failed';
  if (margin === null) return '';
  const size = unit === 'min' && Math.abs(margin) >= 120
    ? duration(Math.abs(margin))
    : `${shownNumber(Math.abs(margin))} ${shownUnit(unit)}`.trim();
  if (verdict === 'inconclusive') return `${size} from the threshold, too close to call`;
  return verdict === 'holds' ? `${size} to spare` : `${size} short`;
}

const ABBREVIATIONS = new Map(
  ['GLP-1', 'GH', 'GHRH', 'GHRP', 'IGF-1', 'VAT', 'PKA', 'Epac2', 'cAMP', 'T2D', 'CJC-1295'].map((word) => [word.toLowerCase().replace('-', ''), word]),
);

/** A name as words, its abbreviations as they are written: "GHRH analogue", "CJC-1295". @param {string} name */
export function asWritten(name) {
  /** @type {string[]} */
  const words = [];
  for (const word of name.split(/[-_ ]+/)) {
    // an abbreviation may itself be in two parts: "glp", "1"
    const joined = words.length > 0 ? ABBREVIATIONS.get((words[words.length - 1] + word).toLowerCase()) : undefined;
    if (joined !== undefined) words[words.length - 1] = joined;
    else words.push(ABBREVIATIONS.get(word) ?? word);
  }
  return words.join(' ');
}

/** How judges write, and how one says it. @type {[RegExp, string][]} */
const PLAINLY = [
  [/\bhalf[_ ]effect[_ ](time|level)\b/g, 'half-way $1'],
  [/\btime_to_(peak|trough)\b/g, 'time to $1'],
  [/\bsettling_time\b/g, 'settling time'],
  [/\bfasting of\b/g, 'fasting'],
  [/(?<!glucose )\binfusion \(/g, 'glucose infusion ('],
  [/: 0 \((?=[+-])/g, ': no clear effect ('],
  [/: \+ \((?=[+-])/g, ': a rise ('],
  [/: - \((?=[+-])/g, ': a fall ('],
  [/; 0 expected/g, '; none expected'],
  [/; \+ expected/g, '; a rise expected'],
  [/; - expected/g, '; a fall expected'],
  [/\bthe null \(additive\) expects\b/g, 'added up they would give'],
  [/\bthe null \(highest single agent\) expects\b/g, 'the stronger alone would give'],
  [/\bthe null \(bliss\) expects\b/g, 'independent of each other they would give'],
  [/\biauc of\b/g, 'area above the baseline of'],
  [/\bauc of\b/g, 'area under'],
  [/\bhoma ir\b/g, 'HOMA-IR'],
  [/\bm value\b/g, "the clamp's M"],
  [/(\d) 1(?= =|; first|\))/g, '$1'], // a number without a unit
  [/; (first it \w+ by .+?, then the other way by .+?), asked for/g, '; asked for: $1'],
  [/(within \S+ (\S+) of its baseline [\d.]+)(?= \()/g, '$1 $2'],
  [/\bug\//g, 'µg/'],
  [/\buU\//g, 'µU/'],
  [/\*min\b/g, '·min'],
];

/**
 * What a judge says as one would read it aloud: names as words, moments and units as in print.
 * @param {string} text @param {Record<string, string>} words technical names (those with a `_`) in words @param {string[]} [arms]
 */
export function inWords(text, words, arms = []) {
  let out = text;
  for (const arm of [...arms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
    const written = asWritten(arm);
    if (written === arm) continue;
    const name = arm.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    out = out.replace(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'), () => written);
  }
  out = out.replace(/drug_(\w+)_nmol_l/g, (_, drug) => `${asWritten(drug)} in the blood`)
    .replace(/[a-z0-9]+(?:_[a-z0-9]+)+/g, (name) => (Object.hasOwn(words, name) ? words[name] : name))
    .replace(/\b(at|from) (\d[\d.]*(?:e\+\d+)?) min\b/g, (_, when, minutes) => `${when} ${quantity(Number(minutes), 'min')}`);
  for (const [raw, said] of PLAINLY) out = out.replace(raw, said);
  return out.replace(/(?<![\w.])(\d[\d.]*e[+-]\d+)\b/g, (_, figures) => everyday(Number(figures)));
}

/** @param {number} value */
function everyday(value) {
  return value >= 1 ? shownNumber(value) : 'less than 0.0001';
}

/**
 * What became of a claim, in one plain sentence: the verdict, by how much, and what was found.
 * @param {string} verdict @param {number | null} margin @param {string | null} unit @param {string} says
 * @param {Record<string, string>} words @param {string[]} arms
 */
export function claimSentence(verdict, margin, unit, says, words, arms) {
  const how = verdictWords(verdict, margin, unit ?? '');
  const head = verdict === 'error' ? 'Cannot be told' : `${verdict[0].toUpperCase()}${verdict.slice(1)}`;
  const text = inWords(says, words, arms);
  return `${head}${how ? ` (${how})` : ''}: ${text}${/[.!?]$/.test(text) ? '' : '.'}`;
}
