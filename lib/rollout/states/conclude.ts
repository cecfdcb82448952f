import { Fail, type State, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';

const DOCUMENT = {
  runId: jsonata('$runId'),
  modelPackageArn: jsonata('$planned.modelPackageArn'),
  plan: jsonata('$planned.plan'),
  progress: jsonata('$progress'),
  reason: jsonata('$reason'),
};

/** The ends of a rollout that went well. */
export interface GoodEnds {
  readonly promoted: State;
  readonly unchanged: State;
}

export function goodEnds(scope: Construct, { conclude }: Pick<RolloutFunctions, 'conclude'>): GoodEnds {
  // The release serves; only writing that down failed. Rolling back would be wrong, hiding it too.
  const unrecorded = Fail.jsonata(scope, 'NotRecorded', {
    error: 'NotRecorded',
    cause: jsonata('"the rollout went well, but could not be recorded: " & $reason'),
  });
  const done = Succeed.jsonata(scope, 'Done');
  const record = (id: string, outcome: 'promoted' | 'unchanged'): State => {
    const task = call(scope, id, {
      lambda: conclude,
      payload: { ...DOCUMENT, outcome },
      into: 'concluded',
      onError: unrecorded,
    });
    task.next(done);
    return task;
  };
  return { promoted: record('RecordPromotion', 'promoted'), unchanged: record('RecordUnchanged', 'unchanged') };
}

/** Writes down a rollback and ends the execution as failed, with the reason and the time it took. */
export function recordRollback(scope: Construct, { conclude }: Pick<RolloutFunctions, 'conclude'>): State {
  const rolledBack = Fail.jsonata(scope, 'RolledBack', { error: 'RolledBack', cause: jsonata('$concluded.reason') });
  const unrecorded = Fail.jsonata(scope, 'RollbackNotRecorded', {
    error: 'RolledBack',
    cause: jsonata('"rolled back: " & $reason & "; the rollback could not be recorded: " & $unrecorded'),
  });
  const task = call(scope, 'RecordRollback', {
    lambda: conclude,
    payload: {
      ...DOCUMENT,
      outcome: 'rolled-back',
      verdictAt: jsonata('$verdictAt'),
      verifiedAt: jsonata('$verifiedAt'),
      leftover: jsonata('$leftover'),
    },
    into: 'concluded',
    onError: unrecorded,
    errorInto: 'unrecorded',
  });
  task.next(rolledBack);
  return task;
}
