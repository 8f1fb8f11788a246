// @ts-check
/** What is drawn of a run: courses cut to the window, thinned to the pixels, or by the day where months would smear. */

const DAY = 1440;
const LONG = 10 * DAY;
const FORTNIGHT = 15 * DAY;
const RESTLESS = 0.15;
const MORNING = 420;

/** @typedef {{x: ArrayLike<number>, y: ArrayLike<number>}} Course */

/** The first index at which an ascending vector is at least `value`. @param {ArrayLike<number>} x @param {number} value */
export function firstAt(x, value) {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The course at a moment, straight between samples; NaN outside. @param {Course} course @param {number} at */
export function valueAt({ x, y }, at) {
  const n = x.length;
  if (n === 0 || at < x[0] - 1e-9 || at > x[n - 1] + 1e-9) return NaN;
  const right = Math.min(Math.max(firstAt(x, at), 1), n - 1);
  const left = right - 1;
  if (n === 1 || x[right] === x[left]) return y[right < n ? right : 0];
  const share = Math.min(Math.max((at - x[left]) / (x[right] - x[left]), 0), 1);
  return y[left] + share * (y[right] - y[left]);
}

/** Lowest and highest within a window, its edges included. @param {Course} course @param {number} start @param {number} stop */
export function extent(course, start, stop) {
  const { x, y } = course;
  let low = Infinity;
  let high = -Infinity;
  let lowAt = NaN;
  let highAt = NaN;
  /** @param {number} at @param {number} value */
  const see = (at, value) => {
    if (value < low) [low, lowAt] = [value, at];
    if (value > high) [high, highAt] = [value, at];
  };
  see(start, valueAt(course, start));
  for (let i = firstAt(x, start); i < x.length && x[i] <= stop; i++) see(x[i], y[i]);
  see(stop, valueAt(course, stop));
  return { low, high, lowAt, highAt };
}

/**
 * Points of a window, two or less a pixel: the lowest and highest of each column, in their order.
 * @param {Course} course @param {number} start @param {number} stop @param {number} pixels
 * @returns {[number, number][]}
 */
export function thinned({ x, y }, start, stop, pixels) {
  const from = Math.max(0, firstAt(x, start) - 1);
  const to = Math.min(x.length, firstAt(x, stop) + 1);
  /** @type {[number, number][]} */
  const points = [];
  const columns = Math.max(1, Math.floor(pixels));
  if (to - from <= 3 * columns) {
    for (let i = from; i < to; i++) points.push([x[i], y[i]]);
    return points;
  }
  const width = (stop - start) / columns;
  let i = from;
  while (i < to) {
    const column = Math.floor((x[i] - start) / width);
    let low = i;
    let high = i;
    const first = i;
    while (i < to && Math.floor((x[i] - start) / width) === column) {
      if (y[i] < y[low]) low = i;
      if (y[i] > y[high]) high = i;
      i++;
    }
    for (const k of [...new Set([first, Math.min(low, high), Math.max(low, high), i - 1])]) {
      points.push([x[k], y[k]]);
    }
  }
  return points;
}

/** How far a value moves within a day, as a rule. @param {Course} course */
function dailySwing({ x, y }) {
  /** @type {number[]} */
  const swings = [];
  for (let i = 0; i < x.length;) {
    const day = Math.floor(x[i] / DAY);
    let low = Infinity;
    let high = -Infinity;
    while (i < x.length && Math.floor(x[i] / DAY) === day) {
      low = Math.min(low, y[i]);
      high = Math.max(high, y[i]);
      i++;
    }
    swings.push(high - low);
  }
  swings.sort((a, b) => a - b);
  return swings.length > 0 ? swings[swings.length >> 1] : 0;
}

/** Whether courses over a span (min) should be drawn by the day. @param {number} span @param {Course[]} courses */
export function isSmear(span, courses) {
  if (span <= LONG) return false;
  if (span > FORTNIGHT) return true;
  let low = Infinity;
  let high = -Infinity;
  for (const { y } of courses) {
    for (let i = 0; i < y.length; i++) {
      low = Math.min(low, y[i]);
      high = Math.max(high, y[i]);
    }
  }
  return courses.some((course) => dailySwing(course) > RESTLESS * (high - low));
}

/** Whether the value moves notably within its days. @param {Course} course */
export function swings(course) {
  let size = 0;
  for (let i = 0; i < course.y.length; i++) size = Math.max(size, Math.abs(course.y[i]));
  return dailySwing(course) > 0.03 * size;
}

/**
 * One number a day: the mean of each whole day (the trapezoids under the course), or the value at seven in the morning.
 * @param {Course} course @param {boolean} [mornings] @returns {Course}
 */
export function byDay(course, mornings = false) {
  if (!mornings) return meansByDay(evenly(course));
  const { x } = course;
  const n = x.length;
  if (n === 0) return course;
  /** @type {number[]} */
  const at = [];
  /** @type {number[]} */
  const values = [];
  for (let day = Math.floor(x[0] / DAY); day * DAY + MORNING <= x[n - 1] + 1e-9; day++) {
    if (day * DAY + MORNING < x[0]) continue;
    at.push(day * DAY + MORNING);
    values.push(valueAt(course, day * DAY + MORNING));
  }
  return { x: at, y: values };
}

/** Only the samples that there are throughout: where a check looks there are more, and the means would take a step. @param {Course} course @returns {Course} */
function evenly(course) {
  const { x, y } = course;
  let widest = 0;
  let least = Infinity;
  for (let i = 1; i < x.length; i++) {
    widest = Math.max(widest, x[i] - x[i - 1]);
    least = Math.min(least, x[i] - x[i - 1]);
  }
  if (!(least < widest - 1e-6)) return course;
  /** @type {number[]} */
  const kept = [];
  for (let i = 0; i < x.length; i++) {
    const steps = (x[i] - x[0]) / widest;
    if (i === 0 || i === x.length - 1 || Math.abs(steps - Math.round(steps)) < 1e-9 * Math.max(1, steps)) kept.push(i);
  }
  return { x: kept.map((i) => x[i]), y: kept.map((i) => y[i]) };
}

/** @param {Course} course @returns {Course} */
function meansByDay(course) {
  const { x } = course;
  const n = x.length;
  if (n === 0) return course;
  /** @type {number[]} */
  const at = [];
  /** @type {number[]} */
  const values = [];
  for (let day = Math.ceil(x[0] / DAY - 1e-9); (day + 1) * DAY <= x[n - 1] + 1e-6; day++) {
    at.push((day + 0.5) * DAY);
    values.push(mean(course, day * DAY, (day + 1) * DAY));
  }
  return at.length > 0 ? { x: at, y: values } : course;
}

/** The mean over a stretch. @param {Course} course @param {number} start @param {number} stop */
export function mean(course, start, stop) {
  const { x, y } = course;
  let area = 0;
  let t0 = Math.max(start, x[0]);
  let y0 = valueAt(course, t0);
  const end = Math.min(stop, x[x.length - 1]);
  const from = t0;
  if (end <= from) return y0;
  for (let i = firstAt(x, t0); i < x.length && x[i] < end; i++) {
    area += ((y[i] + y0) / 2) * (x[i] - t0);
    t0 = x[i];
    y0 = y[i];
  }
  area += ((valueAt(course, end) + y0) / 2) * (end - t0);
  return area / (end - from);
}
