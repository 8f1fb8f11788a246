/** The page's modules that need no browser: `node --test tests/lab`. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const page = new URL('../../src/metabosim/lab/page/', import.meta.url);
const load = (name) => import(new URL(name, page).href);
const texts = await load('texts.js');
const english = JSON.parse(readFileSync(new URL('text/en.json', page), 'utf8'));
texts.setLanguages({ en: english }, {});

const { ticks, tickText } = await load('timeaxis.js');
const { number, duration, bestUnit, asWritten } = await load('format.js');
const series = await load('series.js');
const { readYaml, FileFault } = await load('yamlread.js');
const { editedWritten, yamlText } = await load('yamlwrite.js');
const { fromHash, toHash, initial } = await load('state.js');
const { editedArms, noEdits, untouched } = await load('edits.js');
const { packed, unpacked } = await load('pack.js');
const { levelsOf, textOf, sketchCourse } = await load('sketch.js');
const { inUnits } = await load('verdict.js');
const { setObservables } = await load('format.js');
const { inLanguage } = await load('judgement.js');

const WRITTEN = {
  schema: 1, id: 'two-meals', title: 'T', claim: 'C', control: 'small', source: { section: 's' },
  context: { subject: 'lean-healthy', duration: '1 d', protocol: [{ fast: { start: '0 h', stop: '24 h' } }] },
  arms: {
    small: { protocol: [{ meal: { at: '8 h', carbohydrate: '18 g' } }] },
    drug: {
      levers: { insulin_action: 0.5 },
      protocol: [{ dose: { therapy: 'semaglutide', amount: '0.5 mg', start: '8 h', every: '1 week' } },
        { insulin_infusion: { rate: '1 mU/kg/min', start: '0 h', stop: '1 h' } }],
    },
  },
  must_fail_when: [{ name: 'none', levers: { insulin_action: 0 } }, { name: 'other', replace: { drug: { protocol: [{ dose: { therapy: 'semaglutide', amount: '2 mg' } }] } } }],
  predict: { question: 'q?', choices: ['a', 'b'], answer: 'a' },
};
const FAST = { fast: { start: 0, stop: 1440 } };
const SCENARIO = {
  id: 'two-meals', control: 'small', written: WRITTEN,
  context: { subject: 'lean-healthy', duration: 1440, levers: {}, protocol: [FAST] },
  arms: {
    small: { subject: 'lean-healthy', duration: 1440, levers: {}, protocol: [FAST, { meal: { at: 480, carbohydrate: 100 } }] },
    drug: {
      subject: 'lean-healthy', duration: 1440, levers: { insulin_action: 0.5 },
      protocol: [FAST, { dose: { therapy: 'semaglutide', amount: 0.5, start: 480, every: 10080 } },
        { insulin_infusion: { rate: { value: 6, per_kg: true }, start: 0, stop: 60 } }],
    },
  },
  must_fail_when: [{ name: 'none', levers: { insulin_action: 0 } }, { name: 'other', replace: { drug: { protocol: [{ dose: { therapy: 'semaglutide', amount: 2 } }] } } }],
};
const DATA = {
  subjects: [{ id: 'lean-healthy' }, { id: 'type-2-diabetes' }],
  therapies: [{ id: 'semaglutide' }, { id: 'tirzepatide' }],
  levers: [{ name: 'insulin_action', low: 0, high: 3 }, { name: 'glucose_gating', low: 0, high: 3 }],
  scenarios: [{ id: 'two-meals', written: WRITTEN }],
};

test('ticks stand on whole steps, and never more than asked for', () => {
  for (const [start, stop, unit] of [[450, 720, 'h'], [0, 525600, 'weeks'], [0, 90, 'min'], [3, 20000, 'd'], [0, 5e6, 'years']]) {
    for (const most of [2, 5, 9]) {
      const found = ticks(start, stop, unit, most);
      assert.ok(found.length <= most + 1, `${found.length} of ${most}`);
      assert.ok(found.every((at) => at >= start && at <= stop + 1e-6));
      const steps = new Set(found.slice(1).map((at, i) => Math.round((at - found[i]) * 1000)));
      assert.ok(steps.size <= 1);
    }
  }
});

test('a clock shows hours, and a new day by its number', () => {
  assert.equal(tickText(510, 'h', true), '08:30');
  assert.equal(tickText(1440, 'h', true), 'day 2');
  assert.equal(tickText(20160, 'weeks', true), '2');
});

test('numbers are short, with a true minus', () => {
  assert.equal(number(-3.14159), '−3.14');
  assert.equal(number(12345.6), '12\u202f346');
  assert.equal(number(NaN), '–');
  assert.equal(duration(26 * 10080), '26 weeks');
  assert.equal(bestUnit(0, 90), 'min');
  assert.equal(asWritten('glp1_and-igf1-of-gh'), 'GLP-1 and IGF-1 of GH');
});

test('a thinned course keeps its extremes', () => {
  const x = Float64Array.from({ length: 20000 }, (_, i) => i);
  const y = x.map((at) => Math.sin(at / 300) + (at === 7777 ? 40 : 0) - (at === 12345 ? 50 : 0));
  const points = series.thinned({ x, y }, 0, 20000, 300);
  assert.ok(points.length < 1300);
  assert.equal(Math.max(...points.map(([, value]) => value)), y[7777]);
  assert.equal(Math.min(...points.map(([, value]) => value)), y[12345]);
  assert.ok(points.every(([at], i) => i === 0 || at >= points[i - 1][0]));
});

test('values and means between samples are straight', () => {
  const course = { x: [0, 10, 20], y: [0, 10, 30] };
  assert.equal(series.valueAt(course, 5), 5);
  assert.equal(series.valueAt(course, 20), 30);
  assert.ok(Number.isNaN(series.valueAt(course, 21)));
  assert.equal(series.mean(course, 0, 20), 12.5);
  assert.equal(series.mean(course, 5, 10), 7.5);
  assert.deepEqual({ ...series.extent(course, 5, 15) }, { low: 5, high: 20, lowAt: 5, highAt: 15 });
});

test('by the day: means of whole days, or mornings', () => {
  const x = Float64Array.from({ length: 24 * 30 + 1 }, (_, i) => i * 60);
  const y = x.map((at) => Math.floor(at / 1440) + Math.sin((at / 1440) * 2 * Math.PI));
  const days = series.byDay({ x, y });
  assert.equal(days.x.length, 30);
  assert.ok(Math.abs(days.y[10] - 10) < 0.05);
  assert.equal(series.byDay({ x, y }, true).x[3], 3 * 1440 + 420);
  assert.ok(series.isSmear(30 * 1440, [{ x, y }]));
  assert.ok(!series.isSmear(1440, [{ x, y }]));
});

test('YAML is read as metabosim reads it', () => {
  assert.deepEqual(readYaml('a: 1e-3\nb: no\nc: 012\nd: [8 h, true, ~]\ne: "5"\n'), { a: 0.001, b: 'no', c: '012', d: ['8 h', true, null], e: '5' });
});

const HOSTILE = {
  'an alias': 'a: &x 1\nb: *x\n',
  'a bomb': 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n',
  'a tag': 'a: !!js/function "function(){alert(1)}"\n',
  'a python tag': 'a: !!python/object/apply:os.system ["ls"]\n',
  'a prototype': '__proto__: {polluted: 1}\n',
  'a constructor': 'a: {constructor: {prototype: {x: 1}}}\n',
  'a merge': '<<: {a: 1}\nb: &c 1\n',
  'two documents': 'a: 1\n---\nb: 2\n',
  'a directive': '%YAML 1.1\n---\na: 1\n',
  'a duplicate': 'a: 1\na: 2\n',
  'a tab': 'a:\n\tb: 1\n',
  'nothing': '# only a comment\n',
  'an infinite number': 'a: .inf\n',
  'too large a number': 'a: 1e999\n',
  'a bidirectional character': 'a: "\u202eevil"\n',
  'deep brackets': `a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
  'deep blocks': Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  'a key that is a list': '? [a, b]\n: 1\n',
  'too large a file': `a: ${'x'.repeat(70_000)}\n`,
  'no YAML': 'a: [1, 2\nb: }{\n',
};
for (const [name, text] of Object.entries(HOSTILE)) {
  test(`${name} is refused in words`, () => {
    if (name === 'a merge') {
      // without an anchor '<<' is a key like any other
      assert.deepEqual(readYaml('<<: {a: 1}\n'), { '<<': { a: 1 } });
    }
    assert.throws(() => readYaml(text), (error) => error instanceof FileFault && error.message.length > 5 && !/\n/.test(error.message));
    assert.equal({}.polluted, undefined);
  });
}

test('a thousand random texts are read or refused, and nothing else', () => {
  let seed = 7;
  const random = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n; };
  const parts = ['a', ': ', '\n', '- ', '{', '}', '[', ']', '&x ', '*x', '!!t ', '"', "'", '|', '>', '#', '\t', '  ', '1e9', '~', '---', '%', '?', ',', '<script>', '\u0000', '😀'];
  for (let i = 0; i < 1000; i++) {
    const text = Array.from({ length: 1 + random(40) }, () => parts[random(parts.length)]).join('');
    try {
      readYaml(text);
    } catch (error) {
      assert.ok(error instanceof FileFault, `${JSON.stringify(text)}: ${error}`);
    }
  }
});

test('what is written without changes is what was written', () => {
  assert.deepEqual(readYaml(yamlText(editedWritten(SCENARIO, noEdits(), {}), 'a note')), WRITTEN);
});

test('changes are written where they belong, and the rest stays as it was', () => {
  const edits = { ...noEdits(), subject: 'type-2-diabetes', levers: { insulin_action: 0.25 }, therapies: { semaglutide: { to: 'semaglutide', times: 2 } }, meals: 2, snack: { at: 600, grams: 18.0156 } };
  const read = readYaml(yamlText(editedWritten(SCENARIO, edits, {}), 'a note'));
  assert.equal(read.context.subject, 'type-2-diabetes');
  assert.deepEqual(read.context.levers, { insulin_action: 0.25 });
  assert.deepEqual(read.context.protocol[0], WRITTEN.context.protocol[0]);
  assert.equal(read.context.protocol[1].meal.at, '10 h');
  assert.ok(Math.abs(read.context.protocol[1].meal.carbohydrate - 100) < 1e-9);
  assert.deepEqual(read.arms.small, { protocol: [{ meal: { at: '8 h', carbohydrate: 200 } }] });
  assert.deepEqual(read.arms.drug.levers, { insulin_action: 0.25 });
  assert.deepEqual(read.arms.drug.protocol[0], { dose: { therapy: 'semaglutide', amount: 1, start: '8 h', every: '7 d' } });
  assert.equal(read.arms.drug.protocol[1].insulin_infusion.rate, '1 mU/kg/min');
  assert.equal(read.must_fail_when[1].replace.drug.protocol[0].dose.amount, 4);
});

test('edits change copies, not the scenario', () => {
  const before = JSON.stringify(SCENARIO);
  assert.ok(untouched(noEdits()));
  const arms = editedArms(SCENARIO, { ...noEdits(), subject: 'type-2-diabetes', snack: { at: 600, grams: 18.0156 } }, {});
  assert.equal(arms.small.subject, 'type-2-diabetes');
  assert.ok(Math.abs(arms.small.protocol.at(-1).meal.carbohydrate - 100) < 1e-9);
  assert.equal(JSON.stringify(SCENARIO), before);
});

test('another drug comes with its own usual dose', () => {
  const arms = editedArms(SCENARIO, { ...noEdits(), therapies: { semaglutide: { to: 'tirzepatide', times: 0.5 } } }, { tirzepatide: { amount: 10, every: 10080 } });
  assert.deepEqual(arms.drug.protocol[1].dose, { therapy: 'tirzepatide', amount: 5, start: 480, every: 10080 });
});

const LANGUAGES = ['en', 'de'];
test('the whole state goes through a link', () => {
  const state = {
    ...initial(), view: 'scenario', scenario: 'two-meals', seen: true, answer: 1, sketch: '0az-z', broken: 'none', hidden: ['drug'],
    edits: { subject: 'type-2-diabetes', levers: { insulin_action: 0.35 }, therapies: { semaglutide: { to: 'tirzepatide', times: 1.5 } }, meals: 0.5, snack: { at: 600, grams: 50 } },
    pin: { ...noEdits(), levers: { glucose_gating: 0 } }, zoom: [60, 120], units: 'us', theme: 'dark', lang: 'de',
  };
  const { state: back, wrong } = fromHash(`#${toHash(state)}`, DATA, LANGUAGES, []);
  assert.deepEqual(wrong, []);
  assert.deepEqual(back, state);
  const two = { ...initial(), view: 'compare', people: [{ subject: 'lean-healthy', therapy: '', times: 0 }, { subject: 'type-2-diabetes', therapy: 'tirzepatide', times: 2 }], weeks: 8, both: { insulin_action: 2 } };
  assert.deepEqual(fromHash(toHash(two), DATA, LANGUAGES, []).state, two);
  const cycle = { ...initial(), view: 'cycle', cut: ['b'] };
  assert.deepEqual(fromHash(toHash(cycle), DATA, LANGUAGES, ['a', 'b']).state, cycle);
});

test('a stale or hostile link leaves a usable state, and says what it could not use', () => {
  for (const [hash, said] of [
    ['view=scenario&scenario=gone', 'scenario=gone'],
    ['view=scenario&scenario=__proto__', 'scenario=__proto__'],
    ['view=scenario&scenario=two-meals&levers=insulin_action:9', '9'],
    ['view=scenario&scenario=two-meals&levers=insulin_action:NaN,constructor:1', 'NaN'],
    ['view=scenario&scenario=two-meals&levers=__proto__:1', '__proto__:1'],
    ['view=scenario&scenario=two-meals&drugs=semaglutide:<img src=x>:1', 'semaglutide:<img src=x>:1'],
    ['view=scenario&scenario=two-meals&without=nothing', 'without=nothing'],
    ['view=scenario&scenario=two-meals&subject=me', 'subject=me'],
    ['view=scenario&scenario=two-meals&meals=1e9', '1e9'],
    ['view=javascript:alert(1)', 'view=javascript:alert(1)'],
    ['zoom=5:4', undefined],
    ['view=compare&two=a:b:c&weeks=0', 'a:b:c'],
    ['%E0%A4%A', undefined],
    ['x'.repeat(200_000), '…'],
  ]) {
    const { state, wrong } = fromHash(hash, DATA, LANGUAGES, []);
    if (said !== undefined) assert.ok(wrong.includes(said) || wrong.some((one) => one.includes(said)), `${hash.slice(0, 80)}: ${wrong}`);
    assert.ok(['home', 'scenario', 'cycle', 'compare'].includes(state.view));
    assert.ok(Object.values(state.edits.levers).every((value) => value >= 0 && value <= 3));
    assert.deepEqual(Object.keys(state), Object.keys(initial()));
  }
});

test('a text packed for a link comes back, and a bomb does not', async () => {
  const text = readFileSync(new URL('main.js', page), 'utf8');
  const letters = await packed(text);
  assert.match(letters, /^[\w-]+$/);
  assert.equal(await unpacked(letters), text);
  await assert.rejects(unpacked(await packed('x'.repeat(1_000_000))), RangeError);
  await assert.rejects(unpacked('not-deflate'));
});

test('a sketch is a line of letters', () => {
  const levels = levelsOf('0z-5');
  assert.deepEqual(levels.slice(0, 4), [0, 35, null, 5]);
  assert.equal(textOf(levels), '0z-5');
  assert.deepEqual(sketchCourse('0z', [0, 40], [1, 2]), { x: [0.5, 1.5], y: [1, 2] });
});

test('sentences take the units of the USA where that is certain', () => {
  setObservables({
    glucose_mmol_l: { unit: 'mmol/L', us: { unit: 'mg/dL', factor: 18.0156 } },
    ffa_mmol_l: { unit: 'mmol/L', us: { unit: 'mmol/L', factor: 1 } },
  });
  const scenario = { checks: [{ id: 'one', feature: { peak: 'glucose_mmol_l' } }, { id: 'both', a: 'glucose_mmol_l', b: 'ffa_mmol_l' }], positive_control: {} };
  assert.equal(inUnits('falls from 9.1 to 7.4 mmol/L', scenario, 'one', 'us'), 'falls from 164 to 133 mg/dL');
  assert.equal(inUnits('falls from 9.1 to 7.4 mmol/L', scenario, 'both', 'us'), 'falls from 9.1 to 7.4 mmol/L');
  assert.equal(inUnits('1 mmol/L/min, 2 mmol/L', scenario, 'one', 'us'), '1 mmol/L/min, 36 mg/dL');
  assert.equal(inUnits('day-2 5, lean 4.5 mmol/L: 0.5 higher, 1.5 times asked for', scenario, 'one', 'us'), 'day-2 90.1, lean 81.1 mg/dL: 9.01 higher, 1.5 times asked for');
  assert.equal(inUnits('day-2 5, lean 4.5 mmol/L: 11.11 % higher and 1.111 times, 5 % and 1.5 times asked for', scenario, 'one', 'us'), 'day-2 90.1, lean 81.1 mg/dL: 11.11 % higher and 1.111 times, 5 % and 1.5 times asked for');
  assert.equal(inUnits('peak (a), 3.5 to 4 d 26, peak (b), 2 weeks 7 mmol/L: 19 apart, 2 mmol/L allowed', scenario, 'one', 'us'),
    'peak (a), 3.5 to 4 d 468, peak (b), 2 weeks 126 mg/dL: 342 apart, 36 mg/dL allowed'); // no time is converted
  assert.equal(inUnits('of its baseline 5 (left at 500 min, best 0.1 mmol/L away from 6 min on)', scenario, 'one', 'us'), 'of its baseline 90.1 (left at 500 min, best 1.8 mg/dL away from 6 min on)');
  assert.equal(inUnits('On day 14, within 0,3 mmol/L', scenario, 'one', 'us', false), 'On day 14, within 5.4 mg/dL');
});

const { askedOf } = await load('asked.js');
const { withRoom } = await load('askeddraw.js');
const { domainOf } = await load('chart.js');
const { byDay } = series;
const HOURS = (/** @type {number} */ days) => Float64Array.from({ length: 24 * days + 1 }, (_, i) => i * 60);
const RUN = { name: 'drug', time: HOURS(2), columns: { glucose_mmol_l: HOURS(2).map(() => 5) }, baselines: { glucose_mmol_l: 5 } };
const PLACE = {
  observable: 'glucose_mmol_l', units: 'si', window: [0, 2880], daily: null, order: ['none', 'drug'], runs: { none: RUN, drug: RUN },
};
const asked = (check, evidence, place = {}) => askedOf({ id: 'c', ...check }, { evidence }, { ...PLACE, ...place });

