import { combineVerdicts, type Verdict } from '../verdict';
import type { EndpointState } from './endpoint';
import { PASSING, servingVariant } from './endpoint';
import type { AlarmReading } from './judge';
import { type CanaryPace, DURATIONS, type Durations, describeSeconds, looksIn } from './timing';

export interface PreflightRules extends CanaryPace {
  /** Requests that the new release must have answered in a step. */
  readonly minRequests: number;
}

/** What an alarm needs before it can go off. */
export interface AlarmWindow {
  readonly periodSeconds: number;
  readonly periods: number;
}

/** That of the alarms on the variants: one failed request in a quiet minute is no reason; two bad minutes in a row are. */
export const ALARM_WINDOW: AlarmWindow = { periodSeconds: 60, periods: 2 };

/** Requests that the endpoint got, over hours of the last days. */
export interface TrafficSeen {
  /** Requests in each hour from the first one with any; an hour without data had none, SageMaker sends no zero. */
  readonly hourly: readonly number[];
}

export interface PreflightFacts {
  readonly rules: PreflightRules;
  /** Instances of new variants in production. */
  readonly instanceCount: number;
  readonly alarmWindow: AlarmWindow;
  /** Golden requests a minute that the judge may send to the new release when traffic is thin; 0 for none. */
  readonly probesPerMinute: number;
  /** Traffic, endpoint, alarms and permissions are known with credentials alone. @default - not looked at */
  readonly live?: LiveFacts;
  readonly durations?: Durations;
}

export interface LiveFacts {
  /** undefined: CloudWatch has seen no request. */
  readonly traffic?: TrafficSeen;
  readonly endpoint?: EndpointState;
  readonly alarms: readonly AlarmReading[];
  readonly permissions: Permissions;
}

/** What IAM says that the roles of the rollout may do. */
export type Permissions =
  | { readonly checked: true; readonly denied: readonly string[] }
  | { readonly checked: false; readonly why: string };

export interface PreflightCheck {
  readonly id: string;
  readonly verdict: Verdict;
  /** One line. */
  readonly reason: string;
}

/** Events that one execution of a Standard state machine may have (Step Functions, service quotas). */
const HISTORY_LIMIT = 25_000;
/** Events of one look: two of the wait, five of the task, two of the choice. */
const EVENTS_PER_LOOK = 9;
/** The rest is for changes of the endpoint, which are looked at every 15 s, and for retries. */
export const MAX_LOOKS = 1500;

/** What would keep a rollout from starting or from being judged, before anything is deployed. */
export function preflight(facts: PreflightFacts): readonly PreflightCheck[] {
  const { live } = facts;
  const fromPlan = [instances(facts), alarms(facts), metricMinutes(facts), history(facts), sample(facts)];
  if (live === undefined) return fromPlan;
  return [...fromPlan, endpoint(live), quietAlarms(live), permissions(live)];
}

export const preflightVerdict = (checks: readonly PreflightCheck[]): Verdict =>
  combineVerdicts(checks.map(({ verdict }) => verdict));

/**
 * At least two instances, which SageMaker spreads over availability zones (AWS Security Hub, control SageMaker.4), and
 * no fewer than serve now: the last step gives the new variant every request.
 */
function instances({ instanceCount, live }: PreflightFacts): PreflightCheck {
  const serving = live?.endpoint === undefined ? undefined : servingVariant(live.endpoint);
  if (serving !== undefined && instanceCount < serving.instanceCount) {
    return fail(
      'instances',
      `a new variant gets ${instanceCount} instances, ${serving.name} has ${serving.instanceCount} now: raise environments.production.instanceCount in assay.config.ts`,
    );
  }
  if (instanceCount < 2) {
    return fail(
      'instances',
      `production has ${instanceCount} instance: nobody answers while it is replaced; environments.production.instanceCount of 2 spreads over two zones`,
    );
  }
  return pass('instances', `${instanceCount} instances for a new variant`);
}

function alarms({ rules, alarmWindow: { periodSeconds, periods } }: PreflightFacts): PreflightCheck {
  const window = periodSeconds * periods;
  const needs = `an alarm needs ${periods} periods of ${periodSeconds} s`;
  if (window > rules.bakeSeconds) {
    return fail(
      'alarm-window',
      `${needs}, a step bakes ${rules.bakeSeconds} s: no alarm can stop it in time; canary.bakeSeconds of ${window} would do`,
    );
  }
  return pass('alarm-window', `${needs}, within a bake of ${rules.bakeSeconds} s`);
}

/**
 * A metric counts when its minute began after the step, was over and reached CloudWatch: a step that begins just after
 * a full minute has its first one after 2 · P + D.
 */
function metricMinutes({ rules, durations = DURATIONS }: PreflightFacts): PreflightCheck {
  const { metricPeriod, metricDelay } = durations;
  const needed = 2 * metricPeriod.seconds + metricDelay.seconds;
  const first = `the first whole minute of a step is known after up to ${needed} s`;
  if (rules.maxBakeSeconds < needed) {
    return fail(
      'metric-minutes',
      `${first}, but canary.maxBakeSeconds is ${rules.maxBakeSeconds}: no step can be judged`,
    );
  }
  if (rules.bakeSeconds < needed) {
    return inconclusive(
      'metric-minutes',
      `${first}, canary.bakeSeconds is ${rules.bakeSeconds}: some steps wait longer for their evidence`,
    );
  }
  return pass('metric-minutes', `${first}, within a bake of ${rules.bakeSeconds} s`);
}

