// @ts-check
/** The data file that exchange/lab_data.py writes, as types. */

/**
 * @typedef {object} Data
 * @property {string} version
 * @property {string} note
 * @property {string} disclaimer
 * @property {string} hash
 * @property {{id: string, title: string, text: string, parameters: Record<string, number>, sources: string[],
 *   rest: number[], jacobian: number[][]}[]} subjects
 * @property {{id: string, title: string, text: string, kind: string, molar_mass: number,
 *   parameters: Record<string, number>, sources: string[], column: string, file?: string}[]} therapies
 * @property {{name: string, words: string, text: string, edge: string, low: number, high: number}[]} levers
 * @property {{name: string, unit: string, factor: number, default: number, low: number, high: number, text: string,
 *   source: string}[]} parameters
 * @property {{name: string, text: string}[]} variants
 * @property {{name: string, unit: string, text: string, words: string,
 *   us: {name: string, unit: string, factor: number} | null}[]} observables
 * @property {Record<string, string>} holdable
 * @property {Record<string, string>} words technical names in words
 * @property {Record<string, any>} wiring
 * @property {{subject: string, parameters: Record<string, number>, lifelong: Record<string, number>,
 *   state: number[], jacobian: number[][]}[]} rests
 * @property {ScenarioData[]} scenarios
 */

/**
 * @typedef {object} ScenarioData A scenario as it is written, and what was computed of it.
 * @property {string} id
 * @property {Record<string, any>} written
 * @property {string} hash
 * @property {'full' | 'averaged'} resolution
 * @property {Record<string, string>} about words that set each arm apart
 * @property {Recorded | null} recorded
 */

/**
 * @typedef {object} RecordedCheck
 * @property {string} id
 * @property {string} kind
 * @property {string} statement
 * @property {import('./verdict.js').Verdict} verdict
 * @property {number | null} margin
 * @property {string | null} unit
 * @property {number | null} relative
 * @property {string} says
 */

/**
 * @typedef {object} Recorded
 * @property {import('./verdict.js').Verdict} verdict
 * @property {string} sentence
 * @property {RecordedCheck[]} checks
 * @property {RecordedCheck} positive_control
 * @property {{name: string, verdict: import('./verdict.js').Verdict,
 *   positive_control: import('./verdict.js').Verdict}[]} must_fail_when
 */

export {};
