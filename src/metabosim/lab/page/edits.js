// @ts-check
/** What a reader changed of a scenario, and the arms that come of it. */

/**
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./types.d.ts').Scenario} Scenario
 * @typedef {import('./types.d.ts').Step} Step
 */

/**
 * @typedef {object} Swap What becomes of the doses of a therapy.
 * @property {string} to the therapy given instead, or itself
 * @property {number} times how much of its dose
 */

/**
 * @typedef {object} Edits
 * @property {string | null} subject instead of the scenario's own
 * @property {Record<string, number>} levers on every arm
 * @property {Record<string, Swap>} therapies by the therapy that the scenario gives
 * @property {number} meals how much of each of the scenario's meals
 * @property {{at: number, grams: number} | null} snack a meal of so much carbohydrate more, in every arm
 */

/** @typedef {{amount: number, every: number | null}} Typical */

const GLUCOSE_G_PER_MMOL = 0.180156;
const EATEN = ['meal', 'oral_glucose', 'daily_meals'];
const PARTS = ['carbohydrate', 'energy', 'amount'];

/** @returns {Edits} */
export function noEdits() {
  return { subject: null, levers: {}, therapies: {}, meals: 1, snack: null };
}

/** Whether nothing is changed. @param {Edits} edits */
export function untouched({ subject, levers, therapies, meals, snack }) {
  return subject === null && Object.keys(levers).length === 0 && Object.keys(therapies).length === 0
    && meals === 1 && snack === null;
}

/** The therapies that the arms of a scenario are given, each once. @param {Scenario} scenario */
export function therapiesOf(scenario) {
  const steps = Object.values(scenario.arms).flatMap((arm) => arm.protocol ?? []);
  return [...new Set(steps.flatMap((step) => ('dose' in step ? [String(step.dose.therapy)] : [])))];
}

/** Whether the arms eat what the scenario says. @param {Scenario} scenario */
export function hasMeals(scenario) {
  return Object.values(scenario.arms).some((arm) => (
    (arm.protocol ?? []).some((step) => EATEN.some((kind) => kind in step))
  ));
}

/** A step after the changes; itself if it is not touched. @param {Step} step @param {Edits} edits @param {Record<string, Typical>} typical @returns {Step} */
export function editedStep(step, edits, typical) {
  if ('dose' in step) {
    const swap = edits.therapies[step.dose.therapy];
    if (swap === undefined) return step;
    const dose = { ...step.dose };
    if (swap.to !== dose.therapy) {
      const usual = typical[swap.to] ?? { amount: dose.amount, every: dose.every ?? null };
      dose.therapy = swap.to;
      dose.amount = usual.amount;
      // what is given once stays given once
      if (dose.every !== undefined && dose.every !== null && usual.every !== null) dose.every = usual.every;
    }
    dose.amount = Number((dose.amount * swap.times).toPrecision(12));
    return { dose };
  }
  const kind = EATEN.find((one) => one in step);
  if (kind === undefined || edits.meals === 1) return step;
  const eaten = { ...step[kind] };
  for (const part of PARTS) {
    if (typeof eaten[part] === 'number') eaten[part] *= edits.meals;
    else if (Array.isArray(eaten[part])) eaten[part] = eaten[part].map((/** @type {number} */ one) => one * edits.meals);
  }
  return { [kind]: eaten };
}

/** The meal that is added, as a step. @param {Edits} edits @returns {Step[]} */
export function snackStep({ snack }) {
  return snack === null ? [] : [{ meal: { at: snack.at, carbohydrate: snack.grams / GLUCOSE_G_PER_MMOL } }];
}

/**
 * Arms after a reader's changes.
 * @param {{arms: Record<string, Arm>, control: string}} scenario @param {Edits} edits @param {Record<string, Typical>} typical
 * @param {string[]} [kept] levers that stay as they are: those knocked out
 * @returns {Record<string, Arm>}
 */
export function editedArms({ arms, control }, edits, typical, kept = []) {
  const usual = arms[control].subject;
  const levers = Object.fromEntries(Object.entries(edits.levers).filter(([name]) => !kept.includes(name)));
  return Object.fromEntries(Object.entries(arms).map(([name, arm]) => {
    const own = structuredClone(arm);
    if (edits.subject !== null && own.subject === usual) own.subject = edits.subject;
    own.levers = { ...own.levers, ...levers };
    own.protocol = [
      ...(own.protocol ?? []).map((step) => editedStep(step, edits, typical)),
      ...(edits.snack !== null && edits.snack.at < own.duration ? snackStep(edits) : []),
    ];
    return [name, own];
  }));
}