function history({ rules }: PreflightFacts): PreflightCheck {
  const looks = rules.steps.length * looksIn(rules.maxBakeSeconds, rules.judgeEverySeconds);
  const count = `up to ${looks} looks of the judge, ${looks * EVENTS_PER_LOOK} of ${HISTORY_LIMIT} events`;
  return looks > MAX_LOOKS
    ? fail(
        'history',
        `${count}: one execution has room for ${MAX_LOOKS} looks; raise canary.judgeEverySeconds or lower maxBakeSeconds`,
      )
    : pass('history', count);
}

/** Requests of the first step, which has the smallest share, in the quietest tenth of the hours seen. */
function sample(facts: PreflightFacts): PreflightCheck {
  const { rules, probesPerMinute, live } = facts;
  const share = Math.min(...rules.steps) / 100;
  const expected = (perMinute: number, seconds: number) =>
    Math.floor(((share * perMinute + probesPerMinute) * seconds) / 60);
  const [bake, longest] = [rules.bakeSeconds, rules.maxBakeSeconds];
  const needs = `canary.minRequests is ${rules.minRequests} at ${share * 100} %`;
  const probes = probesPerMinute > 0 ? ` and ${probesPerMinute} golden requests a minute` : '';
  if (expected(0, bake) >= rules.minRequests) {
    return pass('minimum-sample', `${needs}: golden requests alone (${probesPerMinute} a minute) reach it in the bake`);
  }
  const required = Math.ceil((((rules.minRequests * 60) / bake - probesPerMinute) / share) * 10) / 10;
  if (live?.traffic === undefined) {
    const seen = live === undefined ? 'traffic was not looked at' : 'CloudWatch has seen no request in 14 days';
    return inconclusive('minimum-sample', `${needs}${probes}: it takes ${required} requests a minute; ${seen}`);
  }
  const quiet = quietRate(live.traffic);
  const seen = `${quiet.toFixed(1)} requests a minute in quiet hours${probes}`;
  if (expected(quiet, bake) >= rules.minRequests) {
    return pass('minimum-sample', `${needs}: ${seen} give ${expected(quiet, bake)} in the bake`);
  }
  const late = expected(quiet, longest);
  return late >= rules.minRequests
    ? inconclusive(
        'minimum-sample',
        `${needs}: ${seen} give ${expected(quiet, bake)} in ${describeSeconds(bake)}, so bakes are extended (${late} in ${describeSeconds(longest)})`,
      )
    : fail(
        'minimum-sample',
        `${needs}: ${seen} give ${late} even in ${describeSeconds(longest)}; lower minRequests, raise the first step or allow more golden requests`,
      );
}

/** Requests a minute in the hour that a tenth of all hours do not exceed (nearest rank). */
export function quietRate({ hourly }: TrafficSeen): number {
  const sorted = [...hourly].sort((a, b) => a - b);
  return (sorted[Math.max(0, Math.ceil(sorted.length / 10) - 1)] ?? 0) / 60;
}

function endpoint({ endpoint: state }: LiveFacts): PreflightCheck {
  if (state === undefined) return pass('endpoint', 'there is no endpoint yet: a first release has no canary');
  if (state.status === 'InService') {
    return servingVariant(state) === undefined
      ? fail('endpoint', `no variant of ${state.name} has weight above 0`)
      : pass('endpoint', `${state.name} is InService`);
  }
  const why = state.failureReason === undefined ? '' : ` (${state.failureReason})`;
  return PASSING.includes(state.status)
    ? inconclusive('endpoint', `${state.name} is ${state.status}: a rollout waits until that is over`)
    : fail('endpoint', `${state.name} is ${state.status}${why}; see docs/runbook.md#endpoint-failed`);
}

function quietAlarms({ alarms: readings }: LiveFacts): PreflightCheck {
  const on = readings.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  const gone = readings.filter(({ state }) => state === undefined).map(({ name }) => name);
  if (on.length > 0) {
    return fail('alarms', `${on.join(', ')} on: a rollout does not start; see docs/runbook.md#alarm-before-rollout`);
  }
  if (gone.length > 0) return fail('alarms', `${gone.join(', ')} missing: no step could pass; deploy the app again`);
  if (readings.length === 0) return inconclusive('alarms', 'the alarms of the variants are not known');
  return pass('alarms', `${readings.length} alarms, none on`);
}

function permissions({ permissions: found }: LiveFacts): PreflightCheck {
  if (!found.checked) return inconclusive('permissions', `could not be checked: ${found.why}`);
  return found.denied.length === 0
    ? pass('permissions', 'the rollout may do all that it needs')
    : fail('permissions', `denied: ${found.denied.join(', ')}`);
}

const pass = (id: string, reason: string): PreflightCheck => ({ id, verdict: 'pass', reason });
const fail = (id: string, reason: string): PreflightCheck => ({ id, verdict: 'fail', reason });
const inconclusive = (id: string, reason: string): PreflightCheck => ({ id, verdict: 'inconclusive', reason });
