// @ts-check
/**
 * The lab in a worker: messages in, messages out. Of several requests that wait on one channel only the last is
 * computed, so that the last of many drags wins.
 */

import { Fault, Faults, open } from './lab.js';

/**
 * @typedef {import('./lab.js').Lab} Lab
 * @typedef {Record<string, any> & {task: string, id?: number, channel?: string}} Request
 * @typedef {{postMessage: (message: any, transfer?: Transferable[]) => void, onmessage: ((event: any) => void) | null}} Port
 */

/** A request that another has taken the place of. */
class Superseded extends Error {}

/** @param {unknown} error */
function told(error) {
  if (error instanceof Faults) {
    const faults = error.faults.map((fault) => fault.plain());
    return { ...faults[0], message: error.message, faults };
  }
  if (error instanceof Fault) return error.plain();
  return { kind: 'bug', message: error instanceof Error ? error.message : String(error) };
}

/** What a page is sent of a run. @param {string} name @param {import('./run.js').Run} run @param {string[]} columns @param {number} milliseconds */
function shown(name, run, columns, milliseconds) {
  return {
    name,
    time: run.time.slice(),
    columns: Object.fromEntries(columns.map((column) => [column, run.column(column).slice()])),
    baselines: Object.fromEntries(columns.map((column) => [column, run.baseline(column)])),
    resolution: run.resolution,
    lived: run.lived,
    days: run.days,
    drugs: run.drugs,
    evaluations: run.evaluations,
    milliseconds,
  };
}

/** The arrays in a reply, which are handed over. @param {any} value @param {Transferable[]} found @returns {Transferable[]} */
function arrays(value, found = []) {
  if (value instanceof Float64Array) found.push(/** @type {ArrayBuffer} */ (value.buffer));
  else if (Array.isArray(value)) value.forEach((item) => arrays(item, found));
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach((item) => arrays(item, found));
  return found;
}

/**
 * Answers one request; `between` is called before each arm is run, and may wait or throw. If the request wants `parts`,
 * `part` is given each run as soon as it is there.
 * @param {Lab} lab @param {Request} request @param {() => Promise<void>} between @param {(run: any) => void} part
 */
async function answer(lab, request, between, part) {
  const scenario = typeof request.scenario === 'object' && request.scenario !== null
    ? lab.read(request.scenario) : request.scenario;
  const { task, exact, resolution, minutes, quick, tolerance } = request;
  const how = { resolution, minutes, quick, tolerance };
  if (task === 'read') return lab.read(request.written);
  if (task !== 'run' && task !== 'judge') throw new Fault('input', `unknown task '${task}'`);
  const changes = {
    knockOut: request.knockOut,
    context: request.context === undefined ? undefined : lab.change(request.context),
    arms: changesOf(lab, request),
  };
  const arms = task === 'run' && request.arm !== undefined && typeof request.arm === 'object'
    ? { arm: lab.arm(request.arm) } : lab.arms(scenario, changes);
  const names = task === 'judge' ? Object.keys(arms)
    : typeof request.arm === 'string' ? [request.arm] : Object.keys(arms);
  /** @type {import('./scenario.js').Scenario | null} */
  const own = scenario === undefined ? null : (typeof scenario === 'string' ? lab.scenario(scenario) : scenario);
  const bench = own === null
    ? { run: (/** @type {string} */ name) => lab.run(/** @type {any} */ (arms)[name], how) }
    : lab.bench(own, { arms, ...how });
  const columns = request.columns ?? [...new Set((own?.plot.panels ?? []).flatMap((panel) => panel.observables))];
  /** @type {Record<string, any>} */
  const runs = {};
  for (const name of names) {
    await between();
    const before = performance.now();
    try {
      const run = /** @type {import('./run.js').Run} */ (bench.run(name));
      const took = performance.now() - before;
      if (request.parts) part(shown(name, run, columns, took));
      runs[name] = shown(name, run, columns, took);
    } catch (error) {
      // a run that fails is told of in its place; the checks that need it say `error`
      if (task === 'run' || !(error instanceof Fault) || error.kind === 'input') throw error;
      runs[name] = { name, error: told(error) };
    }
  }
  if (task === 'run') return typeof request.arm === 'string' || own === null ? runs[names[0]] : { runs };
  await between();
  const before = performance.now();
  const judged = lab.judge(/** @type {any} */ (own), /** @type {any} */ (bench), { exact });
  return { judged, runs, milliseconds: performance.now() - before };
}

/** @param {Lab} lab @param {Request} request */
function changesOf(lab, request) {
  const given = request.arms ?? {};
  /** @type {Record<string, any>} */
  const found = {};
  for (const [name, change] of Object.entries(given)) {
    found[name] = 'replace' in change ? { replace: lab.arm(change.replace) } : lab.change(change);
  }
  if (typeof request.arm === 'string' && request.change !== undefined) found[request.arm] = lab.change(request.change);
  return found;
}

/** Answer what is asked through a port: the worker's own scope, or one end of a MessageChannel. @param {Port} port */
export function serve(port) {
  /** @type {Lab | null} */
  let lab = null;
  /** @type {Request[]} */
  const waiting = [];
  let busy = false;

  /** @param {Request} request @param {object} reply @param {Transferable[]} [transfer] */
  const reply = ({ id, channel }, reply, transfer = []) => port.postMessage({ id, channel, ...reply }, transfer);

  /** @param {Request} request whether a later one on the same channel waits */
  const superseded = (request) => request.channel !== undefined && waiting.some((one) => one.channel === request.channel);

  /** Let messages in; without the milliseconds that a browser makes a timer wait. */
  const breathe = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });

  async function work() {
    busy = true;
    await breathe();
    for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
      const now = request;
      try {
        if (superseded(now)) throw new Superseded();
        if (now.task === 'cancel') continue;
        if (lab === null) throw new Fault('input', 'the data must be opened first');
        const result = await answer(lab, now, async () => {
          await breathe();
          if (superseded(now)) throw new Superseded();
        }, (part) => reply(now, { part }, arrays(part)));
        reply(now, { ok: true, result }, arrays(result));
      } catch (error) {
        if (error instanceof Superseded) reply(now, { superseded: true });
        else reply(now, { ok: false, error: told(error) });
      }
    }
    busy = false;
  }

  port.onmessage = ({ data: request }) => {
    if (request.task === 'open') {
      lab = open(request.data);
      reply(request, { ok: true, result: null });
      return;
    }
    waiting.push(request);
    if (!busy) work();
  };
}

/**
 * The page's side of a worker that serves: `ask` resolves with the result, or null if a later request took its place.
 * Its second argument is given the runs one by one, as they come.
 * @param {Port} worker
 */
export function client(worker) {
  let last = 0;
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: any) => void, part?: (run: any) => void}>} */
  const asked = new Map();
  worker.onmessage = ({ data: { id, ok, result, error, superseded, part } }) => {
    const promise = asked.get(id);
    if (promise === undefined) return;
    if (part !== undefined) {
      promise.part?.(part);
      return;
    }
    asked.delete(id);
    if (superseded) promise.resolve(null);
    else if (ok) promise.resolve(result);
    else promise.reject(new Fault(error.kind, error.message, error));
  };
  return {
    /** @param {Request} request @param {(run: any) => void} [part] @returns {Promise<any>} */
    ask(request, part) {
      const id = ++last;
      return new Promise((resolve, reject) => {
        asked.set(id, { resolve, reject, part });
        worker.postMessage({ ...request, id, ...(part === undefined ? {} : { parts: true }) });
      });
    },
  };
}
