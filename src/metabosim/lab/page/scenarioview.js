// @ts-check
/** One scenario: predict, observe, explain. */

import { knockedOut } from '../../exchange/js/lab/arms.js';
import { askSection } from './ask.js';
import { h, refill, running, say, saying } from './dom.js';
import { editedArms, untouched } from './edits.js';
import { explainSection } from './explain.js';
import { asWritten, tied } from './format.js';
import { fillHandout } from './handout.js';
import { armOrder, columnsOf, glanceMinutes, lineSlots } from './panels.js';
import { seeSection } from './see.js';
import { settings } from './settings.js';
import { t } from './texts.js';

/**
 * @typedef {import('./app.js').App} App
 * @typedef {import('./edits.js').Edits} Edits
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./types.d.ts').JudgeAnswer} JudgeAnswer
 * @typedef {import('./types.d.ts').Scenario} Scenario
 */

export class ScenarioView {
  /** @param {App} app @param {Scenario} scenario */
  constructor(app, scenario) {
    this.app = app;
    this.scenario = scenario;
    /** @type {JudgeAnswer | null} */
    this.now = null;
    /** @type {JudgeAnswer['runs']} runs that came before the verdict of the first */
    this.early = {};
    this.turn = 0;
    /** @type {JudgeAnswer | null} the run before the last change */
    this.ghost = null;
    /** @type {JudgeAnswer | null} */
    this.pinned = null;
    /** @type {JudgeAnswer | null} with nothing knocked out */
    this.intact = null;
    /** @type {number[] | null} the values between which a sketch was drawn */
    this.sketchDomain = null;
    this.dragging = false;
    this.asked = false;
    this.underway = false;
    this.again = false;
    /** where a hand's curves are looked at; null if verdicts are as quick */
    this.minutes = glanceMinutes(scenario);
    this.sheet = h('div', { class: 'handout', 'aria-hidden': 'true' });
    this.trouble = h('p', { class: 'trouble', role: 'alert' });
    this.body = h('div', { class: 'scenario-body' });
    this.element = h('div', { class: 'scenario' }, this.head(), this.trouble, running(), this.body, this.sheet);
    /** @type {ReturnType<typeof askSection> | null} */
    this.ask = null;
    /** @type {ReturnType<typeof seeSection> | null} */
    this.see = null;
    /** @type {ReturnType<typeof explainSection> | null} */
    this.explain = null;
    /** @type {ReturnType<typeof settings> | null} */
    this.settings = null;
    this.build();
    this.request();
    if (app.state.pin !== null) this.runPin(app.state.pin);
  }

  head() {
    const { app, scenario } = this;
    const all = app.data.scenarios;
    const at = all.findIndex(({ id }) => id === scenario.id);
    /** @param {number} to @param {string} key @param {string} sign */
    const step = (to, key, sign) => all[to] !== undefined && at >= 0
      && h('a', { class: 'step', href: app.link({ view: 'scenario', scenario: all[to].id }), 'aria-label': t(key) }, sign);
    return h('div', { class: 'scenario-head' },
      h('p', { class: 'kicker' },
        h('a', { href: app.link({ view: 'home' }) }, t('all-questions')), ' · ',
        at >= 0 ? t('question-n', { n: at + 1, of: all.length }) : t('own-scenario'), ' · ',
        saying('span', {}, scenario.source.section)),
      h('div', { class: 'steps' }, step(at - 1, 'previous', '←'), step(at + 1, 'next', '→')));
  }

  build() {
    const { app, scenario, body } = this;
    body.classList.toggle('open', app.state.seen);
    if (!app.state.seen) {
      this.see = this.explain = this.settings = null;
      this.ask = askSection(app, scenario, () => this.reveal());
      refill(body, this.ask.element);
      if (this.now) this.ask.ready(this.now.runs, this.arms());
      return;
    }
    this.ask = null;
    this.see = seeSection(this);
    this.settings = settings(this);
    this.explain = explainSection(this);
    refill(body,
      h('div', { class: 'title-block' },
        saying('h1', { tabindex: -1 }, scenario.title, tied),
        saying('p', { class: 'claim' }, scenario.claim, tied)),
      h('div', { class: 'columns' }, this.see.element, this.settings.element, this.explain.element));
    this.draw();
  }

  reveal() {
    this.app.set({ seen: true });
    this.build();
    this.body.querySelector('h1')?.focus();
    window.scrollTo({ top: 0 });
  }

  /** The arms after the reader's changes, and with something knocked out. @param {Edits} [edits] @param {string | null} [broken] @returns {Record<string, Arm>} */
  arms(edits = this.app.state.edits, broken = this.app.state.broken) {
    const { scenario } = this;
    const out = scenario.must_fail_when.find(({ name }) => name === broken);
    if (out === undefined) return editedArms(scenario, edits, this.app.typical);
    const arms = knockedOut(/** @type {any} */ (scenario.arms), /** @type {any} */ (scenario.context), /** @type {any} */ (out));
    return editedArms({ ...scenario, arms }, edits, this.app.typical, Object.keys(out.levers ?? {}));
  }

  /** @param {Edits} edits @param {string | null} broken */
  wish(edits, broken) {
    const { scenario } = this;
    const bundled = this.app.own !== scenario;
    const wish = { scenario: bundled ? scenario.id : scenario.written, columns: columnsOf(scenario) };
    if (untouched(edits)) return broken === null ? wish : { ...wish, knockOut: broken };
    const arms = Object.entries(this.arms(edits, broken)).map(([name, arm]) => [name, { replace: arm }]);
    return { ...wish, arms: Object.fromEntries(arms) };
  }

