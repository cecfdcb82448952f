import { randomUUID } from 'node:crypto';
import { ActionFailed, type ActionOutcome, type ActionRun, type Artifact } from './action';
import type { ActionDefinition, StageDefinition } from './definition';
import type { Execution } from './execution';
import { PROVIDERS, providerKey } from './providers';
import type { ActionRecord } from './store';
import { resolveConfiguration } from './variables';

/** Node cannot set a timer beyond 2^31 - 1 ms, 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Runs one action and records it. Never rejects: how it ended is the record's status. */
export async function runAction(
  execution: Execution,
  stage: StageDefinition,
  action: ActionDefinition,
): Promise<ActionRecord> {
  const record = newRecord(execution, stage, action);
  const started = Date.now();
  const { provider, category } = action.type;
  const about = { ...execution.about(), stage: stage.name, action: action.name, provider, category };
  const seconds = () => (Date.now() - started) / 1000;
  execution.record.actions.push(record);
  execution.save();
  execution.emit({ ...about, type: 'actionStarted' });
  execution.events.actionState(record, 'STARTED');
  try {
    const outcome = await carryOut(execution, stage, action, record);
    finish(execution, action, record, outcome);
    const summary = record.external.externalExecutionSummary;
    execution.emit({
      ...about,
      time: new Date(),
      type: 'actionSucceeded',
      seconds: seconds(),
      ...(summary === undefined ? {} : { summary }),
    });
    execution.events.actionState(record, 'SUCCEEDED');
  } catch (error) {
    const failed = toFailure(execution, error);
    record.error = failed;
    record.status = execution.signal.aborted ? 'Abandoned' : 'Failed';
    execution.touch(record);
    execution.emit({ ...about, time: new Date(), type: 'actionFailed', seconds: seconds(), ...failed });
    execution.events.actionState(record, record.status === 'Abandoned' ? 'ABANDONED' : 'FAILED');
  }
  return record;
}

function newRecord(execution: Execution, stage: StageDefinition, action: ActionDefinition): ActionRecord {
  const now = execution.now();
  return {
    actionExecutionId: randomUUID(),
    stageName: stage.name,
    actionName: action.name,
    startTime: now,
    lastUpdateTime: now,
    status: 'InProgress',
    type: action.type,
    region: action.region,
    ...(action.namespace === undefined ? {} : { namespace: action.namespace }),
    configuration: action.configuration,
    resolvedConfiguration: {},
    inputArtifacts: action.inputs.flatMap((name) => execution.artifacts.get(name) ?? []),
    outputArtifacts: action.outputs.map((name) => newArtifact(execution, name)),
    external: {},
    outputVariables: {},
  };
}

/** CodePipeline's form of a key: 20 characters of the pipeline, 10 of the artifact, and a random part. */
function newArtifact({ pipeline }: Execution, name: string): Artifact {
  const random = randomUUID().replaceAll('-', '').slice(0, 7);
  return { name, bucket: pipeline.artifactBucket, key: `${pipeline.name.slice(0, 20)}/${name.slice(0, 10)}/${random}` };
}

async function carryOut(
  execution: Execution,
  stage: StageDefinition,
  action: ActionDefinition,
  record: ActionRecord,
): Promise<ActionOutcome> {
  const { owner, category, provider } = action.type;
  const runner = PROVIDERS[providerKey(owner, category, provider)];
  if (runner === undefined) throw new ActionFailed('ConfigurationError', `unknown action provider ${provider}`);
  record.resolvedConfiguration = resolveConfiguration(action.name, action.configuration, execution.namespaces);
  const about = { ...execution.about(), stage: stage.name, action: action.name, provider, category };
  const { signal, done } = withTimeout(execution.signal, action);
  const run: ActionRun = {
    ...execution.tools,
    pipeline: execution.pipeline,
    executionId: execution.record.id,
    actionExecutionId: record.actionExecutionId,
    stage: stage.name,
    action,
    configuration: record.resolvedConfiguration,
    inputs: inputsOf(execution, action),
    outputs: record.outputArtifacts,
    pushed: execution.pushed,
    signal,
    line: (line) => execution.emit({ ...about, time: new Date(), type: 'actionOutput', line }),
    note: (facts) => {
      record.external = { ...record.external, ...facts };
      execution.touch(record);
    },
  };
  return runner(run).finally(done);
}

/** A run that is stopped, or an action that takes longer than it says, aborts what the action does. */
function withTimeout(signal: AbortSignal, { name, timeoutInMinutes }: ActionDefinition) {
  if (timeoutInMinutes === undefined) return { signal, done: () => undefined };
  const overdue = new AbortController();
  const message = `Action ${name} took longer than its timeout of ${timeoutInMinutes} minutes.`;
  const abort = () => overdue.abort(new ActionFailed('TimeoutError', message));
  const timer = setTimeout(abort, Math.min(timeoutInMinutes * 60_000, LONGEST_TIMER_MS));
  return { signal: AbortSignal.any([signal, overdue.signal]), done: () => clearTimeout(timer) };
}

function inputsOf(execution: Execution, action: ActionDefinition): Artifact[] {
  return action.inputs.map((name) => {
    const artifact = execution.artifacts.get(name);
    if (artifact !== undefined) return artifact;
    throw new ActionFailed('ConfigurationError', `The input artifact ${name} of action ${action.name} was not made.`);
  });
}

function finish(execution: Execution, action: ActionDefinition, record: ActionRecord, outcome: ActionOutcome): void {
  record.outputVariables = outcome.variables ?? {};
  record.status = 'Succeeded';
  if (action.namespace !== undefined) execution.namespaces.set(action.namespace, record.outputVariables);
  // What an action makes of a source carries that source's revision on.
  const revision =
    outcome.revision?.id ?? action.inputs.map((name) => execution.artifacts.get(name)?.revision).find(Boolean);
  for (const artifact of record.outputArtifacts) {
    execution.artifacts.set(artifact.name, { ...artifact, ...(revision === undefined ? {} : { revision }) });
  }
  if (outcome.revision !== undefined) {
    const { id, summary } = outcome.revision;
    execution.record.sourceRevisions.push({ actionName: action.name, revisionId: id, revisionSummary: summary });
  }
  execution.touch(record);
}

function toFailure(execution: Execution, error: unknown): { readonly code: string; readonly message: string } {
  if (execution.signal.aborted) return { code: 'Abandoned', message: 'the run was stopped' };
  if (error instanceof ActionFailed) return { code: error.code, message: error.message };
  return { code: 'JobFailed', message: error instanceof Error ? error.message : String(error) };
}
