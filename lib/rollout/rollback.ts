import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, type IStateMachine, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { AssayFunction } from '../shared/assay-function';
import { machineLogs } from '../shared/machine-logs';
import type { EnvironmentArns } from './arns';
import { ROLLOUT_ENV } from './contract';
import type { RolloutTableRef } from './rollout-table';
import { takeBackStates } from './states/take-back';
import { allowTable } from './table-access';

export interface RollbackProps {
  readonly endpointName: string;
  readonly arns: EnvironmentArns;
  readonly rolloutTable: RolloutTableRef;
  readonly modelPackageGroup: string;
  /** Functions that the rollout has, too. */
  readonly shared: {
    readonly lock: LambdaFunction;
    readonly converge: LambdaFunction;
    readonly endToEnd: LambdaFunction;
  };
  /** Machines that change the endpoint: one of their executions is stopped when it has the lock. */
  readonly preempts: readonly StateMachine[];
}

/** A cold rollback, and the removal of what was left, take an hour each at most. */
const MAX_ROLLBACK = Duration.hours(4);

/**
 * The way back of production: a state machine that people start, and that a rejection of the live release in the
 * registry starts.
 */
export class Rollback extends Construct {
  readonly stateMachine: StateMachine;
  private readonly plan: LambdaFunction;
  private readonly preempt: LambdaFunction;
  private readonly record: LambdaFunction;
  private readonly rejection: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RollbackProps,
  ) {
    super(scope, id);
    const { endpointName, arns } = props;
    this.plan = this.handler('Plan', 'rollback-plan', `Says how ${endpointName} goes back to an earlier release`);
    this.preempt = this.handler('Preempt', 'preempt', `Stops what holds ${endpointName} when it has to go back`);
    this.record = this.handler('Record', 'rollback-record', `Writes down who took ${endpointName} back and why`);
    this.rejection = this.handler('Rejection', 'rejection', `Takes a rejected release out of ${endpointName}`);
    for (const reader of [this.plan, this.rejection]) this.allowReads(reader);
    allowTable(this.preempt, this.items, 'GetItem', 'UpdateItem');
    allowTable(this.record, this.items, 'GetItem', 'PutItem', 'UpdateItem');
    allow(this.record, ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'], [arns.packages]);
    const { plan, preempt, record } = this;
    this.stateMachine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(
        takeBackStates(new Construct(this, 'States'), { ...props.shared, plan, preempt, record }),
      ),
      queryLanguage: QueryLanguage.JSONATA,
      timeout: MAX_ROLLBACK,
      tracingEnabled: true,
      logs: machineLogs(this, 'Logs'),
    });
    this.allowExecutions();
    this.onRejection();
  }

  private get items() {
    return { table: this.props.rolloutTable, endpointName: this.props.endpointName };
  }

  private handler(id: string, file: string, description: string): LambdaFunction {
    return new AssayFunction(this, id, {
      entry: `lambda/rollout/${file}.ts`,
      description,
      environment: { [ROLLOUT_ENV.endpoint]: this.props.endpointName },
    });
  }

  private allowReads(handler: LambdaFunction): void {
    const { arns } = this.props;
    allow(handler, ['sagemaker:DescribeEndpoint'], [arns.endpoint]);
    allow(handler, ['sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'], [arns.configs, arns.models]);
    allow(handler, ['sagemaker:DescribeModelPackage'], [arns.packages]);
    allowTable(handler, this.items, 'GetItem', 'Query');
  }

  /** Beside the functions' own policies: the machine depends on the functions, and they must not depend on it. */
  private allowExecutions(): void {
    const { preempts } = this.props;
    const all = [...preempts, this.stateMachine].map(executionsOf);
    const policy = (id: string, handler: LambdaFunction, ...statements: PolicyStatement[]) => {
      if (handler.role !== undefined) new Policy(this, id, { roles: [handler.role], statements });
    };
    const look = () => new PolicyStatement({ actions: ['states:DescribeExecution'], resources: all });
    const stop = new PolicyStatement({ actions: ['states:StopExecution'], resources: preempts.map(executionsOf) });
    policy('PreemptExecutions', this.preempt, look(), stop);
  }

  private onRejection(): void {
    const { modelPackageGroup, endpointName } = this.props;
    this.rejection.addEnvironment(ROLLOUT_ENV.rollbackMachine, this.stateMachine.stateMachineArn);
    this.stateMachine.grantStartExecution(this.rejection);
    new Rule(this, 'Rejected', {
      description: `Somebody rejected a release of ${modelPackageGroup}; if ${endpointName} serves it, it goes back`,
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Model Package State Change'],
        detail: { ModelPackageGroupName: [modelPackageGroup], ModelApprovalStatus: ['Rejected'] },
      },
      targets: [new LambdaTarget(this.rejection, { retryAttempts: 3 })],
    });
  }
}

const executionsOf = (machine: IStateMachine & Pick<StateMachine, 'stateMachineName'>): string =>
  Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const allow = (target: LambdaFunction, actions: string[], resources: string[]): void =>
  target.addToRolePolicy(new PolicyStatement({ actions, resources }));
