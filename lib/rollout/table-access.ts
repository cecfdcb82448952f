import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ROLLOUT_ENV } from './contract';
import type { RolloutTableRef } from './rollout-table';

export type TableAction = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** Lets a function at the items of one endpoint, and tells it where they are. */
export function allowTable(
  fn: LambdaFunction,
  { table, endpointName }: { readonly table: RolloutTableRef; readonly endpointName: string },
  ...actions: readonly TableAction[]
): void {
  fn.addEnvironment(ROLLOUT_ENV.table, table.tableName);
  fn.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [endpointName] } },
    }),
  );
}
