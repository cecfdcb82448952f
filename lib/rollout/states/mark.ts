import { jsonata } from './expressions';

/** What is written into the lock before a change: how far this rollout has come. @param phase JSONata of a RolloutPhase */
export const markOf = (phase: string): string =>
  `$merge([{"runId": $runId, "modelPackageArn": $planned.modelPackageArn, "execution": $states.context.Execution.Id, "progress": $progress}, ${phase}])`;

/** The same for the rollout that was abandoned, so that its way back is gone on with by whoever comes next. */
export const LEFT_MARK =
  '$merge([$mark, {"phase": "rollback", "reason": $planned.plan.reason, "verdictAt": $verdictAt, "first": $planned.plan.first}])';

/** The present progress, and that of an execution that was cut short as far as it is known. */
const RESUMED = '$progress, $exists($planned.plan.resume.progress) ? $planned.plan.resume.progress : {}';

export const resumedProgress = (more = '{}'): string => jsonata(`$merge([${RESUMED}, ${more}])`);
