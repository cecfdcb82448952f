import { Duration } from 'aws-cdk-lib';
import { Fail, Pass, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { recordRollback } from './conclude';
import { converge } from './converge';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';

/**
 * One weight change gives the serving variant every request again; then the failed variant is removed and all of it
 * written down. A first release has no other variant: its endpoint is deleted, which nobody has used yet.
 */
export function rollbackStates(scope: Construct, functions: RolloutFunctions): State {
  const record = recordRollback(scope, functions);
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
  const stuck = Fail.jsonata(scope, 'RollbackFailed', {
    error: 'RollbackFailed',
    cause: jsonata(
      '"ROLLBACK FAILED: " & $stuck & "; it was asked for because " & $reason & "; act now: docs/runbook.md#rollback-failed"',
    ),
  });
  const traffic = converge(scope, 'RollBackTraffic', {
    lambda: functions.converge,
    target: '$planned.plan.rollback',
    maxAsks: 10,
    pollEvery: Duration.seconds(5),
    attempts: 6,
    onError: stuck,
    errorInto: 'stuck',
    next: verified,
  });
  const begin = Pass.jsonata(scope, 'RollBack', { assign: { verdictAt: jsonata('$now()') } });
  begin.next(traffic);
  return begin;
}