test('what checks ask for stands where they look, at the level they ask for', () => {
  const floor = { kind: 'stays_above', observable: 'glucose_mmol_l', level: '3.5 mmol/L', arms: [], from: 600, to: 1200 };
  assert.deepEqual(asked(floor, { bound: 3.5 }), [{ low: 3.5, high: 3.5, start: 600, stop: 1200, label: 'not below 3.5 mmol/L' }]);
  assert.deepEqual(asked({ ...floor, kind: 'stays_between', low: '3 mmol/L', high: '9 mmol/L' }, { bound: 9 })
    .map(({ low, high, label }) => [low, high, label]), [[3, 9, '3 to 9 mmol/L']]);
  const peak = { kind: 'compare', feature: { kind: 'peak', peak: 'glucose_mmol_l', from: 0, to: 1440 }, higher: 'none', lower: 'drug', order: [], by_at_least: '0.4 mmol/L' };
  const [line] = asked(peak, { none: { value: 8 }, drug: { value: 6 } });
  assert.equal(line.label, 'drug, peak: at most 7.6 mmol/L');
  assert.ok(Math.abs(line.high - 7.6) < 1e-9);
  const times = asked({ ...peak, higher: 'drug', lower: 'none', by_at_least: undefined, by_fold: 1.5 }, { drug: { value: 10 }, none: { value: 6 } });
  assert.equal(times[0].label, 'drug, peak: at least 9 mmol/L');
  const same = { kind: 'unchanged', feature: { kind: 'mean', mean: 'glucose_mmol_l', from: 1440, to: 2880 }, between: ['drug', 'none'], within: '5 %' };
  assert.deepEqual(asked(same, { drug: { value: 5.1 }, none: { value: 5 }, difference: 0.1, within: 0.25 }),
    [{ low: 4.75, high: 5.25, start: 1440, stop: 2880, label: 'within 0.25 mmol/L of none' }]);
});

