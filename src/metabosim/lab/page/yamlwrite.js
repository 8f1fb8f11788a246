// @ts-check
/** A scenario with its changes as YAML that `metabosim run` accepts, and that gives the same curves. */

import { editedStep, snackStep, untouched } from './edits.js';
import { Document, isScalar, visit } from './vendor/yaml.js';

/**
 * @typedef {import('./edits.js').Edits} Edits
 * @typedef {import('./edits.js').Typical} Typical
 * @typedef {import('./types.d.ts').Scenario} Scenario
 * @typedef {import('./types.d.ts').Step} Step
 */

const SHORT = 96; // letters of a mapping that stays on one line
const SIZES = /** @type {const} */ ([['weeks', 10080], ['d', 1440], ['h', 60]]);
const TIMES = new Set(['at', 'start', 'stop', 'every', 'duration', 'from', 'to']);
/** @type {Record<string, string>} */
const RATES = { glucose_infusion: 'mmol', insulin_infusion: 'pmol', gh: 'ug' };

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Minutes as one would write them: "8 h", "26 weeks". @param {number} minutes @returns {string | number} */
export function timeText(minutes) {
  for (const [unit, size] of SIZES) {
    const count = minutes / size;
    if (minutes !== 0 && Number.isInteger(count * (unit === 'h' ? 4 : 1)) && count >= (unit === 'weeks' ? 2 : 1)) {
      // days up to a week are told in hours, as scenarios do
      if (unit === 'd' && count < 4) continue;
      return `${count} ${unit}`;
    }
  }
  return minutes;
}

/** Steps, with times as text and rates per kg of body weight as such. @param {any} value @param {string} kind @returns {any} */
function written(value, kind) {
  if (Array.isArray(value)) return value.map((/** @type {unknown} */ one) => (kind === 'times' && typeof one === 'number' ? timeText(one) : written(one, kind)));
  if (!isObject(value)) return value;
  /** @type {Record<string, unknown>} */
  const out = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === null) continue;
    if (TIMES.has(key) && typeof part === 'number' && !(kind === 'hold' && key === 'at')) out[key] = timeText(part);
    else if (key === 'rate' && isObject(part)) out[key] = rateText(part, kind, String(value.name ?? ''));
    else out[key] = written(part, key === 'times' ? key : kind);
  }
  return out;
}

/** @param {Record<string, unknown>} rate @param {string} kind @param {string} hormone */
function rateText({ value, per_kg: perKg }, kind, hormone) {
  const amount = RATES[kind] ?? RATES[hormone] ?? 'pmol';
  return perKg ? `${value} ${amount}/kg/min` : value;
}

/** A step with its numbers as text where a unit is worth saying. @param {Step} step */
function stepText(step) {
  return Object.fromEntries(Object.entries(step).map(([kind, fields]) => [kind, written(fields, kind)]));
}

/**
 * Steps as they were written, but for those that are changed.
 * @param {any} raw as written @param {Step[]} steps the same as the model reads them @param {Edits} edits @param {Record<string, Typical>} typical
 */
function editedSteps(raw, steps, edits, typical) {
  return steps.map((step, i) => {
    const edited = editedStep(step, edits, typical);
    return edited === step && Array.isArray(raw) && raw[i] !== undefined ? raw[i] : stepText(edited);
  });
}

/**
 * What is written of a scenario after a reader's changes.
 * @param {Scenario} scenario @param {Edits} edits @param {Record<string, Typical>} typical
 */
export function editedWritten(scenario, edits, typical) {
  const out = structuredClone(scenario.written);
  if (untouched(edits)) return out;
  const usual = scenario.arms[scenario.control].subject;
  const before = scenario.context.protocol ?? [];
  /** @param {any} part an arm or context as written @param {Step[]} steps its own, as the model reads them */
  const change = (part, steps) => {
    if (edits.subject !== null && part.subject === usual) part.subject = edits.subject;
    for (const [name, value] of Object.entries(edits.levers)) if (part.levers && name in part.levers) part.levers[name] = value;
    if (steps.length > 0) part.protocol = editedSteps(part.protocol, steps, edits, typical);
  };
  change(out.context, before);
  if (edits.subject !== null && scenario.context.subject === usual) out.context.subject = edits.subject;
  if (Object.keys(edits.levers).length > 0) out.context.levers = { ...out.context.levers, ...edits.levers };
  if (edits.snack !== null) out.context.protocol = [...(out.context.protocol ?? []), ...snackStep(edits).map(stepText)];
  for (const [name, arm] of Object.entries(scenario.arms)) {
    out.arms[name] ??= {};
    change(out.arms[name], (arm.protocol ?? []).slice(before.length));
  }
  scenario.must_fail_when.forEach((knockOut, i) => {
    for (const [name, arm] of Object.entries(knockOut.replace ?? {})) change(out.must_fail_when[i].replace[name], arm.protocol ?? []);
  });
  return out;
}

/**
 * @param {Record<string, any>} content a scenario as it is written @param {string} note what the file says of itself above
 */
export function yamlText(content, note) {
  const document = new Document(JSON.parse(JSON.stringify(content)), { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_, node) {
      const simple = node.items.every((item) => isScalar(/** @type {any} */ (item).value ?? item));
      if (simple && JSON.stringify(node).length < SHORT) node.flow = true;
    },
  });
  document.commentBefore = ` ${note}`;
  return document.toString({ lineWidth: 110 });
}

/**
 * The files that a scenario is saved as: itself, and beside it the therapies of its own that it names.
 * @param {Record<string, any>} content as it is written @param {import('./types.d.ts').LabData['therapies']} therapies @param {string} note
 * @returns {[name: string, text: string][]}
 */
export function scenarioFiles(content, therapies, note) {
  const named = therapies.filter(({ file }) => file !== undefined && JSON.stringify(content).includes(JSON.stringify(file)));
  /** @param {string} file */
  const beside = (file) => file.slice(file.lastIndexOf('/') + 1);
  let text = JSON.stringify(content);
  for (const { file = '' } of named) text = text.replaceAll(JSON.stringify(file), JSON.stringify(beside(file)));
  return [
    [`${content.id}.yaml`, yamlText(JSON.parse(text), note)],
    ...named.map(({ file = '', id, title, text: words, kind, molar_mass: mass, parameters, sources }) => (
      /** @type {[string, string]} */ ([beside(file), yamlText({ id, title, text: words, kind, molar_mass_g_mol: mass, parameters, sources }, note)]))),
  ];
}
