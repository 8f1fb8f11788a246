/** What the page is handed (exchange/lab_data.py), as far as the page itself reads it. */

export type Step = Record<string, Record<string, any>>;

export interface Arm {
  subject: string;
  duration: number;
  start?: 'midnight' | 'fasting';
  levers?: Record<string, number>;
  lifelong?: Record<string, number>;
  parameters?: Record<string, number>;
  variants?: string[];
  protocol?: Step[];
}

export interface Check {
  kind: string;
  id: string;
  statement?: string;
  [field: string]: any;
}

export interface KnockOut extends Partial<Arm> {
  name: string;
  arms?: string[];
  replace?: Record<string, Partial<Arm>>;
}

export interface Panel {
  observables: string[];
  title?: string;
  start?: number;
  stop?: number;
  time_unit?: 'min' | 'h' | 'd' | 'weeks' | 'years';
  checks?: string[];
  arms?: string[];
  kind?: 'lines' | 'dose' | 'bars';
}

export interface Citation {
  authors: string;
  year: number;
  title?: string;
  journal?: string;
  doi?: string;
  pmid?: number;
  read: string;
}

export interface Scenario {
  id: string;
  title: string;
  claim: string;
  status: string;
  evidence: { grade: string; rows: string[] };
  source: { section: string; mechanism: string };
  hash?: string | null;
  arms: Record<string, Arm>;
  control: string;
  checks: Check[];
  positive_control: Check;
  must_fail_when: KnockOut[];
  context: Arm;
  in_reality: { strength: string; text: string; citations: Citation[] };
  predict: { question: string; choices: string[]; answer: string; because?: string };
  plot: { panels: Panel[]; caption?: string };
  about?: Record<string, string>;
  domain?: string;
  recorded?: any;
  written: Record<string, any>;
}

/** A scenario as it is written, and what was computed of it. */
export interface Entry {
  id: string;
  written: Record<string, any>;
  hash: string;
  about: Record<string, string>;
  recorded: any;
}

export interface Arrow {
  from: string;
  to: string;
  sign: string;
  levers: string[];
  paths: string[];
}

export interface LabData {
  version: string;
  note: string;
  disclaimer: string;
  hash: string;
  subjects: { id: string; title: string; text: string }[];
  therapies: { id: string; title: string; text: string; kind: string; column: string; molar_mass: number; parameters: Record<string, number>; sources: string[]; file?: string }[];
  levers: { name: string; words: string; text: string; edge: string; low: number; high: number }[];
  observables: {
    name: string; unit: string; text: string; words: string;
    us: { name: string; unit: string; factor: number } | null;
  }[];
  holdable: Record<string, string>;
  wiring: {
    nodes: { id: string; label: string; organ: string; text: string; observable: string | null }[];
    arrows: Arrow[];
    paths: { id: string; title: string; closed: boolean; nodes: string[]; sign: string; levers: string[] }[];
  };
  scenarios: Entry[];
  [rest: string]: any;
}

/** What the page adds of its own (lab/pages.py). */
export interface PageData {
  languages: Record<string, import('./texts.js').Language>;
  pictures: Record<string, string>;
  organs: Record<string, string>;
  names: Record<string, Record<string, string>>;
  licences: string;
  typical: Record<string, import('./edits.js').Typical>;
  minutes: Record<string, number>;
}

export interface CheckResult {
  id: string;
  kind: string;
  statement: string;
  verdict: Verdict;
  margin: number | null;
  unit: string | null;
  marginRelative: number | null;
  says: string;
  evidence: Record<string, any>;
  recorded?: boolean;
}

export type Verdict = 'holds' | 'vacuous' | 'inconclusive' | 'fails' | 'error';

export interface Judged {
  scenario: string;
  verdict: Verdict;
  margin: number | null;
  unit: string | null;
  says: string;
  deciding: string;
  sentence: string;
  checks: CheckResult[];
  positiveControl: CheckResult;
}

export interface RunAnswer {
  name: string;
  time: Float64Array;
  columns: Record<string, Float64Array>;
  /** means of the habitual day it began from */
  baselines?: Record<string, number>;
  resolution: string;
  drugs?: Record<string, number>;
  milliseconds: number;
  error?: { message: string; hint?: string };
}

export interface JudgeAnswer {
  judged: Judged;
  runs: Record<string, RunAnswer>;
}
