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

/** @param {Float64Array} a @param {Float64Array} b @param {number} n */
function product(a, b, n) {
  const found = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k];
      for (let j = 0; j < n; j++) found[i * n + j] += factor * b[k * n + j];
    }
  }
  return found;
}

/** The exponential of a small matrix, by halving, a Taylor series and squaring. @param {Float64Array} matrix @param {number} n */
export function exponential(matrix, n) {
  const halvings = Math.max(0, Math.ceil(Math.log2(n * largest(matrix) + 1e-300)) + 4);
  const small = matrix.map((value) => value / 2 ** halvings);
  let term = identity(n);
  let sum = identity(n);
  for (let k = 1; k <= 16; k++) {
    term = product(term, small, n).map((value) => value / k);
    sum = sum.map((value, i) => value + term[i]);
  }
  for (let k = 0; k < halvings; k++) sum = product(sum, sum, n);
  return sum;
}

/**
 * The pseudo-inverse of a matrix of few columns (`rows` x `columns`, row by row): `columns` x `rows`. Singular
 * values not above `share` of the largest count as none. By one-sided Jacobi rotations.
 * @param {Float64Array} matrix @param {number} rows @param {number} columns @param {number} share
 */
export function pseudoInverse(matrix, rows, columns, share) {
  const u = matrix.slice();
  const v = identity(columns);
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false;
    for (let p = 0; p < columns - 1; p++) {
      for (let q = p + 1; q < columns; q++) {
        let [pp, qq, pq] = [0, 0, 0];
        for (let i = 0; i < rows; i++) {
          pp += u[i * columns + p] ** 2;
          qq += u[i * columns + q] ** 2;
          pq += u[i * columns + p] * u[i * columns + q];
        }
        if (Math.abs(pq) <= 1e-16 * Math.sqrt(pp * qq)) continue;
        turned = true;
        const zeta = (qq - pp) / (2 * pq);
        const tangent = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        const sine = cosine * tangent;
        for (const [turn, n] of /** @type {[Float64Array, number][]} */ ([[u, rows], [v, columns]])) {
          for (let i = 0; i < n; i++) {
            const [a, b] = [turn[i * columns + p], turn[i * columns + q]];
            turn[i * columns + p] = cosine * a - sine * b;
            turn[i * columns + q] = sine * a + cosine * b;
          }
        }
      }
    }
    if (!turned) break;
  }
  const sizes = new Float64Array(columns);
  for (let k = 0; k < columns; k++) {
    for (let i = 0; i < rows; i++) sizes[k] += u[i * columns + k] ** 2;
    sizes[k] = Math.sqrt(sizes[k]);
  }
  const least = share * largest(sizes);
  const found = new Float64Array(columns * rows);
  for (let k = 0; k < columns; k++) {
    if (!(sizes[k] > least)) continue;
    for (let j = 0; j < columns; j++) {
      const factor = v[j * columns + k] / sizes[k] ** 2;
      for (let i = 0; i < rows; i++) found[j * rows + i] += factor * u[i * columns + k];
    }
  }
  return found;
}
