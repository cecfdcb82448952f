import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IChainable, State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { ENTERED, EXECUTION, jsonata } from './expressions';
import type { RolloutFunctions } from './functions';
import type { Ends } from './lock';

const DOCUMENT = {
  runId: jsonata('$runId'),
  modelPackageArn: jsonata('$planned.modelPackageArn'),
  plan: jsonata('$planned.plan'),
  progress: jsonata('$progress'),
  reason: jsonata('$reason'),
  holder: EXECUTION,
  at: ENTERED,
};

/** The ends of a rollout that went well. */
export interface GoodEnds {
  readonly promoted: State;
  readonly unchanged: State;
}

export interface GoodEndsProps {
  readonly functions: Pick<RolloutFunctions, 'conclude' | 'settle'>;
  readonly ends: Ends;
  /** Where a promotion leads that has been settled; it goes on to `promoted`. */
  readonly keepWarm: (promoted: State) => State;
}

export function goodEnds(scope: Construct, { functions, ends, keepWarm }: GoodEndsProps): GoodEnds {
  // The release serves; only what comes after it failed. Rolling back would be wrong, hiding it too.
  const unrecorded = ends.bad(
    'NotRecorded',
    'NotRecorded',
    '"the rollout went well, but what comes after it did not: " & $reason',
  );
  const end = (id: string, outcome: 'promoted' | 'unchanged', next: IChainable): State => {
    const task = call(scope, `Record${id}`, {
      lambda: functions.conclude,
      payload: { ...DOCUMENT, outcome },
      into: 'concluded',
      onError: unrecorded,
    });
    const settled = settle(scope, `Settle${id}`, {
      lambda: functions.settle,
      retain: true,
      next,
      onError: unrecorded,
    });
    task.next(settled);
    return task;
  };
  return {
    promoted: end('Promotion', 'promoted', keepWarm(ends.good('Promoted'))),
    unchanged: end('Unchanged', 'unchanged', ends.good('Unchanged')),
  };
}

export interface SettleProps {
  readonly lambda: IFunction;
  /** Whether configurations and models that nobody needs are deleted. */
  readonly retain: boolean;
  readonly next: IChainable;
  readonly onError: IChainable;
  /** @default 'reason' */
  readonly errorInto?: string;
}

/** The endpoint has come to rest: autoscaling on again, leftovers away. */
export function settle(scope: Construct, id: string, { lambda, retain, next, ...rest }: SettleProps): State {
  const task = call(scope, id, {
    ...rest,
    lambda,
    payload: { holder: EXECUTION, ...(retain ? { retain: jsonata('$planned.plan.rules.retain') } : {}) },
    into: 'settled',
  });
  task.next(next);
  return task;
}

/** Writes down a rollback and ends the execution as failed, with the reason and the time it took. */
export function recordRollback(
  scope: Construct,
  { functions, ends }: { readonly functions: Pick<RolloutFunctions, 'conclude' | 'settle'>; readonly ends: Ends },
): State {
  const rolledBack = ends.bad(
    'RolledBack',
    'RolledBack',
    '$concluded.reason & ($unsettled = "" ? "" : "; autoscaling could not be put on again: " & $unsettled)',
  );
  const unrecorded = ends.bad(
    'RollbackNotRecorded',
    'RolledBack',
    '"rolled back: " & $reason & "; the rollback could not be recorded: " & $unrecorded',
  );
  const task = call(scope, 'RecordRollback', {
    lambda: functions.conclude,
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
  const settled = settle(scope, 'SettleRollback', {
    lambda: functions.settle,
    retain: false,
    next: rolledBack,
    onError: rolledBack,
    errorInto: 'unsettled',
  });
  task.next(settled);
  return task;
}
