import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';

/** What the production machine calls. */
export interface RolloutFunctions {
  readonly lock: IFunction;
  readonly plan: IFunction;
  readonly converge: IFunction;
  readonly endToEnd: IFunction;
  readonly judge: IFunction;
  readonly conclude: IFunction;
  readonly settle: IFunction;
  /** The machine that removes the old variant some time after a promotion. */
  readonly retirement: IStateMachine;
}
