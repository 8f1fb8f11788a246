// @ts-check
/** Judges of cause and tables: mediation, shares of mechanisms, tables of effects (claims/mediation.py, sharing.py, tables.py). */

import { seen } from './judging.js';
import { measureOfFeature, sizeOf } from './quantities.js';
import { weakest } from './verdict.js';
import { fixed, number, quantity, signed } from './words.js';

/**
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./verdict.js').Judgement} Judgement
 * @typedef {import('./vocabulary_use.js').Check} Check
 */

/** By how much an effect has the sign wanted; smaller than `least` counts as none. @param {number} effect @param {string} wanted @param {number} least */
function demand(effect, wanted, least) {
  switch (wanted) {
    case 'positive': return effect - least;
    case 'negative': return -effect - least;
    case 'none': return least - Math.abs(effect);
    case 'not positive': return least - effect;
    default: return effect + least; // not negative
  }
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function mediatedBy(check, bench) {
  const treated = bench.treated(check.treated);
  const control = check.control || bench.control;
  const mediators = typeof check.mediator === 'string' ? [check.mediator] : check.mediator;
  /** @param {string} arm @param {string} [mediatorOf] */
  const outcome = (arm, mediatorOf) => {
    const world = mediatorOf === undefined ? bench : bench.holding(arm, mediators, mediatorOf);
    return seen(check.feature, world, arm).value;
  };
  const [y00, y11] = [outcome(control), outcome(treated)];
  const [y10, y01] = [outcome(treated, control), outcome(control, treated)];
  const held = outcome(treated, treated);
  const [total, direct, through] = [y11 - y00, y10 - y00, y11 - y10];
  const measure = measureOfFeature(check.feature);
  const { unit } = measure;
  const least = sizeOf(measure.effect(check.minimum_effect), y00);
  const opposing = through * direct < 0 && Math.min(Math.abs(through), Math.abs(direct)) >= least;
  const share = total ? through / total : 0;
  const said = `total ${signed(total)} ${unit} = ${signed(through)} through ${mediators.join(' and ')} `
    + `${signed(direct)} past it${opposing ? ' (opposing paths)' : ` (${fixed(100 * share, 0)} % through)`}`;
  const evidence = {
    y00, y11, y10, y01, y11_held: held, total_effect: total, pure_direct: direct, total_through: through,
    total_direct: y11 - y01, pure_through: y01 - y00, holding_error: Math.abs(held - y11),
    share_through: share, opposing_paths: opposing, minimum_effect: least,
  };
  const margins = [];
  if (check.through_at_least !== undefined) {
    margins.push((total >= 0 ? 1 : -1) * through - check.through_at_least * Math.abs(total));
  }
  if (check.expect?.through !== undefined) margins.push(demand(through, check.expect.through, least));
  if (check.expect?.direct !== undefined) margins.push(demand(direct, check.expect.direct, least));
  // with both paths opposing, the total may be small though neither path is: that is not nothing
  const nothing = Math.abs(total) < least && !opposing
    ? `the total effect ${quantity(Math.abs(total), unit)} is smaller than ${quantity(least, unit)}` : null;
  return weakest(margins.map((margin) => ({
    margin,
    unit,
    scale: least,
    says: `${said}; ${number(margin)} to spare`,
    evidence,
    nothing,
    ownError: Math.abs(held - y11),
  })));
}

/** @param {number} n */
const factorial = (n) => Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, 1);

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function shareOf(check, bench) {
  const treated = bench.treated(check.treated);
  const control = check.control || bench.control;
  const base = seen(check.feature, bench, control).value;
  /** @type {string[]} */
  const levers = check.levers;
  const n = levers.length;
  const everything = 2 ** n - 1;
  /** The effect with only those levers acting whose bit is set. @param {number} acting */
  const effect = (acting) => {
    const off = Object.fromEntries(levers.filter((_, i) => !(acting & (1 << i))).map((lever) => [lever, 0]));
    const world = bench.withLevers(off);
    return seen(check.feature, world, treated).value - seen(check.feature, world, control).value;
  };
  const worths = Array.from({ length: 2 ** n }, (_, acting) => effect(acting));
  /** @param {number} set */
  const many = (set) => levers.filter((_, i) => set & (1 << i)).length;
  const values = levers.map((_, i) => {
    let value = 0;
    for (let set = 0; set <= everything; set++) {
      if (set & (1 << i)) continue;
      const weight = (factorial(many(set)) * factorial(n - many(set) - 1)) / factorial(n);
      value += weight * (worths[set | (1 << i)] - worths[set]);
    }
    return value;
  });
  const whole = worths[everything];
  const measure = measureOfFeature(check.feature);
  const least = sizeOf(measure.effect(check.minimum_effect), base);
  const shares = values.map((value) => (whole ? value / whole : 0));
  const lessOne = levers.map((_, i) => worths[everything & ~(1 << i)]);
  const evidence = {
    effect: whole,
    shares: Object.fromEntries(levers.map((lever, i) => [lever, shares[i]])),
    less_one: Object.fromEntries(levers.map((lever, i) => [lever, lessOne[i]])),
    none: worths[0],
  };
  const said = levers.map((lever, i) => `${lever} ${fixed(100 * shares[i], 0)} %`).join(', ');
  const nothing = Math.abs(whole) < least
    ? `the whole effect ${quantity(Math.abs(whole), measure.unit)} is below the minimum` : null;
  /** @type {[string, number][]} */
  const wanted = typeof check.at_least === 'number'
    ? levers.map((lever) => [lever, check.at_least])
    : Object.entries(check.at_least);
  /** @type {Judgement[]} */
  const found = wanted.map(([lever, share]) => ({
    margin: shares[levers.indexOf(lever)] - share, unit: '1', scale: share, says: said, evidence, nothing,
  }));
  if (check.all_beat_any_less_one_by !== undefined) {
    const more = sizeOf(measure.effect(check.all_beat_any_less_one_by), base);
    const sign = whole >= 0 ? 1 : -1;
    let least = 0;
    const gaps = lessOne.map((worth) => sign * (whole - worth));
    gaps.forEach((gap, i) => {
      if (gap < gaps[least]) least = i;
    });
    found.push({
      margin: gaps[least] - more,
      unit: measure.unit,
      scale: more,
      says: `${said}; without ${levers[least]} it is ${number(gaps[least])} less`,
      evidence,
      nothing,
    });
  }
  return weakest(found);
}

