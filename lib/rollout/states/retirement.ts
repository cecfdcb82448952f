import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Choice, Condition, type IChainable, Pass, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { settle } from './conclude';
import { converge } from './converge';
import { AT_REST, jsonata } from './expressions';
import { Ends, takeLock } from './lock';

export interface RetirementFunctions {
  readonly lock: IFunction;
  readonly retire: IFunction;
  readonly converge: IFunction;
  readonly settle: IFunction;
}

/** Times to look again at an endpoint that is being changed: ten minutes. */
const MAX_READS = 40;

/** Wait as long as the old release is to stand by, then remove it, unless a later rollout has other plans. */
export function retirementStates(scope: Construct, functions: RetirementFunctions): IChainable {
  const ends = new Ends(scope, functions.lock);
  const gone = ends.good('Retired');
  const left = ends.good('LeftToOthers');
  const failed = ends.bad('RetirementFailed', 'RetirementFailed', '"the old variant could not be removed: " & $reason');
  const remove = converge(scope, 'RemoveOldVariant', {
    lambda: functions.converge,
    target: '$retirement.target',
    maxAsks: 2,
    onError: failed,
    next: settle(scope, 'Settle', { lambda: functions.settle, retain: false, next: gone, onError: failed }),
  });
  const look = call(scope, 'LookBeforeRetiring', {
    lambda: functions.retire,
    payload: { runId: jsonata('$runId') },
    into: 'retirement',
    assign: { reads: jsonata('$reads + 1'), reason: jsonata('$states.result.Payload.reason') },
    onError: failed,
  });
  const again = Wait.jsonata(scope, 'WaitForEndpoint', { time: WaitTime.duration(Duration.seconds(15)) });
  again.next(look);
  look.next(
    Choice.jsonata(scope, 'Retire?')
      .when(Condition.jsonata(jsonata('$retirement.kind = "retire"')), remove)
      .when(Condition.jsonata(jsonata(`$retirement.kind = "wait" and $reads < ${MAX_READS}`)), again)
      .otherwise(left),
  );
  return Pass.jsonata(scope, 'Begin', {
    assign: {
      runId: jsonata('$states.input.runId'),
      keepWarmSeconds: jsonata('$states.input.keepWarmSeconds'),
      convergence: AT_REST,
      lockAsks: 0,
      reads: 0,
      reason: '',
    },
  })
    .next(Wait.jsonata(scope, 'StandBy', { time: WaitTime.seconds(jsonata('$keepWarmSeconds')) }))
    .next(takeLock(scope, { lock: functions.lock, action: 'retirement', taken: look, refused: left }));
}
