/** In Node.js: a list of jobs as JSON on standard input, their answers on standard output. */

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { answering } from './answers.mjs';

const { folder, jobs } = JSON.parse(readFileSync(0, 'utf8'));
const answer = await answering(pathToFileURL(folder).href);
process.stdout.write(JSON.stringify(await answer(jobs)));
