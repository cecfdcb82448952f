import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { AssayFunction } from '../shared/assay-function';
import { ROLLOUT_ENV } from './contract';
import type { RolloutTableRef } from './rollout-table';
import { allowTable } from './table-access';

export interface LockFunctionProps {
  readonly endpointName: string;
  readonly table: RolloutTableRef;
}

/** Takes the endpoint's lock for executions, and gives it back. */
export class LockFunction extends Construct {
  readonly function: LambdaFunction;
  private readonly holders: Policy;

  constructor(scope: Construct, id: string, { endpointName, table }: LockFunctionProps) {
    super(scope, id);
    this.function = new AssayFunction(this, 'Function', {
      entry: 'lambda/rollout/lock.ts',
      description: `Lets one execution at a time change ${endpointName}`,
      environment: { [ROLLOUT_ENV.endpoint]: endpointName },
    });
    allowTable(this.function, { table, endpointName }, 'GetItem', 'UpdateItem', 'DeleteItem');
    this.holders = new Policy(this, 'Holders');
    if (this.function.role !== undefined) this.holders.attachToRole(this.function.role);
  }

  /**
   * Lets the function see whether executions of these machines have ended, so that their lock can be taken over. The
   * policy stands beside the function's own: the machines depend on the function, and it must not depend on them.
   */
  allowHolders(...machines: readonly StateMachine[]): void {
    this.holders.addStatements(
      new PolicyStatement({
        actions: ['states:DescribeExecution'],
        resources: machines.map((machine) =>
          Stack.of(this).formatArn({
            service: 'states',
            resource: 'execution',
            resourceName: `${machine.stateMachineName}:*`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ),
      }),
    );
  }
}
