// @ts-check
/** The model in a worker, made of a text that the page carries; of several wishes on one channel the last one counts. */

import { client } from '../../exchange/js/lab/worker.js';
import { t } from './texts.js';

/**
 * @typedef {import('./types.d.ts').LabData} LabData
 * @typedef {import('./types.d.ts').JudgeAnswer} JudgeAnswer
 * @typedef {import('./types.d.ts').RunAnswer} RunAnswer
 * @typedef {import('./types.d.ts').Scenario} Scenario
 */

const PATIENCE = 120_000; // ms that a wish may take, before the worker is given up

/** @param {string} source of the worker @param {LabData} data */
export function startRunner(source, data) {
  const place = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  /** @type {Worker} */
  let worker;
  /** @type {ReturnType<typeof client>} */
  let asked;
  /** @type {Map<symbol, (error: Error) => void>} those who wait, and how they are told that it is in vain */
  const waiting = new Map();

  function start() {
    worker = new Worker(place);
    asked = client(/** @type {any} */ (worker));
    worker.postMessage({ task: 'open', data });
  }

  /** A worker that never comes back, because of a run without end, is ended, and all who wait are told. */
  function giveUp() {
    worker.terminate();
    start();
    for (const reject of waiting.values()) reject(new Error(t('too-long', { seconds: PATIENCE / 1000 })));
    waiting.clear();
  }

  /** @param {any} wish @param {(run: RunAnswer) => void} [part] @returns {Promise<any>} */
  async function ask(wish, part) {
    const key = Symbol('wish');
    const clock = setTimeout(giveUp, PATIENCE);
    try {
      return await Promise.race([asked.ask(wish, part), new Promise((_, reject) => { waiting.set(key, reject); })]);
    } finally {
      clearTimeout(clock);
      waiting.delete(key);
    }
  }

  start();
  return {
    /** Run and judge arms; null if a later wish on the channel took its place. `part` is given the runs as they come. @param {string} channel @param {Record<string, unknown>} wish @param {(run: RunAnswer) => void} [part] @returns {Promise<JudgeAnswer | null>} */
    judge: (channel, wish, part) => ask({ ...wish, channel, task: 'judge' }, part),
    /** Run one arm. @param {string} channel @param {Record<string, unknown>} wish @returns {Promise<RunAnswer | null>} */
    run: (channel, wish) => ask({ ...wish, channel, task: 'run' }),
    /** Run all arms of a scenario. @param {string} channel @param {Record<string, unknown>} wish @returns {Promise<{runs: Record<string, RunAnswer>} | null>} */
    runs: (channel, wish) => ask({ ...wish, channel, task: 'run' }),
    /** A scenario as it is written, made whole; rejects with what is wrong with it. @param {unknown} written @returns {Promise<Scenario>} */
    read: (written) => ask({ task: 'read', written }),
  };
}

/** @typedef {ReturnType<typeof startRunner>} Runner */