test('a fall of so much and no more is a band below what it fell from', () => {
  const falls = {
    kind: 'falls', feature: { kind: 'mean', mean: 'glucose_mmol_l', from: 1440, to: 2880 }, arm: 'drug', versus: 'none', at_least: '10 %', at_most: '20 %',
  };
  const [band] = asked(falls, { arm: 'drug', reference: 5, least: 0.5, seen: { value: 4.2 } }, { daily: 'mean' });
  assert.ok(Math.abs(band.low - 4) < 1e-9 && Math.abs(band.high - 4.5) < 1e-9);
  assert.equal(band.label, 'drug: 4 to 4.5 mmol/L');
});

test('nothing is drawn of another observable, of a peak among daily means, outside the window, or of a check that failed to run', () => {
  const peak = { kind: 'lies_between', feature: { kind: 'peak', peak: 'glucose_mmol_l' }, at_most: '9 mmol/L' };
  assert.equal(asked(peak, { bounds: [9] }).length, 1);
  assert.deepEqual(asked(peak, { bounds: [9] }, { observable: 'insulin_pmol_l' }), []);
  assert.deepEqual(asked(peak, { bounds: [9] }, { daily: 'mean' }), []);
  assert.deepEqual(asked({ ...peak, feature: { ...peak.feature, from: 0, to: 60 } }, { bounds: [9] }, { window: [1440, 2880] }), []);
  assert.deepEqual(asked(peak, { why: 'a run failed' }), []);
  assert.deepEqual(asked({ kind: 'lag' }, {}), []);
});

