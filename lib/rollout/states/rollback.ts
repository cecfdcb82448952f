import { Duration } from 'aws-cdk-lib';
import { Pass, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { recordRollback } from './conclude';
import { converge } from './converge';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';
import type { Ends } from './lock';
import { markOf } from './mark';

/**
 * One weight change gives the serving variant every request again; then the failed variant is removed and all of it
 * written down. A first release has no other variant: its endpoint is deleted, which nobody has used yet.
 */
export function rollbackStates(scope: Construct, functions: RolloutFunctions, ends: Ends): State {
  const record = recordRollback(scope, { functions, ends });
  const remove = converge(scope, 'RemoveFailedVariant', {
    lambda: functions.converge,
    target: '$planned.plan.restore',
    maxAsks: 2,
    // Traffic is safe already: what stayed behind is reported with the rollback.
    onError: record,
    errorInto: 'leftover',
    next: record,
  });
  const verified = Pass.jsonata(scope, 'RollbackVerified', { assign: { verifiedAt: jsonata('$convergence.at') } });
  verified.next(remove);
  const stuck = ends.bad(
    'RollbackFailed',
    'RollbackFailed',
    '"ROLLBACK FAILED: " & $stuck & "; it was asked for because " & $reason & "; act now: docs/runbook.md#rollback-failed"',
  );
  const traffic = converge(scope, 'RollBackTraffic', {
    lambda: functions.converge,
    target: '$planned.plan.rollback',
    maxAsks: 10,
    mark: markOf('{"phase": "rollback", "reason": $reason, "verdictAt": $verdictAt, "first": $planned.plan.first}'),
    urgent: true,
    pollEvery: Duration.seconds(5),
    attempts: 20,
    onError: stuck,
    errorInto: 'stuck',
    // Every error leads here, so this is where an execution learns that the endpoint is not its own any more.
    onLockLost: ends.bad('TakenOver', 'TakenOver', '$reason'),
    next: verified,
  });
  const begin = Pass.jsonata(scope, 'RollBack', {
    // A rollback that goes on after a crash keeps the time of its verdict.
    assign: { verdictAt: jsonata('$verdictAt = "" ? $now() : $verdictAt') },
  });
  begin.next(traffic);
  return begin;
}