/** What a cell shows, and by how much it shows what is wanted. @param {number} effect @param {number | null} cut @param {number} least @param {number} directFrom @param {string} wanted @returns {[string, number]} */
function cell(effect, cut, least, directFrom, wanted) {
  const size = Math.abs(effect);
  if (cut === null) {
    let sign = '0';
    if (effect >= least) sign = '+';
    else if (effect <= -least) sign = '-';
    const rooms = { '+': effect - least, '-': -effect - least, 0: least - size };
    return [sign, rooms[/** @type {'+' | '-' | '0'} */ (wanted)]];
  }
  const left = effect >= 0 ? cut : -cut;
  const border = left - directFrom * size;
  let kind = 'none';
  if (size >= least) kind = border >= 0 ? 'direct' : 'indirect';
  if (wanted === 'none') return [kind, least - size];
  return [kind, Math.min(size - least, wanted === 'direct' ? border : -border)];
}

/** @param {Check} check @param {Bench} bench @returns {Judgement} */
function table(check, bench) {
  /** @type {Judgement[]} */
  const found = [];
  /** @type {Record<string, Record<string, any>>} */
  const cells = {};
  for (const [name, row] of Object.entries(check.rows)) {
    const control = row.control || bench.control;
    for (const [column, wanted] of Object.entries(row.expect)) {
      const spec = check.columns[column];
      const measure = measureOfFeature(spec.feature);
      const base = seen(spec.feature, bench, control).value;
      const effect = seen(spec.feature, bench, row.treated).value - base;
      let cut = null;
      if (row.cut_treated) {
        const cutBase = seen(spec.feature, bench, row.cut_control || control).value;
        cut = seen(spec.feature, bench, row.cut_treated).value - cutBase;
      }
      const least = sizeOf(measure.effect(spec.minimum), base);
      const [shows, room] = cell(effect, cut, least, check.direct_from, wanted);
      (cells[name] ??= {})[column] = {
        shows, effect, effect_share: base ? effect / base : null, effect_with_path_cut: cut, unit: measure.unit,
        minimum: least, expected: wanted, article: row.article[column] ?? null,
      };
      found.push({
        margin: room,
        unit: measure.unit,
        scale: Math.max(least, 1e-12),
        says: `'${name}', '${column}': ${shows} (${signed(effect)} ${measure.unit}); ${wanted} expected`,
      });
    }
  }
  const worst = weakest(found);
  const right = found.filter((one) => one.margin > 0).length;
  return {
    margin: worst.margin,
    unit: worst.unit,
    scale: worst.scale,
    says: `${right} of ${found.length} cells as expected; closest ${worst.says}`,
    evidence: { cells, columns: Object.keys(check.columns), rows: Object.keys(check.rows) },
  };
}

/** @type {Record<string, (check: Check, bench: Bench) => Judgement>} */
export const CAUSE_CHECKS = { mediated_by: mediatedBy, share_of: shareOf, table };
