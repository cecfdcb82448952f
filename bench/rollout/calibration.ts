import { canarySchema } from '../../lib/config/gates/serving';
import { alarm, argo, fisher, type Method, ours, zTest } from './methods';
import { type Scenario, type Summary, summarise } from './simulate';

const DEFAULTS = canarySchema.parse({});
/** Looks of 5 → 25 → 100 with the defaults: without an extension, and with all that `maxBakeSeconds` allows. */
const [LOOKS, MAX_LOOKS] = [30, 180];

const ASSAY = ours('**Assay**', DEFAULTS);
const STRICT = ours('**Assay**, no excess allowed', { ...DEFAULTS, maxExcess: 0, maxSlowExcess: 0 });

const ERROR_METHODS: readonly Method[] = [
  ASSAY,
  STRICT,
  argo(0.05, 3),
  argo(0.02, 3),
  argo(0.01, 3),
  alarm(0.05),
  alarm(0.02),
  zTest(0.05),
  zTest(0.01),
  fisher(0.01, LOOKS),
  fisher(0.01, MAX_LOOKS),
];

const SLOW_METHODS: readonly Method[] = [
  ASSAY,
  STRICT,
  argo(0.15, 3, 'slow'),
  argo(0.1, 3, 'slow'),
  alarm(0.15, 'slow'),
  zTest(0.01, 'slow'),
  fisher(0.01, MAX_LOOKS, 'slow'),
];

const alike = (errors: number, slow: number) => ({ green: { errors, slow }, blue: { errors, slow } });

/** Both variants are equally good. */
const EQUAL: readonly Scenario[] = [
  { name: '0.2 %, 1,000/min', requestsPerMinute: 1000, ...alike(0.002, 0.05) },
  { name: '0.2 %, 20/min', requestsPerMinute: 20, ...alike(0.002, 0.05) },
  {
    name: '0.5 %, 200/min, looks after 1, 2, 1 and 3 min',
    requestsPerMinute: 200,
    lookEvery: [1, 2, 1, 3],
    ...alike(0.005, 0.05),
  },
  { name: '0.2 %, 1,000/min, shared ups and downs', requestsPerMinute: 1000, sharedNoise: 0.7, ...alike(0.002, 0.02) },
];

const worse = (requestsPerMinute: number): Scenario => ({
  name: `${requestsPerMinute.toLocaleString('en')}/min`,
  requestsPerMinute,
  green: { errors: 0.02, slow: 0.05 },
  blue: { errors: 0.002, slow: 0.05 },
});

const slower = (requestsPerMinute: number): Scenario => ({
  name: `${requestsPerMinute.toLocaleString('en')}/min`,
  requestsPerMinute,
  green: { errors: 0.002, slow: 0.2 },
  blue: { errors: 0.002, slow: 0.05 },
});

/** What one table shows: methods against releases that are as good, and against one that is worse. */
export interface Table {
  readonly title: string;
  readonly equal: readonly Scenario[];
  readonly worse: readonly Scenario[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly method: string;
  readonly ours: boolean;
  readonly equal: readonly Summary[];
  readonly worse: readonly Summary[];
}

export interface Sizes {
  /** Rollouts of each scenario in which both are as good. */
  readonly equal: number;
  readonly worse: number;
}

export function calibrate({ equal, worse: few }: Sizes, say: (line: string) => void): readonly Table[] {
  const done = new Map<string, Summary>();
  /** Both tables need the judge's false rollbacks, which are the same. */
  const once = (method: Method, scenario: Scenario): Summary => {
    // With no excess allowed the judge is shown beside the methods that know none; the default is what counts.
    const rollouts = method === STRICT ? Math.ceil(equal / 4) : equal;
    const key = `${method.name}|${scenario.name}|${JSON.stringify([scenario.green, scenario.blue])}`;
    const summary = done.get(key) ?? summarise(method, scenario, rollouts);
    if (method.ours) done.set(key, summary);
    return summary;
  };
  const table = (
    title: string,
    methods: readonly Method[],
    good: readonly Scenario[],
    bad: readonly Scenario[],
  ): Table => ({
    title,
    equal: good,
    worse: bad,
    rows: methods.map((method) => {
      say(`${title}: ${method.name}`);
      return {
        method: method.name,
        ours: method.ours,
        equal: good.map((scenario) => once(method, scenario)),
        worse: bad.map((scenario) => summarise(method, scenario, few)),
      };
    }),
  });
  return [
    table('Failed requests: 2 % on green, 0.2 % on blue', ERROR_METHODS, EQUAL, [20, 200, 1000].map(worse)),
    table('Slow requests: 20 % on green, 5 % on blue', SLOW_METHODS, EQUAL, [20, 200, 1000].map(slower)),
  ];
}
