// @ts-check
/** The little linear algebra that a search for rest needs; a matrix is a Float64Array, row by row. */

/** @param {number} n */
export function identity(n) {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}

/**
 * Solves `matrix` x = `right` by elimination with row pivots; `matrix` is used up.
 * @param {Float64Array} matrix @param {Float64Array} right @returns {Float64Array} x
 */
export function solve(matrix, right) {
  const n = right.length;
  const x = right.slice();
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(matrix[i * n + k]) > Math.abs(matrix[pivot * n + k])) pivot = i;
    }
    if (pivot !== k) {
      for (let j = k; j < n; j++) {
        const kept = matrix[k * n + j];
        matrix[k * n + j] = matrix[pivot * n + j];
        matrix[pivot * n + j] = kept;
      }
      const kept = x[k];
      x[k] = x[pivot];
      x[pivot] = kept;
    }
    for (let i = k + 1; i < n; i++) {
      const share = matrix[i * n + k] / matrix[k * n + k];
      if (share === 0) continue;
      for (let j = k; j < n; j++) matrix[i * n + j] -= share * matrix[k * n + j];
      x[i] -= share * x[k];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= matrix[i * n + j] * x[j];
    x[i] /= matrix[i * n + i];
  }
  return x;
}

/** @param {Float64Array} matrix @param {Float64Array} x */
export function times(matrix, x) {
  const n = x.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j] * x[j];
    product[i] = sum;
  }
  return product;
}

/** @param {Float64Array} matrix @param {number} n */
function squared(matrix, n) {
  const square = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = matrix[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) square[i * n + j] += factor * matrix[k * n + j];
    }
  }
  return square;
}

/** @param {Float64Array} x */
export function largest(x) {
  let found = 0;
  for (const value of x) found = Math.max(found, Math.abs(value)); // NaN stays
  return found;
}

/** @param {Float64Array} x */
export function length(x) {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * Where `matrix`, applied again and again, leads away from zero: the direction of its fastest growth (largest
 * entry 1), or null if everything shrinks. Squared until one or the other shows.
 * @param {Float64Array} matrix @param {number} n @returns {Float64Array | null}
 */
export function growth(matrix, n) {
  let power = matrix;
  for (let doubled = 0; doubled < 60; doubled++) {
    const size = largest(power);
    if (size < 1e-6) return null;
    if (!(size < 1e60)) break;
    power = squared(power, n);
  }
  const way = times(power, new Float64Array(n).fill(1));
  const size = largest(way);
  return way.map((value) => value / size);
}
