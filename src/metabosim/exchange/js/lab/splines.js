// @ts-check
/** Slopes of cubic curves through points, as scipy's CubicSpline and PchipInterpolator choose them. */

/**
 * Of a cubic spline whose first two and last two pieces are one curve each ("not a knot").
 * @param {ArrayLike<number>} t ascending @param {ArrayLike<number>} x @returns {Float64Array}
 */
export function splineSlopes(t, x) {
  const n = t.length;
  const found = new Float64Array(n);
  if (n < 2) return found;
  const [step, rise] = pieces(t, x);
  if (n === 2) return found.fill(rise[0]);
  const diagonal = new Float64Array(n);
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  for (let i = 1; i + 1 < n; i++) {
    below[i] = step[i];
    diagonal[i] = 2 * (step[i - 1] + step[i]);
    above[i] = step[i - 1];
    found[i] = 3 * (step[i] * rise[i - 1] + step[i - 1] * rise[i]);
  }
  const m = n - 2;
  if (n === 3) { // one parabola
    [diagonal[0], above[0], found[0]] = [1, 1, 2 * rise[0]];
    [diagonal[2], below[2], found[2]] = [1, 1, 2 * rise[1]];
  } else {
    const [first, last] = [t[2] - t[0], t[n - 1] - t[n - 3]];
    diagonal[0] = step[1];
    above[0] = first;
    found[0] = ((step[0] + 2 * first) * step[1] * rise[0] + step[0] ** 2 * rise[1]) / first;
    diagonal[n - 1] = step[m - 1];
    below[n - 1] = last;
    found[n - 1] = (step[m] ** 2 * rise[m - 1] + (2 * last + step[m]) * step[m - 1] * rise[m]) / last;
  }
  for (let i = 1; i < n; i++) {
    const share = below[i] / diagonal[i - 1];
    diagonal[i] -= share * above[i - 1];
    found[i] -= share * found[i - 1];
  }
  found[n - 1] /= diagonal[n - 1];
  for (let i = n - 2; i >= 0; i--) found[i] = (found[i] - above[i] * found[i + 1]) / diagonal[i];
  return found;
}

/** Of a curve that rises and falls only where the points do. @param {ArrayLike<number>} t @param {ArrayLike<number>} x @returns {Float64Array} */
export function pchipSlopes(t, x) {
  const n = t.length;
  const found = new Float64Array(n);
  if (n < 2) return found;
  const [step, rise] = pieces(t, x);
  if (n === 2) return found.fill(rise[0]);
  for (let i = 1; i + 1 < n; i++) {
    if (Math.sign(rise[i - 1]) !== Math.sign(rise[i]) || rise[i - 1] === 0 || rise[i] === 0) continue;
    const [one, other] = [2 * step[i] + step[i - 1], step[i] + 2 * step[i - 1]];
    found[i] = (one + other) / (one / rise[i - 1] + other / rise[i]);
  }
  found[0] = atTheEnd(step[0], step[1], rise[0], rise[1]);
  found[n - 1] = atTheEnd(step[n - 2], step[n - 3], rise[n - 2], rise[n - 3]);
  return found;
}

/** @param {number} step @param {number} next @param {number} rise @param {number} nextRise */
function atTheEnd(step, next, rise, nextRise) {
  const slope = ((2 * step + next) * rise - step * nextRise) / (step + next);
  if (Math.sign(slope) !== Math.sign(rise)) return 0;
  return Math.sign(rise) !== Math.sign(nextRise) && Math.abs(slope) > 3 * Math.abs(rise) ? 3 * rise : slope;
}

/** Lengths and slopes of the straight lines between points. @param {ArrayLike<number>} t @param {ArrayLike<number>} x */
function pieces(t, x) {
  const step = new Float64Array(t.length - 1);
  const rise = new Float64Array(t.length - 1);
  for (let i = 0; i < step.length; i++) {
    step[i] = t[i + 1] - t[i];
    rise[i] = (x[i + 1] - x[i]) / step[i];
  }
  return [step, rise];
}
