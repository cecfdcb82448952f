import { Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { AT_REST, jsonata } from './expressions';

/** Takes the machine's input apart into variables; an input without an ARN leaves it to the run's registration. */
export const begin = (scope: Construct): Pass =>
  Pass.jsonata(scope, 'Begin', {
    assign: {
      runId: jsonata('$states.input.runId'),
      modelPackageArn: jsonata('$exists($states.input.modelPackageArn) ? $states.input.modelPackageArn : ""'),
      convergence: AT_REST,
      progress: { step: 0, looks: 0, startedAt: '', history: [] },
      planReads: 0,
      lockAsks: 0,
      reason: '',
      leftover: '',
      verdictAt: '',
      unsettled: '',
    },
  });

/** The plan function's event. */
export const PLAN_INPUT = {
  runId: jsonata('$runId'),
  modelPackageArn: jsonata('$modelPackageArn'),
  mark: jsonata('$mark'),
};
