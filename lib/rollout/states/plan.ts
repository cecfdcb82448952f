import { Duration } from 'aws-cdk-lib';
import { type IChainable, Pass, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { PLAN_INPUT } from './begin';
import { call } from './call';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';
import type { Ends } from './lock';
import { resumedProgress } from './mark';
import { choosePlanKind, planIs } from './plan-kind';
import { endAbandoned, recordServing } from './tidy';

/** Times the plan is made anew while another change of the endpoint is under way: ten minutes. */
const MAX_PLAN_READS = 40;

export interface PlanStatesProps {
  readonly functions: Pick<RolloutFunctions, 'plan' | 'converge' | 'conclude'>;
  readonly ends: Ends;
  readonly deploy: IChainable;
  /** The canary's first state, where an execution that was cut short goes on. */
  readonly shift: IChainable;
  readonly rollBack: IChainable;
  readonly unchanged: IChainable;
  readonly refused: IChainable;
}

/** Plan, and what each kind of plan leads to. Nothing was changed yet, so every failure here just ends. */
export function planStates(scope: Construct, props: PlanStatesProps): State {
  const { functions, ends, deploy, shift, rollBack, unchanged, refused } = props;
  const plan = call(scope, 'Plan', {
    lambda: functions.plan,
    payload: PLAN_INPUT,
    into: 'planned',
    assign: {
      planReads: jsonata('$planReads + 1'),
      reason: jsonata('$exists($states.result.Payload.plan.reason) ? $states.result.Payload.plan.reason : ""'),
    },
    onError: refused,
  });
  const resumeStep = Pass.jsonata(scope, 'ResumeStep', {
    assign: { progress: resumedProgress('{"step": $planned.plan.resume.step}') },
  });
  resumeStep.next(shift);
  const resumeRollback = Pass.jsonata(scope, 'ResumeRollback', {
    assign: {
      progress: resumedProgress(),
      reason: jsonata('$planned.plan.resume.reason'),
      verdictAt: jsonata('$planned.plan.resume.verdictAt'),
    },
  });
  resumeRollback.next(rollBack);
  const resumes = (at: string) => `$exists($planned.plan.resume) and $planned.plan.resume.at = "${at}"`;
  const again = `$planReads < ${MAX_PLAN_READS}`;
  choosePlanKind(scope, {
    plan,
    leads: [
      [resumes('rollback'), resumeRollback],
      [resumes('step'), resumeStep],
      [`${planIs('abandoned')} and ${again}`, endAbandoned(scope, { functions, ends, plan })],
      [`${planIs('unrecorded')} and ${again}`, recordServing(scope, { functions, ends, plan })],
      [planIs('deploy'), deploy],
      [planIs('unchanged'), unchanged],
    ],
    lookEvery: Duration.seconds(15),
    maxReads: MAX_PLAN_READS,
    otherwise: refused,
  });
  return plan;
}
