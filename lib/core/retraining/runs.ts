import {
  DAY_MS,
  isTriggered,
  type RetrainingDecision,
  type RetrainingState,
  type RetrainingStep,
  type RunRecord,
} from './state';
import type { Trigger, TriggerKind } from './trigger';
import { triggerText } from './trigger-text';
import { addWaiting } from './waiting';

/** Runs that are kept: all under way, those that the daily limit counts, and the last ones for people to see. */
const KEPT = { last: 20, most: 100 } as const;
/** Other requests that a record names: an item of the table has 400 KB. */
const ALSO = { most: 10, reason: 100 } as const;

/**
 * Records a run that has been started, by whomever. It is the one that was decided on if its trigger is that of
 * `state.starting`. Repetitions, and a start that is told after the end, change nothing.
 */
export function runStarted(state: RetrainingState, run: RunRecord): RetrainingStep {
  const { starting, ...rest } = state;
  // As the pipeline has it, where parts of a long trigger are cut.
  const decided = starting !== undefined && triggerText(starting.trigger) === triggerText(run.trigger);
  if (!decided) return { state: added(state, { ...run, trigger: shortened(run.trigger) }), decisions: [] };
  const { trigger, at } = starting;
  return {
    state: added(rest, { ...run, trigger: shortened(trigger), startedAt: at }, 'decided'),
    decisions: [{ decision: 'started', trigger, reason: trigger.reason, runId: run.id }],
  };
}

/** Of a run that is known, nothing but a decision says why it was started better than what is recorded. */
function added(state: RetrainingState, run: RunRecord, how?: 'decided'): RetrainingState {
  const index = state.runs.findIndex(({ id }) => id === run.id);
  const known = state.runs[index];
  if (known === undefined) return keep({ ...state, runs: [...state.runs, run] }, run.startedAt);
  if (how === undefined) return state;
  // An event told of it before CodePipeline could say what its trigger was.
  const record = { ...known, trigger: run.trigger, startedAt: run.startedAt };
  return coolingFrom({ ...state, runs: state.runs.with(index, record) }, record);
}

const shortened = ({ also, ...trigger }: Trigger): Trigger => ({
  ...trigger,
  ...(also === undefined
    ? {}
    : { also: also.slice(0, ALSO.most).map(({ kind, reason }) => ({ kind, reason: reason.slice(0, ALSO.reason) })) }),
});

/** Runs that ended so cannot be retried: what says so came twice, or is older than the end. */
const FINAL: readonly string[] = ['Succeeded', 'Superseded', 'Cancelled'];

/** Records that a run which had ended goes on: somebody retried a failed stage. */
export function runResumed(state: RetrainingState, run: RunRecord): RetrainingStep {
  const index = state.runs.findIndex(({ id }) => id === run.id);
  const known = state.runs[index];
  if (known === undefined) return runStarted(state, run);
  const { endedAt: _endedAt, outcome = '', ...underWay } = known;
  if (FINAL.includes(outcome)) return { state, decisions: [] };
  return { state: { ...state, runs: state.runs.with(index, underWay) }, decisions: [] };
}

/** A run with its end. */
export type EndedRun = RunRecord & Required<Pick<RunRecord, 'endedAt' | 'outcome'>>;

/**
 * Records how a run ended; one that was not known is taken up as it ends. Repetitions change nothing. A run that succeeded
 * has made another release live: what monitors found about the one before it is answered.
 */
export function runEnded(before: RetrainingState, { endedAt, outcome, ...run }: EndedRun): RetrainingStep {
  const started = runStarted(before, run);
  const index = started.state.runs.findIndex(({ id }) => id === run.id);
  const known = started.state.runs[index];
  if (known === undefined || known.endedAt !== undefined) return started;
  const { state, decisions } = outcome === RELEASED ? answerFindings(started, run.id) : started;
  const record = { ...known, endedAt, outcome };
  const ended = keep({ ...state, runs: state.runs.with(index, record) }, endedAt);
  return { state: DISPLACED.includes(outcome) ? askAgain(ended, record) : coolingFrom(ended, record), decisions };
}

/** The cool-down counts from the last end of a run that a trigger started. */
function coolingFrom(state: RetrainingState, { trigger, endedAt, outcome = '' }: RunRecord): RetrainingState {
  if (endedAt === undefined || !isTriggered(trigger.kind) || DISPLACED.includes(outcome)) return state;
  const { coolDownFrom } = state;
  const later = coolDownFrom === undefined || Date.parse(endedAt) > Date.parse(coolDownFrom);
  return later ? { ...state, coolDownFrom: endedAt } : state;
}

/** CodePipeline's words for runs that it gave up for a newer one, or because the pipeline was updated. */
const DISPLACED: readonly string[] = ['Superseded', 'Cancelled'];

/** Nobody decided against the run, and it answered nothing: what it was started for waits again. */
function askAgain(state: RetrainingState, { id, trigger, endedAt, outcome }: EndedRun): RetrainingState {
  if (!isTriggered(trigger.kind)) return state;
  const reason = `again, as run ${id} was ${outcome.toLowerCase()}: ${trigger.reason}`;
  const { waiting } = addWaiting(state.waiting, { trigger: { ...trigger, reason } }, endedAt);
  return { ...state, waiting };
}

/** CodePipeline's word for a run that went through to the end. */
const RELEASED = 'Succeeded';

/** Kinds of requests that speak of the release which was live when they were made. */
const ABOUT_A_RELEASE: readonly TriggerKind[] = ['drift', 'degradation'];

/** The monitors look at the new release afresh, and ask again if it shows the same. */
function answerFindings({ state, decisions }: RetrainingStep, runId: string): RetrainingStep {
  const answered = state.waiting.filter(({ trigger }) => ABOUT_A_RELEASE.includes(trigger.kind));
  const refused = answered.map(({ trigger }): RetrainingDecision => {
    const reason = `run ${runId} has released another model since; the monitor asks again if that one shows it too`;
    return { decision: 'refused', trigger, reason };
  });
  const waiting = state.waiting.filter((request) => !answered.includes(request));
  return { state: { ...state, waiting }, decisions: [...decisions, ...refused] };
}

function keep(state: RetrainingState, now: string): RetrainingState {
  const recent = state.runs.slice(-KEPT.last);
  const dayAgo = Date.parse(now) - DAY_MS;
  const ended = state.runs.filter(({ endedAt }) => endedAt !== undefined);
  const counted = ended.filter((run) => Date.parse(run.startedAt) > dayAgo || recent.includes(run)).slice(-KEPT.most);
  return { ...state, runs: state.runs.filter((run) => run.endedAt === undefined || counted.includes(run)) };
}
