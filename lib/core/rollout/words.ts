import { TEST_SHARES, type TestName } from './tests';
import { rateOf, type View } from './view';

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** `green at 5 %`. */
export const greenAt = ({ look }: View): string => `${look.green.name} at ${look.weight} %`;

/** The test that says most against green, weighed by its share. */
export function strongest({ eValues }: View): TestName {
  const names = Object.keys(TEST_SHARES) as TestName[];
  const weightOf = (name: TestName): number => TEST_SHARES[name] * eValues.tests[name];
  return names.reduce((best, name) => (weightOf(name) > weightOf(best) ? name : best));
}

/** What was seen that made a test's evidence, and what was allowed. */
export function findingOf(view: View, test: TestName): string {
  const { rules } = view;
  switch (test) {
    case 'errorExcess':
      return `${counted(view, 'errors')}${besides(view, 'errors')}; ${percent(rules.maxExcess)} above it is allowed`;
    case 'refusedExcess':
      return `${counted(view, 'refused')}${besides(view, 'refused')}; ${percent(rules.maxExcess)} above it is allowed`;
    case 'slowExcess':
      return `${counted(view, 'slow')}${besides(view, 'slow')}; ${percent(rules.maxSlowExcess)} above it is allowed`;
    case 'errorRate':
      return `${counted(view, 'errors')}; ${percent(rules.maxErrorRate)} is allowed`;
    case 'slowRate':
      return `${counted(view, 'slow')}; ${percent(rules.maxSlowRate)} is allowed`;
    case 'invalidAnswers':
      return brokenWords(view);
    case 'predictionShift':
      return shiftWords(view);
  }
}

export function brokenWords({ look: { green, probes }, rules }: View): string {
  const { answers = { requests: 0, events: 0 }, broken = '' } = probes ?? {};
  return `${answers.events} of ${answers.requests} answers of ${green.name} to golden requests break the contract, ${percent(rules.probes.maxInvalidRate)} is allowed: ${broken}`;
}

export function shiftWords({ look, shift, rules }: View): string {
  const { distance = 0, rows = 0, psi = 0 } = shift ?? {};
  return `${look.green.name} answers ${rows} golden rows otherwise than ${look.blue.name}: a share of its answers differs by ${percent(distance)} (PSI ${psi.toFixed(2)}), ${percent(rules.maxPredictionShift)} is allowed`;
}

const VERBS = { errors: 'failed', refused: 'were refused (4XX)', slow: 'were slow' } as const;

function counted(view: View, event: keyof typeof VERBS): string {
  const { requests, events } = view.green[event] ?? { requests: 0, events: 0 };
  const limit = event === 'slow' ? ` (above ${view.rules.maxLatencyMs} ms)` : '';
  return `${events} of ${requests} requests ${VERBS[event]} on ${greenAt(view)}${limit}`;
}

function besides({ blue, look }: View, event: keyof typeof VERBS): string {
  const counts = blue[event];
  return counts === undefined ? '' : ` and ${counts.events} of ${counts.requests} on ${look.blue.name}`;
}

/** How the step stands when nothing is wrong. */
export function summary(view: View): string {
  const { errors, slow } = view.own;
  const share = slow === undefined ? '' : `, ${percent(rateOf(slow))} slow`;
  return `${greenAt(view)}: ${errors?.events ?? 0} of ${errors?.requests ?? 0} requests failed${share}; e-value ${eValueWords(view)}`;
}

/** `0.42 of 100`: the evidence against green and how much takes it back. */
export const eValueWords = ({ eValues, needed }: View): string =>
  `${Number(eValues.total.toPrecision(3))} of ${Number(needed.toPrecision(3))}`;
