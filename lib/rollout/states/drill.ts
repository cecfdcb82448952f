import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Fail, type IChainable, Pass, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { converge } from './converge';
import { AT_REST, jsonata } from './expressions';
import { Ends, takeLock } from './lock';
import { choosePlanKind, planIs } from './plan-kind';

/** What the Drill machine calls. */
export interface DrillFunctions {
  readonly lock: IFunction;
  readonly plan: IFunction;
  readonly converge: IFunction;
  readonly record: IFunction;
}

/** Looks at an endpoint that is being changed: ten minutes. */
const MAX_PLAN_READS = 40;

/**
 * A rollback rehearsed on staging: a twin is added, gets all traffic and loses it again, which is what is timed; then
 * the endpoint is as it was. Whatever fails, the twin goes away.
 */
export function drillStates(scope: Construct, functions: DrillFunctions): IChainable {
  const { lock } = functions;
  const ends = new Ends(scope, lock, '$result');
  const refused = Fail.jsonata(scope, 'Refused', { error: 'Refused', cause: jsonata('$reason') });
  const begin = Pass.jsonata(scope, 'Begin', {
    assign: {
      runId: jsonata('$states.context.Execution.Name'),
      by: jsonata('$exists($states.input.by) ? $states.input.by : $states.context.Execution.Name'),
      convergence: AT_REST,
      planReads: 0,
      lockAsks: 0,
      reason: '',
    },
  });
  return begin.next(takeLock(scope, { lock, action: 'rollback', taken: planDrill(scope, functions, ends), refused }));
}

function planDrill(scope: Construct, functions: DrillFunctions, ends: Ends): State {
  const refused = ends.bad('DrillRefused', 'Refused', '$reason');
  const plan = call(scope, 'Plan', {
    lambda: functions.plan,
    payload: {},
    into: 'planned',
    assign: { planReads: jsonata('$planReads + 1'), reason: jsonata('$states.result.Payload.reason') },
    onError: refused,
  });
  const start = Pass.jsonata(scope, 'BeginTwin', { assign: { addedFrom: jsonata('$now()') } });
  start.next(rehearse(scope, functions, ends));
  choosePlanKind(scope, {
    plan,
    leads: [[planIs('drill'), start]],
    lookEvery: Duration.seconds(15),
    maxReads: MAX_PLAN_READS,
    otherwise: refused,
  });
  return plan;
}

/** Add, shift, and back; the states are made from the last to the first. */
function rehearse(scope: Construct, functions: DrillFunctions, ends: Ends): State {
  const lambda = functions.converge;
  const abandoned = converge(scope, 'RemoveTwin', {
    lambda,
    target: '$planned.plan.remove',
    maxAsks: 2,
    onError: ends.bad('TwinLeft', 'DrillFailed', '"the drill failed, and left its twin on staging: " & $reason'),
    next: ends.bad('DrillFailed', 'DrillFailed', '"the drill failed: " & $failure'),
  });
  const phase = { lambda, maxAsks: 2, onError: abandoned, errorInto: 'failure' };
  const back = converge(scope, 'TakeBack', {
    ...phase,
    target: '$planned.plan.back',
    // As the real one does.
    pollEvery: Duration.seconds(5),
    next: finish(scope, functions, ends),
  });
  const begin = Pass.jsonata(scope, 'TakeBackNow', { assign: { askedAt: jsonata('$now()') } });
  begin.next(back);
  const away = converge(scope, 'ShiftToTwin', { ...phase, target: '$planned.plan.away', next: begin });
  const added = Pass.jsonata(scope, 'AddTwinDone', { assign: { addedAt: jsonata('$convergence.at') } });
  added.next(away);
  return converge(scope, 'AddTwin', { ...phase, target: '$planned.plan.add', next: added });
}

function finish(scope: Construct, functions: DrillFunctions, ends: Ends): State {
  const record = call(scope, 'RecordDrill', {
    lambda: functions.record,
    payload: {
      plan: jsonata('$planned.plan'),
      by: jsonata('$by'),
      addedFrom: jsonata('$addedFrom'),
      addedAt: jsonata('$addedAt'),
      askedAt: jsonata('$askedAt'),
      verifiedAt: jsonata('$verifiedAt'),
    },
    into: 'result',
    onError: ends.bad('NotRecorded', 'NotRecorded', '"the drill went well, but could not be recorded: " & $reason'),
  });
  record.next(ends.good('Rehearsed'));
  const verified = Pass.jsonata(scope, 'Verified', { assign: { verifiedAt: jsonata('$convergence.at') } });
  verified.next(
    converge(scope, 'RestoreEndpoint', {
      lambda: functions.converge,
      target: '$planned.plan.remove',
      maxAsks: 2,
      onError: ends.bad('TwinStays', 'DrillFailed', '"the drill left its twin on staging: " & $reason'),
      next: record,
    }),
  );
  return verified;
}