  /**
   * Ask for the run as set now. While a hand is on a control, a run that is under way is let come to its end and be
   * seen, and the latest wish follows it; otherwise the new wish takes its place at once.
   */
  request() {
    if (this.dragging && this.underway) {
      this.again = true;
      return;
    }
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.send();
    });
  }

  send() {
    this.underway = true;
    this.again = false;
    this.element.classList.add('waiting');
    if (this.dragging && this.minutes !== null) this.glance(this.minutes);
    else this.judge();
  }

  /** What was wished for meanwhile: of a moving hand at once, so that the model works while curves are drawn. */
  next() {
    if (this.dragging && !this.asked) this.send();
    else this.request();
  }

  /** The curves alone, where a verdict would make a hand wait. @param {Float64Array} minutes */
  glance(minutes) {
    const { edits, broken } = this.app.state;
    this.app.quick.runs('glance', { ...this.wish(edits, broken), minutes, quick: true }).then((answer) => {
      if (answer === null) return;
      this.underway = false;
      if (this.again || !this.dragging) this.next();
      if (!this.dragging || this.now === null) return;
      this.now = { ...this.now, runs: answer.runs };
      this.see?.draw();
    }, (error) => this.failed(error));
  }

  /** Curves and verdict. */
  judge() {
    const { edits, broken } = this.app.state;
    const turn = ++this.turn;
    this.early = {};
    /** @param {import('./types.d.ts').RunAnswer} run */
    const came = (run) => {
      if (turn !== this.turn || this.now !== null) return;
      this.early[run.name] = run;
      this.see?.draw();
    };
    this.app.runner.judge('main', this.wish(edits, broken), this.now === null ? came : undefined).then((answer) => {
      if (answer === null) return;
      this.underway = false;
      if (this.again) this.next();
      else this.element.classList.remove('waiting');
      const [failed] = Object.values(answer.runs).filter(({ error }) => error !== undefined);
      this.trouble.textContent = failed ? [t('run-failed'), asWritten(failed.name), failed.error?.message].join(' ') : '';
      answer.runs = Object.fromEntries(Object.entries(answer.runs).filter(([, { error }]) => error === undefined));
      this.now = answer;
      if (broken === null) this.intact = answer;
      else if (this.intact === null) this.runIntact(edits);
      this.arrived();
    }, (error) => this.failed(error));
  }

  /** @param {any} error */
  failed(error) {
    this.underway = false;
    if (this.again) this.next();
    this.element.classList.remove('waiting');
    this.trouble.textContent = [t('run-failed'), error?.message, error?.hint].filter(Boolean).join(' ');
  }

  /** @param {Edits} edits */
  runIntact(edits) {
    this.app.runner.judge('intact', this.wish(edits, null)).then((answer) => {
      if (answer === null) return;
      this.intact = answer;
      this.draw();
    }, () => {});
  }

  /** @param {Edits} edits */
  runPin(edits) {
    this.app.runner.judge('pin', this.wish(edits, null)).then((answer) => {
      this.pinned = answer;
      this.draw();
    }, () => {});
  }

  arrived() {
    const { now, app } = this;
    if (now === null) return;
    if (this.ask) this.ask.ready(now.runs, this.arms());
    this.draw();
    if (this.dragging) return;
    fillHandout(this.sheet, app, this.scenario, now, this.arms());
    if (app.state.seen) say(`${t(`verdict-${now.judged.verdict}`)}. ${now.judged.sentence}`);
  }

  draw() {
    this.see?.draw();
    if (!this.dragging) this.explain?.draw();
    else this.explain?.verdict();
    this.settings?.draw();
  }

  /** A change of what is run. While one control is dragged the run before it stays as the ghost. @param {Partial<Edits>} change */
  edit(change) {
    if (!this.dragging) this.ghost = this.now;
    this.dragging = true;
    this.app.set({ edits: { ...this.app.state.edits, ...change } });
    this.request();
  }

  /** A control was let go. */
  settle() {
    if (!this.dragging) return;
    this.dragging = false;
    this.request();
  }

  /** @param {Edits} edits */
  setAll(edits) {
    this.ghost = this.now;
    this.app.set({ edits });
    this.settings?.refresh();
    this.request();
  }

  /** @param {string | null} name of a knock-out, or none */
  breakIt(name) {
    this.app.set({ broken: name });
    this.ghost = null;
    this.draw();
    this.request();
  }

  pin() {
    this.pinned = this.now;
    this.app.set({ pin: structuredClone(this.app.state.edits) });
    this.draw();
  }

  unpin() {
    this.pinned = null;
    this.app.set({ pin: null });
    this.draw();
  }

  /** What changed outside: units, language aside. */
  refresh() {
    this.draw();
    if (this.ask && this.now) this.ask.ready(this.now.runs, this.arms());
    if (this.now) fillHandout(this.sheet, this.app, this.scenario, this.now, this.arms());
  }

  /** Where the plots begin, so that an extra meal is seen. */
  firstMinute() {
    const starts = lineSlots(this.scenario).map(({ panel }) => panel.start ?? 0);
    return starts.length > 0 ? Math.floor(Math.min(...starts) / 15) * 15 : 0;
  }

  order() {
    return armOrder(this.scenario);
  }
}