test('a moment is wide enough to be seen, and mg/dL are mg/dL', () => {
  setObservables({ glucose_mmol_l: { unit: 'mmol/L', us: { unit: 'mg/dL', factor: 18 } } });
  const value = { kind: 'lies_between', feature: { kind: 'value', value: 'glucose_mmol_l', at: 2880 }, at_least: '5 mmol/L', arm: 'drug' };
  const [mark] = asked(value, { bounds: [5] }, { units: 'us' });
  assert.ok(mark.stop === 2880 && mark.start < 2880 && mark.start > 2500);
  assert.equal(mark.low, 90);
  assert.equal(mark.label, 'drug: at least 90 mg/dL');
});

test('an axis makes room for what is asked for, but not so much that the curves are flat', () => {
  const at = (low, high) => [{ low, high, start: 0, stop: 1, label: '' }];
  assert.deepEqual(withRoom([4, 8], at(3.5, 3.5)), [3, 8]);
  assert.deepEqual(withRoom([4, 8], at(100, 100)), [4, 8]);
  assert.deepEqual(withRoom([4, 8], at(5, 6)), [4, 8]);
  assert.equal(withRoom([0, 8], at(-2, 2))[0], 0);
});

test('a course of zeros has an axis that can be read', () => {
  const line = (y) => [{ label: '', style: 0, role: 'now', course: { x: [0, 10], y } }];
  assert.deepEqual(domainOf(line([0, 1e-17]), [0, 10]), domainOf([], [0, 10]));
  assert.equal(domainOf(line([-1e-12, 2]), [0, 10])[0], 0);
});

