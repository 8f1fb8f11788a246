/** Answers what the tests ask of the modules of a folder, in Node.js or in a browser. */

import { labAnswering } from './lab_answers.mjs';

/** @param {string} folder where the modules are, as a URL */
export async function answering(folder) {
  /** @param {string} name */
  const module = (name) => import(`${folder}/${name}.js`);
  const kernel = await module('kernel');
  const { DONE, integrate, workspace } = await module('integrate');
  const { coursesOf, eventsOf, planned } = await module('plan');
  const { findRest, jacobianOf, quickRest } = await module('rest');

  const work = workspace();
  const N = kernel.STATES.length;
  const M = kernel.READINGS.length;

  /** JSON has no NaN and no infinity. */
  const numbers = (values) => Array.from(values, (x) => (Number.isFinite(x) ? x : String(x)));

  const answers = {
    ...(await labAnswering(folder)),

    layout: () => ({
      states: kernel.STATES,
      constants: kernel.CONSTANTS,
      readings: kernel.READINGS,
      scale: Array.from(kernel.SCALE),
      lasting: kernel.LASTING,
    }),

    evaluate({ states, constants }) {
      const h = new Float64Array(kernel.HOISTED);
      const out = new Float64Array(N);
      const seen = new Float64Array(M);
      return states.map((state, i) => {
        const [y, c] = [Float64Array.from(state), Float64Array.from(constants[i])];
        kernel.prepare(c, h);
        kernel.rates(y, c, h, out);
        kernel.observe(y, c, h, seen);
        return { rates: numbers(out), readings: numbers(seen) };
      });
    },

    run({ plan, out, tolerance, anew = false, budget = 1e9 }) {
      const events = anew ? eventsOf(plan) : planned(plan);
      const [states, readings] = [N, M].map((width) => new Float64Array(width * out.length));
      const y = Float64Array.from(plan.state);
      const c = Float64Array.from(plan.constants);
      integrate(
        work, 0, y, c, plan.stop, events, coursesOf(plan), Float64Array.from(out), states, readings,
        tolerance, kernel.SCALE, budget,
      );
      const { status, time, fault, evaluations } = work;
      if (status !== DONE) return { status, time, fault, evaluations };
      return {
        status, time, fault, evaluations, states: numbers(states), readings: numbers(readings),
      };
    },

    events({ plan }) {
      const built = eventsOf(plan);
      const columns = ['time', 'kind', 'index', 'value'];
      return Object.fromEntries(columns.map((name) => [name, Array.from(built[name])]));
    },

    rest({ constants, habitual, near }) {
      const c = Float64Array.from(constants);
      const from = near ? { state: near.rest, jacobian: jacobianOf(near.jacobian) } : null;
      const { found, state, drift, days } = findRest(work, c, habitual, from);
      const quick = from && quickRest(work, c, habitual, from);
      return { found, state: numbers(state), drift, days, quick: quick && numbers(quick.state) };
    },
  };

  return (jobs) => Promise.all(jobs.map(({ task, ...job }) => answers[task](job)));
}
