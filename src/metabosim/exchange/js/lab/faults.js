// @ts-check
/** What can go wrong, told as Python tells it: what, where, and what would mend it. */

/** @typedef {'input' | 'simulation' | 'rest' | 'judge' | 'void'} Kind */

/** One thing that is wrong. `field` is a dotted path such as `arms.treated.protocol.0.dose.amount`. */
export class Fault extends Error {
  /** @param {Kind} kind @param {string} message @param {{hint?: string, field?: string}} [more] */
  constructor(kind, message, { hint, field } = {}) {
    super(message);
    this.name = 'Fault';
    this.kind = kind;
    this.hint = hint;
    this.field = field;
  }

  /** The same fault, its field within another. @param {string | number} field */
  within(field) {
    const path = this.field ? `${field}.${this.field}` : String(field);
    return new Fault(this.kind, this.message, { hint: this.hint, field: path });
  }

  /** As plain data. */
  plain() {
    return { kind: this.kind, message: this.message, hint: this.hint, field: this.field };
  }

  toString() {
    const text = this.hint ? `${this.message}; ${this.hint}` : this.message;
    return this.field ? `${this.field}: ${text}` : text;
  }
}

/** Several faults at once. */
export class Faults extends Error {
  /** @param {Fault[]} faults */
  constructor(faults) {
    super(faults.map(String).join('\n'));
    this.name = 'Faults';
    this.faults = faults;
  }
}

/** The number asked for would be wrong; the verdict is `error`. @param {string} message */
export const cannotJudge = (message) => new Fault('judge', message);

/** There is nothing to judge; the verdict is `vacuous`. @param {string} message */
export const nothingToJudge = (message) => new Fault('void', message);

/** @param {string} message @param {{hint?: string, field?: string}} [more] */
export const wrong = (message, more) => new Fault('input', message, more);

/** How many letters have to be changed, put in or left out. @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1] + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/** The one of `words` that was most likely meant, as a hint. @param {string} word @param {Iterable<string>} words */
export function didYouMean(word, words) {
  const short = word.slice(0, 60).toLowerCase();
  let found;
  let least = 0.4 * Math.max(short.length, 3);
  for (const one of words) {
    const away = distance(short, one.toLowerCase());
    if (away <= least && (found === undefined || away < least)) [found, least] = [one, away];
  }
  return found === undefined ? undefined : `did you mean '${found}'?`;
}

/** A text cut to what fits into a message. @param {unknown} text */
export function short(text) {
  const said = String(text);
  return said.length <= 40 ? said : `${said.slice(0, 37)}...`;
}
