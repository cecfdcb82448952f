import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { AssayFunction } from '../shared/assay-function';
import { machineLogs } from '../shared/machine-logs';
import type { EnvironmentArns } from './arns';
import { ROLLOUT_ENV } from './contract';
import type { RolloutTableRef } from './rollout-table';
import { drillStates } from './states/drill';
import { allowTable } from './table-access';

export interface DrillProps {
  readonly endpointName: string;
  readonly arns: EnvironmentArns;
  readonly rolloutTable: RolloutTableRef;
  /** Functions that the deployment has, too. */
  readonly shared: { readonly lock: LambdaFunction; readonly converge: LambdaFunction };
}

/** Adding and removing the twin take an hour each at most. */
const MAX_DRILL = Duration.hours(4);

/** The way back, rehearsed on staging: a state machine that measures how long it takes. */
export class Drill extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { endpointName, arns, rolloutTable, shared }: DrillProps) {
    super(scope, id);
    const handler = (name: string, file: string, description: string): LambdaFunction =>
      new AssayFunction(this, name, {
        entry: `lambda/rollout/${file}.ts`,
        description,
        environment: { [ROLLOUT_ENV.endpoint]: endpointName },
      });
    const plan = handler('Plan', 'drill-plan', `Plans a rehearsed rollback of ${endpointName}`);
    const record = handler('Record', 'drill-record', `Writes down how long ${endpointName} took to go back`);
    const allow = (actions: string[], resources: string[]): void =>
      plan.addToRolePolicy(new PolicyStatement({ actions, resources }));
    allow(['sagemaker:DescribeEndpoint'], [arns.endpoint]);
    allow(['sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'], [arns.configs, arns.models]);
    allowTable(record, { table: rolloutTable, endpointName }, 'PutItem');
    this.stateMachine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(
        drillStates(new Construct(this, 'States'), { ...shared, plan, record }),
      ),
      queryLanguage: QueryLanguage.JSONATA,
      timeout: MAX_DRILL,
      tracingEnabled: true,
      logs: machineLogs(this, 'Logs'),
    });
  }
}
