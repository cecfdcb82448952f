import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/** What the production machine calls. */
export interface RolloutFunctions {
  readonly plan: IFunction;
  readonly converge: IFunction;
  readonly endToEnd: IFunction;
  readonly judge: IFunction;
  readonly conclude: IFunction;
}
