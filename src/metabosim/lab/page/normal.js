// @ts-check
/** What a reader's own scenario may lack, filled in, so that the page can count on it. */

/** @typedef {import('./types.d.ts').Scenario} Scenario */

const STRENGTHS = ['supported', 'contested', 'contradicted', 'inference'];
const STATUSES = ['imposed', 'contingent', 'emergent', 'fine-tuned'];
const READ = ['abstract', 'excerpt', 'memory'];

/** @param {unknown} value @param {string} [otherwise] */
const text = (value, otherwise = '') => (typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise);

/** @param {unknown} value @returns {Record<string, any>} */
const fields = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});

/** @param {unknown} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/**
 * @param {any} scenario as the model reads it @param {Record<string, any>} written
 * @returns {Scenario}
 */
export function normal(scenario, written) {
  const { in_reality: reality, predict, source, plot } = scenario;
  return {
    ...scenario,
    written,
    status: STATUSES.includes(scenario.status) ? scenario.status : 'contingent',
    source: { section: text(fields(source).section), mechanism: text(fields(source).mechanism) },
    in_reality: {
      strength: STRENGTHS.includes(fields(reality).strength) ? fields(reality).strength : 'inference',
      text: text(fields(reality).text),
      citations: list(fields(reality).citations).map(fields).map((one) => ({
        authors: text(one.authors), year: Number(one.year), title: text(one.title) || undefined, journal: text(one.journal) || undefined,
        doi: typeof one.doi === 'string' ? one.doi : undefined, pmid: Number.isInteger(one.pmid) ? one.pmid : undefined,
        read: READ.includes(one.read) ? one.read : 'memory',
      })),
    },
    predict: {
      question: text(fields(predict).question, scenario.title),
      choices: list(fields(predict).choices).map((one) => text(one)).filter(Boolean),
      answer: text(fields(predict).answer),
      because: text(fields(predict).because) || undefined,
    },
    plot: { panels: plot.panels, caption: text(plot.caption) || undefined },
    about: fields(scenario.about),
    domain: text(fields(scenario.population).domain) || undefined,
  };
}
