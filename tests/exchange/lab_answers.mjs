/** Answers what the tests ask of the lab's modules, in Node.js or in a browser. */

/** Whether two pieces of JSON say the same; numbers to the last digits. */
function same(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-13 * Math.abs(a);
  if (typeof a !== 'object' || a === null || b === null) return a === b;
  const names = Object.keys(a);
  if (typeof b !== 'object' || names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
}

/** A run of which some rows are kept, as a judge sees it. */
class Kept {
  constructor(content, { arm, start, time, rest, columns, m_values: values, clamps }, number) {
    this.content = content;
    this.number = number;
    this.arm = arm;
    this.start = start;
    this.time = Float64Array.from(content.times[time]);
    this.columns = columns;
    this.names = Object.keys(columns);
    this.day = content.rests[rest];
    this.values = values;
    this.clamps = clamps;
    this.rest = {
      time: Float64Array.from({ length: 25 }, (_, hour) => 60 * hour),
      column: (name) => Float64Array.from(this.day[name]),
    };
  }

  column(name) {
    return Float64Array.from(this.columns[name]);
  }

  baseline(name) {
    const day = this.day[name];
    return day.slice(1).reduce((sum, x, i) => sum + 0.5 * (x + day[i]), 0) / (day.length - 1);
  }

  fastingBaseline(name) {
    return this.day[name][7];
  }

  mValue(at, options = {}) {
    return this.values.find(([when, how]) => when === at && same(how, options))[2];
  }

  clamp(at, options) {
    return new Kept(this.content, this.clamps.find(([when, how]) => when === at && same(how, options))[2], -1);
  }
}

/** @param {string} folder where js/ is, as a URL */
export async function labAnswering(folder) {
  const module = (name) => import(`${folder}/${name}.js`);
  const { averaged } = await module('averaged');
  const { running } = await module('settings');
  const { workspace } = await module('integrate');
  const { planned } = await module('plan');
  const { jacobianOf } = await module('rest');
  const { open } = await module('lab/lab');
  const { Bench } = await module('lab/bench');
  const evaluate = await module('lab/evaluate');
  const features = await module('lab/features');
  const faults = await module('lab/faults');
  const { client, serve } = await module('lab/worker');
  const quantities = await module('lab/quantities');
  const steps = await module('lab/steps');
  const read = await module('lab/read');
  const units = await module('lab/units');
  const words = await module('lab/words');

  /** What `call` gives, or what it refuses with. */
  const attempted = (call) => {
    try {
      return { value: call() };
    } catch (error) {
      const list = error instanceof faults.Faults ? error.faults : [error];
      if (!list.every((one) => one instanceof faults.Fault)) throw error;
      return { faults: list.map((fault) => fault.plain()) };
    }
  };

  const answers = {
    averaged({ plan, out, tolerance, rest }) {
      const found = averaged(
        workspace(), planned(plan), plan.stop, Float64Array.from(plan.constants), Float64Array.from(plan.state),
        { state: rest.state, jacobian: jacobianOf(rest.jacobian) }, Float64Array.from(out), tolerance,
      );
      if (found === null) return null;
      const { states, readings } = found.record.at();
      return {
        lived: found.lived,
        evaluations: found.evaluations,
        states: Array.from(states),
        readings: Array.from(readings),
        errors: Array.from(found.record.errors()),
      };
    },

    scenarios({ data }) {
      const lab = open(data);
      return data.scenarios.map(({ id }) => {
        const scenario = lab.scenario(id);
        return {
          id,
          arms: lab.arms(id),
          minutes: Object.fromEntries(Object.keys(scenario.arms).map((name) => [name, Array.from(lab.minutes(id, name))])),
          knockOuts: Object.fromEntries(
            scenario.must_fail_when.map(({ name }) => [name, lab.arms(id, { knockOut: name })]),
          ),
          units: scenario.checks.flatMap((check) => (
            [check.feature].filter(Boolean).map((feature) => quantities.measureOfFeature(feature).unit)
          )),
        };
      });
    },

    /** The claims of kept runs. */
    kept({ data, id, content }) {
      const lab = open(data);
      const scenario = lab.scenario(id);
      const runs = content.runs.map((one, number) => new Kept(content, one, number));
      const simulate = (arm, { other, held }) => {
        const protocol = arm.protocol.map((step) => {
          if (step.hold?.at.arm) return { hold: { ...step.hold, at: { run: other(step.hold.at.arm).number } } };
          if (!step.glucose_profile) return step;
          const { arm: name, ...rest } = step.glucose_profile;
          return { glucose_profile: { ...rest, run: other(name).number } };
        });
        for (const { name, source } of held) protocol.push({ hold: { name, at: { run: source.number }, start: 0 } });
        const found = runs.find((run) => same(run.arm, { ...arm, protocol }));
        if (found === undefined) throw new Error(`no run is kept of ${JSON.stringify({ ...arm, protocol })}`);
        return found;
      };
      const claims = {};
      for (const name of ['', ...scenario.must_fail_when.map((one) => one.name)]) {
        const arms = lab.arms(id, name ? { knockOut: name } : {});
        const bench = new Bench(arms, scenario.control, simulate, { tolerance: running.TOLERANCE, minutes: () => new Float64Array(0) });
        const judged = (check) => evaluate.judgeCheck(check, check.id, bench);
        claims[name] = {
          checks: scenario.checks.filter((check) => !evaluate.NOT_HERE.has(check.kind)).map(judged),
          positive_control: judged(scenario.positive_control),
        };
      }
      return claims;
    },

    /** A claim judged on runs made here. */
    judge({ data, id, changes, exact, resolution }) {
      const lab = open(data);
      const arms = lab.arms(id, changes);
      return lab.judge(id, lab.bench(id, { arms, resolution }), { exact });
    },

    /** Columns of arms run by themselves. */
    runs({ data, arms, minutes, columns, resolution, quick }) {
      const lab = open(data);
      return arms.map((arm) => {
        const run = lab.run(lab.arm(arm), { minutes, resolution, quick });
        return {
          resolution: run.resolution,
          time: Array.from(run.time),
          columns: Object.fromEntries(columns.map((name) => [name, Array.from(run.column(name))])),
          baselines: columns.map((name) => run.baseline(name)),
        };
      });
    },

    known: () => ({ checks: [...evaluate.JUDGED, ...evaluate.NOT_HERE], features: features.READABLE, steps: steps.STEP_KINDS }),

    words: ({ numbers }) => numbers.map((x) => ({
      number: words.number(x),
      general: words.general(x),
      fixed: [0, 1, 3].map((places) => words.fixed(x, places)),
      signed: words.signed(x),
      shown: words.shownNumber(x),
      duration: words.duration(Math.abs(x)),
      quantity: words.quantity(x, 'min'),
    })),

    said: ({ data, texts }) => texts.map(({ text, arms }) => words.inWords(text, data.words, arms)),

    quantities: ({ cases }) => cases.map(({ text, unit, column }) => attempted(() => (
      column ? units.parseForColumn(text, column) : units.parseQuantity(text, unit)
    ))),

    read: ({ data, written }) => {
      const lab = open(data);
      return written.map((one) => attempted(() => lab.read(one).id));
    },

    checks: ({ written }) => written.map((one) => attempted(() => read.readCheck(one))),

    /** What a worker says to requests that are sent at once, or one after another. */
    async served({ data, requests, waiting }) {
      const { port1, port2 } = new MessageChannel();
      serve(port1);
      const page = client(port2);
      const asked = (request) => {
        if (!request.parts) return page.ask(request);
        const came = [];
        return page.ask(request, (run) => came.push(run)).then((answer) => ({ ...answer, came }));
      };
      const ask = (request) => asked(request).catch((fault) => ({ fault: fault.message, kind: fault.kind }));
      await ask({ task: 'open', data });
      const found = [];
      if (waiting) for (const request of requests) found.push(await ask(request));
      else found.push(...await Promise.all(requests.map(ask)));
      port1.close();
      port2.close();
      return JSON.parse(JSON.stringify(found, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value)));
    },
  };
  return answers;
}
