import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, type IChainable, LogLevel, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EndToEndFunction } from '../serving/end-to-end-function';
import { EnvironmentArns } from './arns';
import { type EnvironmentName, endpointName } from './contract';
import { ExecutionRole } from './execution-role';
import { CanaryFunctions, DeploymentFunctions } from './functions';
import { productionStates } from './states/production';
import { stagingStates } from './states/staging';
import { EndpointAlarms } from './variant-alarms';

export interface ServingEnvironmentProps {
  readonly application: string;
  readonly environment: EnvironmentName;
  /** SageMaker instance type of new variants, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly artifactBucket: IBucket;
  readonly modelPackageGroupArn: string;
}

/**
 * One endpoint and the state machine that owns it. CloudFormation does not know the endpoint: a deployment of the app
 * never touches live traffic.
 */
export class ServingEnvironment extends Construct {
  /** `<application>-<environment>`. */
  readonly endpointName: string;
  /** `Deployment` in staging, `Rollout` in production. Input: `StageInput`. */
  readonly stateMachine: StateMachine;
  /** Takes CodePipeline jobs and calls of state machines alike. */
  readonly endToEndFunction: LambdaFunction;
  /** The role of the serving containers. */
  readonly executionRole: Role;
  /** Alarms for each variant; production only. */
  readonly alarms: EndpointAlarms | undefined;

  constructor(scope: Construct, id: string, props: ServingEnvironmentProps) {
    super(scope, id);
    const { application, environment, artifactBucket } = props;
    this.endpointName = endpointName(application, environment);
    const arns = new EnvironmentArns(this, this.endpointName, props.modelPackageGroupArn);
    const shared = { ...props, endpointName: this.endpointName, arns };
    this.executionRole = new ExecutionRole(this, 'Execution', { endpointName: this.endpointName, artifactBucket }).role;
    this.endToEndFunction = new EndToEndFunction(this, 'EndToEnd', { ...shared, endpointArn: arns.endpoint });
    const production = environment === 'production';
    this.alarms = production ? new EndpointAlarms(this, 'Alarms', { endpointName: this.endpointName }) : undefined;
    const deployment = new DeploymentFunctions(this, 'Functions', {
      ...shared,
      executionRole: this.executionRole,
      ...(this.alarms === undefined ? {} : { alarms: this.alarms.names }),
    });
    if (this.alarms === undefined) {
      this.stateMachine = this.machine('Deployment', stagingStates(this, deployment), Duration.hours(3));
      return;
    }
    const canary = new CanaryFunctions(this, 'Canary', { ...shared, alarms: this.alarms.names });
    const { plan, converge } = deployment;
    const { judge, conclude } = canary;
    const states = productionStates(this, { plan, converge, judge, conclude, endToEnd: this.endToEndFunction });
    this.stateMachine = this.machine('Rollout', states, MAX_ROLLOUT);
  }

  private machine(id: string, states: IChainable, timeout: Duration): StateMachine {
    return new StateMachine(this, id, {
      definitionBody: DefinitionBody.fromChainable(states),
      queryLanguage: QueryLanguage.JSONATA,
      timeout,
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        destination: new LogGroup(this, `${id}Logs`, {
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
  }
}

/** An upper bound against executions that nobody watches; a timeout does not roll back, so it is out of the way. */
const MAX_ROLLOUT = Duration.days(30);