test('daily means take no step where a check has more samples', () => {
  const spiky = (/** @type {number} */ at) => (at % 1440 < 30 ? 100 : 0);
  const fine = [...HOURS(20), ...Array.from({ length: 1440 }, (_, i) => 14400 + i)].sort((a, b) => a - b).filter((at, i, all) => at !== all[i - 1]);
  const { y } = byDay({ x: fine, y: fine.map(spiky) });
  assert.ok(y.slice(1).every((value) => Math.abs(value - y[1]) < 1e-9));
});

test('whatever a judge found is said in German, in words and numbers as there', () => {
  const german = JSON.parse(readFileSync(new URL('text/de.json', page), 'utf8'));
  const recorded = JSON.parse(readFileSync(new URL('../../exchange/lab_recorded.json', page), 'utf8'));
  texts.setLanguages({ en: english, de: german }, {});
  try {
    texts.choose('de');
    /** @param {any} node @returns {string[]} */
    const saysIn = (node) => (typeof node !== 'object' || node === null ? [] : Object.entries(node).flatMap(([key, item]) => (
      key === 'says' && typeof item === 'string' ? [item] : saysIn(item))));
    const says = Object.values(recorded.scenarios).flatMap(saysIn);
    assert.ok(says.length > 200);
    const put = says.map((one) => inLanguage(one, []));
    assert.deepEqual(says.filter((_, i) => put[i] === null), []);
    assert.deepEqual(put.filter((one) => /asked for|allowed|nearest|expected|\d\.\d/.test(one)), []);
    assert.equal(inLanguage('tenfold-obese 1.234, lean 1 kg: 1.234 times, 1.5 times asked for', ['lean', 'tenfold-obese']),
      'zehnfach, viel Bauchfett 1,234, schlank 1 kg: das 1,234-Fache, das 1,5-Fache verlangt');
    assert.equal(inLanguage('tenfold-obese 1.234, lean 1 kg: 23.4 % higher and 1.234 times, 5 % and 1.5 times asked for', ['lean', 'tenfold-obese']),
      'zehnfach, viel Bauchfett 1,234, schlank 1 kg: 23,4 % höher und das 1,234-Fache, 5 % und das 1,5-Fache verlangt');
    assert.equal(inLanguage('not so: mean of vat_kg (lean) is -0.1 kg; at most 1 kg asked for', ['lean']),
      'Es ist nicht so: Bauchfett (viszeral), Mittel (schlank) ist −0,1 kg; höchstens 1 kg verlangt');
    assert.equal(inLanguage('the dog ate it', []), null);
  } finally {
    texts.setLanguages({ en: english }, {});
    texts.choose('en');
  }
  assert.equal(inLanguage('a 1, b 0: 1 higher, 1 asked for', []), null);
});
