// @ts-check
/** The page as a whole: what is open, what the link says, what is dropped on it. */

import { catalogue } from './catalogue.js';
import { CompareView } from './compareview.js';
import { CycleView, LINK_NAMES } from './cycleview.js';
import { h, refill, say } from './dom.js';
import { header, footer } from './frame.js';
import { packed, unpacked } from './pack.js';
import { normal } from './normal.js';
import { ScenarioView } from './scenarioview.js';
import { fromHash, initial, toHash } from './state.js';
import { choose, offered, said, t } from './texts.js';
import { FileFault, readYaml } from './yamlread.js';

/**
 * @typedef {import('./state.js').State} State
 * @typedef {import('./types.d.ts').Arm} Arm
 * @typedef {import('./types.d.ts').LabData} LabData
 * @typedef {import('./types.d.ts').PageData} PageData
 * @typedef {import('./types.d.ts').Scenario} Scenario
 * @typedef {import('./runner.js').Runner} Runner
 */

const MOST_BYTES = 64 * 1024;
const YEAR = 525_600;
const LONGEST = 20 * YEAR; // min that a run may last
const MOST_DOSES = 20_000; // of a drug in a run

export class App {
  /**
   * @param {LabData} data @param {PageData} page
   * @param {Runner} runner for verdicts, and whatever may take a while
   * @param {Runner} quick for curves that follow a hand, beside it
   * @param {HTMLElement} root
   */
  constructor(data, page, runner, quick, root) {
    this.quick = quick;
    this.data = data;
    this.page = page;
    this.runner = runner;
    this.root = root;
    this.typical = page.typical;
    this.turn = 0; // of rendering: what a later one overtook is dropped
    /** @type {State} */
    this.state = initial();
    /** @type {Scenario | null} one's own, dropped on the page or in the link */
    this.own = null;
    /** @type {{element: HTMLElement, refresh: () => void} | null} */
    this.view = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    this.written = '';
    this.notice = h('div', { class: 'notice', role: 'alert' });
    this.main = h('main', { id: 'main', tabindex: -1 });
    addEventListener('hashchange', () => { if (location.hash.slice(1) !== this.written) this.follow(); });
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) this.open(file);
    });
  }

  /** Go where the link says. */
  async follow() {
    const { state, wrong } = fromHash(location.hash, this.data, offered().map(([code]) => code), LINK_NAMES);
    this.state = state;
    this.written = location.hash.slice(1);
    this.own = null;
    this.tell('');
    if (state.own !== '') {
      try {
        this.own = await this.read(await unpacked(state.own));
      } catch (error) {
        this.tell(t('link-scenario', { why: this.why(error) }));
        this.state = { ...state, view: 'home', own: '' };
      }
    }
    await this.render();
    if (wrong.length > 0) this.tell(t('link-parts', { parts: wrong.slice(0, 4).join('; ') }));
  }

  /** Build everything anew. */
  async render() {
    const { state } = this;
    const turn = ++this.turn;
    choose(state.lang);
    document.documentElement.lang = state.lang;
    this.paint();
    const skip = h('a', { class: 'skip', href: '#main' }, t('skip'));
    skip.addEventListener('click', (event) => { event.preventDefault(); this.main.focus(); });
    refill(this.main);
    refill(this.root, skip, header(this), this.notice, this.main, footer(this));
    document.title = t('page-title');
    if (state.view === 'scenario') {
      const scenario = this.own ?? await this.bundled(state.scenario);
      if (turn !== this.turn) return;
      document.title = `${said(scenario.predict.question)} – metabosim`;
      this.view = new ScenarioView(this, scenario);
    } else if (state.view === 'cycle') this.view = new CycleView(this, await this.bundled('vicious-cycle'));
    else if (state.view === 'compare') this.view = new CompareView(this);
    else this.view = { element: catalogue(this), refresh() {} };
    if (turn !== this.turn) return;
    refill(this.main, this.view.element);
    this.view.refresh();
  }

  paint() {
    if (this.state.theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.state.theme;
  }

  /** A scenario of the page, made whole. @param {string} id @returns {Promise<Scenario>} */
  async bundled(id) {
    const entry = this.data.scenarios.find((one) => one.id === id);
    if (entry === undefined) throw new Error(t('cycle-missing'));
    const { hash, about, recorded, written } = entry;
    return { ...normal(await this.runner.read(written), written), hash, about, recorded };
  }

  /** Set a part of the state, and soon after the link. @param {Partial<State>} change */
  set(change) {
    this.state = { ...this.state, ...change };
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.writeLink(), 250);
  }

  writeLink() {
    this.written = toHash(this.state);
    history.replaceState(null, '', `#${this.written}`);
  }

  /** A link to somewhere else with the same settings. @param {Partial<State>} there */
  link(there) {
    const { units, theme, lang } = this.state;
    return `#${toHash({ ...initial(), units, theme, lang, ...there })}`;
  }

  /** Settings of the page as a whole. @param {Partial<State>} change @param {boolean} [anew] whether everything is built anew */
  setPage(change, anew = false) {
    this.set(change);
    if (anew) this.render();
    else {
      this.paint();
      this.view?.refresh();
    }
  }

  /** @param {string} text */
  tell(text) {
    refill(this.notice, text !== '' && h('p', {}, text),
      text !== '' && h('button', { type: 'button', class: 'quiet', onclick: () => this.tell('') }, t('close')));
    this.notice.hidden = text === '';
  }

  /** @param {unknown} error */
  why(error) {
    if (error instanceof FileFault) return error.message;
    const faults = /** @type {any} */ (error)?.faults;
    if (Array.isArray(faults)) {
      return faults.slice(0, 5).map(({ field, message, hint }) => [field, message, hint && `(${hint})`].filter(Boolean).join(' ')).join('; ');
    }
    const said = /** @type {any} */ (error)?.message;
    return typeof said === 'string' && said !== '' ? said.slice(0, 300) : t('unreadable');
  }

  /** A scenario from YAML, checked as those of the page are. @param {string} text @returns {Promise<Scenario>} */
  async read(text) {
    const written = /** @type {Record<string, any>} */ (readYaml(text));
    const scenario = normal(await this.runner.read(written), written);
    const arms = Object.values(scenario.arms);
    if (arms.some(({ duration }) => duration > LONGEST)) throw new FileFault(t('file-long', { years: LONGEST / YEAR }));
    const doses = arms.flatMap(({ duration, protocol }) => (protocol ?? []).map(({ dose }) => duration / (dose?.every || Infinity)));
    if (doses.some((count) => count > MOST_DOSES)) throw new FileFault(t('file-doses', { most: MOST_DOSES }));
    return scenario;
  }

  /** A file that was dropped on the page or chosen. @param {File} file */
  async open(file) {
    try {
      if (file.size > MOST_BYTES) throw new FileFault(t('file-too-large', { kb: MOST_BYTES / 1024 }));
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      this.own = await this.read(text);
      this.state = { ...initial(), ...this.settings(), view: 'scenario', scenario: this.own.id, own: await packed(text) };
      this.writeLink();
      this.tell('');
      await this.render();
      say(t('file-open', { name: file.name }));
    } catch (error) {
      this.tell(t('file-refused', { name: file.name.slice(0, 80), why: error instanceof TypeError ? t('file-utf8') : this.why(error) }));
    }
  }

  settings() {
    const { units, theme, lang } = this.state;
    return { units, theme, lang };
  }

  /** What everything that is made here says of itself. @param {Scenario} scenario */
  stamp(scenario) {
    const changed = this.state.edits && JSON.stringify(this.state.edits) !== JSON.stringify(initial().edits);
    const trials = [scenario.written?.checks ?? []].flat().map((check) => check?.correlates?.trial?.seed);
    return `metabosim ${this.data.version}; scenario ${scenario.id}; hash ${(scenario.hash ?? 'own').slice(0, 12)}; `
      + `seed ${trials.find((seed) => seed !== undefined) ?? 'none'}; ${changed ? 'changed on the page; ' : ''}${this.data.note}`;
  }
}
