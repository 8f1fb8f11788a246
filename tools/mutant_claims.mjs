/**
 * Judges claims on a mutant's own kernel, up to the first that it does not stand: node mutant_claims.mjs JS_FOLDER
 *
 * Reads {data, tasks, rests}: what the lab's page is handed; [scenario, whether its knock-outs are meant] in their
 * order; and rests that are known. Prints a line of JSON: the first claim that is not as in the body, or null; what
 * each took; and the rests that were found on the way.
 */

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const folder = pathToFileURL(`${process.argv[2]}/`);
const module = (name) => import(new URL(`${name}.js`, folder));
const { open } = await module('lab/lab');
const { findRest, jacobianOf } = await module('rest');
const { habitualOf } = await module('lab/rest_day');

const { data, tasks, rests } = JSON.parse(readFileSync(0));
// Those that come with the data are of the body as it is: they are where a search begins, and no more.
data.rests = [];
for (const subject of data.subjects) Object.assign(subject, rests[subject.id]);
const lab = open(data);
const { bodies } = lab;
const known = new Set(Object.keys(rests));

/** Finds the rest of a subject in this body, once. Whether there is one. */
function settled(id) {
  if (known.has(id)) return true;
  const subject = data.subjects.find((one) => one.id === id);
  const parameters = bodies.parametersOf(id, {});
  const near = { state: subject.rest, jacobian: jacobianOf(subject.jacobian) };
  const found = findRest(bodies.work, bodies.constants(parameters, {}, []), habitualOf(parameters), near);
  if (!found.found) return false;
  const { length } = subject.jacobian;
  const row = (i) => Array.from(found.jacobian.subarray(i * length, (i + 1) * length));
  subject.rest = Array.from(found.state);
  subject.jacobian = Array.from({ length }, (_, i) => row(i));
  known.add(id);
  return true;
}

/** @param {string} subject */
const restless = (subject) => ({ by: 'rest', of: subject, why: 'its habitual days do not come to repeat themselves' });

/** @returns {{by: string, of: string, why: string} | null} by what the mutant is killed */
function killer(id, knockOuts) {
  const scenario = lab.scenario(id);
  for (const arm of Object.values(scenario.arms)) {
    if (!settled(arm.subject)) return restless(arm.subject);
  }
  if (!knockOuts) {
    const { verdict } = lab.judge(id, lab.bench(id));
    return verdict === 'holds' ? null : { by: 'claim', of: id, why: verdict };
  }
  let falls = false;
  for (const { name } of scenario.must_fail_when) {
    const arms = lab.arms(id, { knockOut: name });
    for (const arm of Object.values(arms)) {
      if (!settled(arm.subject)) return restless(arm.subject);
    }
    const { verdict, positiveControl } = lab.judge(id, lab.bench(id, { arms }));
    if (verdict === 'holds') return { by: 'knock-out', of: id, why: `holds in spite of ${name}` };
    falls ||= verdict === 'fails' && positiveControl.verdict === 'holds';
  }
  return falls ? null : { by: 'knock-out', of: id, why: 'none makes it fail while its positive control stands' };
}

let killed = null;
const seconds = [];
for (const [id, knockOuts] of tasks) {
  const begun = performance.now();
  try {
    killed = killer(id, knockOuts);
  } catch (error) {
    // in the body as it is nothing is thrown
    killed = { by: 'claim', of: id, why: String(error) };
  }
  seconds.push((performance.now() - begun) / 1000);
  if (killed !== null) break;
}
console.log(JSON.stringify({
  killed,
  seconds,
  rests: Object.fromEntries(data.subjects.filter(({ id }) => known.has(id))
    .map(({ id, rest, jacobian }) => [id, { rest, jacobian }])),
}));
