import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Choice, Condition, Fail, type IChainable, Pass, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { converge } from './converge';
import { AT_REST, EXECUTION, jsonata } from './expressions';
import { Ends } from './lock';
import { choosePlanKind, planIs } from './plan-kind';

/** What the Rollback machine calls. */
export interface TakeBackFunctions {
  readonly lock: IFunction;
  readonly plan: IFunction;
  readonly preempt: IFunction;
  readonly converge: IFunction;
  readonly record: IFunction;
  readonly endToEnd: IFunction;
}

/** Looks at an endpoint that is being changed: ten minutes with a wait of five seconds, plus the looks themselves. */
const MAX_PLAN_READS = 120;

const RECORD = {
  plan: jsonata('$planned.plan'),
  holder: EXECUTION,
  runId: jsonata('$runId'),
  by: jsonata('$by'),
  reason: jsonata('$why'),
  kind: jsonata('$kind'),
  askedAt: jsonata('$askedAt'),
};

/**
 * Production goes back to an earlier release. First only a look, so that what cannot be done stops no rollout; then the
 * lock is taken from whoever has it, and everything after it is planned from the endpoint as it is then.
 */
export function takeBackStates(scope: Construct, functions: TakeBackFunctions): IChainable {
  const refused = Fail.jsonata(scope, 'Refused', { error: 'Refused', cause: jsonata('$reason') });
  const ends = new Ends(scope, functions.lock, '$result');
  const planned = planStates(scope, functions, ends);
  const preempt = call(scope, 'Preempt', {
    lambda: functions.preempt,
    payload: { holder: EXECUTION, by: jsonata('$by'), reason: jsonata('$why') },
    into: 'preempted',
    onError: refused,
  });
  preempt.next(planned);
  const look = call(scope, 'Look', {
    lambda: functions.plan,
    payload: { to: jsonata('$to') },
    into: 'planned',
    assign: { reason: jsonata('$states.result.Payload.reason') },
    onError: refused,
  });
  look.next(
    Choice.jsonata(scope, 'Possible?')
      .when(Condition.jsonata(jsonata(planIs('refused'))), refused)
      .otherwise(preempt),
  );
  const input = (name: string, otherwise: string): string =>
    jsonata(`$exists($states.input.${name}) ? $states.input.${name} : ${otherwise}`);
  const begin = Pass.jsonata(scope, 'Begin', {
    assign: {
      runId: jsonata('$states.context.Execution.Name'),
      to: input('to', '""'),
      by: input('by', '$states.context.Execution.Name'),
      why: input('reason', '"no reason given"'),
      kind: input('kind', '"manual"'),
      askedAt: jsonata('$states.context.Execution.StartTime'),
      convergence: AT_REST,
      planReads: 0,
      reason: '',
      leftover: '',
    },
  });
  return begin.next(look);
}

/** With the lock: plan, wait for a change that is under way, and move the traffic. */
function planStates(scope: Construct, functions: TakeBackFunctions, ends: Ends): State {
  const failed = ends.bad(
    'RollbackFailed',
    'RollbackFailed',
    '"ROLLBACK FAILED: " & $reason & "; act now: docs/runbook.md#rollback-failed"',
  );
  const traffic = converge(scope, 'Traffic', {
    lambda: functions.converge,
    target: '$planned.plan.traffic',
    maxAsks: 3,
    urgent: true,
    pollEvery: Duration.seconds(5),
    onError: failed,
    next: afterwards(scope, functions, ends),
  });
  // Whoever finds this rollback cut short has to know where it was going; the traffic does not wait for it, though.
  const intend = call(scope, 'RecordIntention', {
    lambda: functions.record,
    payload: RECORD,
    into: 'recorded',
    onError: traffic,
    attempts: 1,
  });
  intend.next(traffic);
  const plan = call(scope, 'Plan', {
    lambda: functions.plan,
    payload: { to: jsonata('$to'), unfinished: jsonata('$planned.unfinished') },
    into: 'planned',
    assign: { planReads: jsonata('$planReads + 1'), reason: jsonata('$states.result.Payload.reason') },
    onError: failed,
  });
  choosePlanKind(scope, {
    plan,
    leads: [[planIs('rollback'), intend]],
    lookEvery: Duration.seconds(5),
    maxReads: MAX_PLAN_READS,
    otherwise: failed,
  });
  return plan;
}

/** The traffic is back: write it down, check who serves now, and leave no other variant behind. */
function afterwards(scope: Construct, functions: TakeBackFunctions, ends: Ends): State {
  const notRecorded = ends.bad(
    'NotRecorded',
    'NotRecorded',
    '"every request is back at release " & $planned.plan.to.releaseId & ", but that could not be recorded: " & $reason',
  );
  const record = call(scope, 'RecordRollback', {
    lambda: functions.record,
    payload: { ...RECORD, verifiedAt: jsonata('$verifiedAt') },
    into: 'recorded',
    onError: notRecorded,
  });
  record.next(checkStates(scope, functions, cleanUp(scope, functions, ends)));
  const verified = Pass.jsonata(scope, 'Verified', { assign: { verifiedAt: jsonata('$convergence.at') } });
  verified.next(record);
  return verified;
}

/** A check that fails changes nothing any more: who called is told. */
function checkStates(scope: Construct, functions: TakeBackFunctions, next: State): State {
  const unchecked = Pass.jsonata(scope, 'CheckImpossible', {
    assign: { checked: { verdict: 'inconclusive', reason: jsonata('$unchecked') } },
  });
  unchecked.next(next);
  const check = call(scope, 'CheckServingVariant', {
    lambda: functions.endToEnd,
    payload: { runId: jsonata('$planned.runId'), targetVariant: jsonata('$planned.plan.to.variant') },
    into: 'checked',
    onError: unchecked,
    errorInto: 'unchecked',
    timeout: Duration.minutes(11),
  });
  check.next(next);
  return check;
}

function cleanUp(scope: Construct, functions: TakeBackFunctions, ends: Ends): State {
  const done = ends.good('RolledBack');
  const result = Pass.jsonata(scope, 'ReleaseAlone', {
    assign: {
      result: jsonata(
        '$merge([$recorded, {"verdict": $checked.verdict, "reason": $recorded.reason' +
          ' & ($checked.verdict = "pass" ? "" : "; its checks say " & $checked.verdict & ": " & $checked.reason)' +
          ' & ($leftover = "" ? "" : "; the other variant could not be removed: " & $leftover)}])',
      ),
    },
  });
  result.next(done);
  return converge(scope, 'RemoveOtherVariant', {
    lambda: functions.converge,
    target: '$planned.plan.alone',
    maxAsks: 2,
    onError: result,
    errorInto: 'leftover',
    next: result,
  });
}
