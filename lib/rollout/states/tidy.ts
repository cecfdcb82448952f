import { Pass, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { converge } from './converge';
import { ENTERED, EXECUTION, jsonata } from './expressions';
import type { RolloutFunctions } from './functions';
import type { Ends } from './lock';
import { LEFT_MARK } from './mark';

export interface TidyProps {
  readonly functions: Pick<RolloutFunctions, 'converge' | 'conclude'>;
  readonly ends: Ends;
  /** Where the release at hand is planned anew. */
  readonly plan: State;
}

/**
 * The rollout of another release that was cut short goes back, is written down and its release rejected, whatever
 * becomes of the release at hand then.
 */
export function endAbandoned(scope: Construct, { functions, ends, plan }: TidyProps): State {
  const record = call(scope, 'RecordAbandoned', {
    lambda: functions.conclude,
    payload: {
      outcome: 'rolled-back',
      runId: jsonata('$planned.plan.runId'),
      modelPackageArn: jsonata('$planned.plan.modelPackageArn'),
      plan: jsonata('$planned.plan'),
      progress: jsonata('$planned.plan.progress'),
      reason: jsonata('$planned.plan.reason'),
      holder: EXECUTION,
      at: ENTERED,
      verdictAt: jsonata('$verdictAt'),
      verifiedAt: jsonata('$convergence.at'),
    },
    into: 'concluded',
    assign: { verdictAt: '', mark: jsonata('null') },
    onError: ends.bad(
      'AbandonedNotRecorded',
      'NotRecorded',
      '"the rollout of run " & $planned.plan.runId & " was taken back, but that could not be recorded: " & $reason',
    ),
  });
  record.next(plan);
  const back = converge(scope, 'TakeBackAbandoned', {
    lambda: functions.converge,
    target: '$planned.plan.rollback',
    maxAsks: 10,
    mark: LEFT_MARK,
    onLockLost: ends.bad('AbandonedTakenOver', 'TakenOver', '$reason'),
    onError: ends.bad(
      'AbandonedNotTakenBack',
      'RollbackFailed',
      '"ROLLBACK FAILED: " & $reason & "; the rollout of run " & $planned.plan.runId & " has to go back; act now: docs/runbook.md#rollback-failed"',
    ),
    next: record,
  });
  const begin = Pass.jsonata(scope, 'Abandoned', {
    assign: { verdictAt: jsonata('$planned.plan.verdictAt = "" ? $now() : $planned.plan.verdictAt') },
  });
  begin.next(back);
  return begin;
}

/** The release that serves gets its record before anything can replace it: without one nothing leads back to it. */
export function recordServing(scope: Construct, { functions, ends, plan }: TidyProps): State {
  const record = call(scope, 'RecordServing', {
    lambda: functions.conclude,
    payload: { outcome: 'found', plan: jsonata('$planned.plan'), holder: EXECUTION, at: ENTERED },
    into: 'concluded',
    onError: ends.bad(
      'ServingNotRecorded',
      'Refused',
      '"the release that serves is not on record, and could not be recorded: " & $reason',
    ),
  });
  record.next(plan);
  return record;
}
