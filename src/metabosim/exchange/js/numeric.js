// @ts-check
/** What averaged runs and the judges need of numpy, on Float64Arrays. */

/** @param {ArrayLike<number>} sorted @param {number} x where it would come, before what equals it */
export function placeBefore(sorted, x) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {ArrayLike<number>} sorted @param {number} x where it would come, behind what equals it */
export function placeBehind(sorted, x) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value at `at` of straight lines between points; beyond the ends it stays. @param {number} at @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
export function valueAt(at, t, x) {
  const n = t.length;
  if (!(at > t[0])) return x[0];
  if (at >= t[n - 1]) return x[n - 1];
  const i = placeBehind(t, at) - 1;
  return ((x[i + 1] - x[i]) / (t[i + 1] - t[i])) * (at - t[i]) + x[i];
}

/** The same at many moments. @param {ArrayLike<number>} moments @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
export function interpolated(moments, t, x) {
  return Float64Array.from(moments, (at) => valueAt(at, t, x));
}

/** The integral by trapezia. @param {ArrayLike<number>} x @param {ArrayLike<number>} t */
export function integral(x, t) {
  let sum = 0;
  for (let i = 1; i < t.length; i++) sum += ((t[i] - t[i - 1]) * (x[i] + x[i - 1])) / 2;
  return sum;
}

/** @param {ArrayLike<number>} x */
export function sum(x) {
  let found = 0;
  for (let i = 0; i < x.length; i++) found += x[i];
  return found;
}

/** @param {ArrayLike<number>} x */
export function mean(x) {
  return sum(x) / x.length;
}

/** Where the first of the largest is; not a number counts as largest. @param {ArrayLike<number>} x */
export function whereLargest(x) {
  let at = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) return i;
    if (x[i] > x[at]) at = i;
  }
  return at;
}

/** Where the first of the smallest is. @param {ArrayLike<number>} x */
export function whereSmallest(x) {
  let at = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) return i;
    if (x[i] < x[at]) at = i;
  }
  return at;
}

/** @param {ArrayLike<number>} x */
export const largest = (x) => x[whereLargest(x)];

/** @param {ArrayLike<number>} x */
export const smallest = (x) => x[whereSmallest(x)];

/** Largest absolute value. @param {ArrayLike<number>} x */
export function size(x) {
  let found = 0;
  for (let i = 0; i < x.length; i++) found = Math.max(found, Math.abs(x[i]));
  return found;
}

/** Standard deviation. @param {ArrayLike<number>} x */
export function deviation(x) {
  const middle = mean(x);
  let found = 0;
  for (let i = 0; i < x.length; i++) found += (x[i] - middle) ** 2;
  return Math.sqrt(found / x.length);
}

/** So many evenly spaced numbers from `start` to `stop`. @param {number} start @param {number} stop @param {number} count */
export function evenly(start, stop, count) {
  const step = (stop - start) / (count - 1);
  const found = Float64Array.from({ length: count }, (_, i) => start + i * step);
  found[count - 1] = stop;
  return found;
}

/** From `start` in equal steps to below `stop`, as numpy's arange. @param {number} start @param {number} stop @param {number} step */
export function stepping(start, stop, step) {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const rounded = start + step - start;
  return Float64Array.from({ length: count }, (_, i) => start + i * rounded);
}

/** Ascending, each once. @param {Iterable<number>} values */
export function unique(values) {
  return Float64Array.from(new Set(values)).sort();
}

/** The least-squares slope. @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
export function slope(t, x) {
  const [middle, level] = [mean(t), mean(x)];
  let [above, below] = [0, 0];
  for (let i = 0; i < t.length; i++) {
    above += (t[i] - middle) * (x[i] - level);
    below += (t[i] - middle) ** 2;
  }
  return above / below;
}

/** Pearson's correlation. @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function correlation(a, b) {
  const [x, y] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - x) * (b[i] - y);
    aa += (a[i] - x) ** 2;
    bb += (b[i] - y) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
