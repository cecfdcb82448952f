import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, type IChainable, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { MONITORING_FOLDERS } from '../monitoring/contract';
import { EndToEndFunction } from '../serving/end-to-end-function';
import { allowRead, allowWrite } from '../shared/bucket-access';
import { machineLogs } from '../shared/machine-logs';
import { SageMakerRole } from '../shared/sagemaker-role';
import { EnvironmentArns } from './arns';
import { type EnvironmentName, endpointName } from './contract';
import { Drill } from './drill';
import { CanaryFunctions, DeploymentFunctions } from './functions';
import { Location } from './location';
import { Rollback } from './rollback';
import type { RolloutTableRef } from './rollout-table';
import { productionStates } from './states/production';
import { retirementStates } from './states/retirement';
import { stagingStates } from './states/staging';
import { EndpointAlarms } from './variant-alarms';

export interface ServingEnvironmentProps {
  readonly application: string;
  readonly environment: EnvironmentName;
  /** SageMaker instance type of new variants, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly artifactBucket: IBucket;
  /** Locks and records of the application's endpoints. */
  readonly rolloutTable: RolloutTableRef;
  /** Name of the group that releases come from. */
  readonly modelPackageGroup: string;
  /** Takes what production is asked and answers. Staging captures nothing. @default - nothing is captured */
  readonly monitoringBucket?: IBucket;
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
  /** What `assay rollback` starts: `Rollback` in production, `Drill` in staging. */
  readonly rollbackMachine: StateMachine;
  /** Takes CodePipeline jobs and calls of state machines alike. */
  readonly endToEndFunction: LambdaFunction;
  /** The role of the serving containers. */
  readonly executionRole: SageMakerRole;
  /** Alarms for each variant; production only. */
  readonly alarms: EndpointAlarms | undefined;

  constructor(scope: Construct, id: string, props: ServingEnvironmentProps) {
    super(scope, id);
    const { application, environment, artifactBucket } = props;
    this.endpointName = endpointName(application, environment);
    const arns = new EnvironmentArns(this, this.endpointName, props.modelPackageGroup);
    const shared = { ...props, endpointName: this.endpointName, arns };
    this.executionRole = new SageMakerRole(this, 'ExecutionRole', {
      description: `Serving containers of ${this.endpointName}`,
      logGroups: `/aws/sagemaker/Endpoints/${this.endpointName}*`,
    });
    allowRead(artifactBucket, this.executionRole, 'runs/*');
    const captures = environment === 'production' ? props.monitoringBucket : undefined;
    // Endpoints write captures with the role of their models.
    if (captures !== undefined) allowWrite(captures, this.executionRole, `${MONITORING_FOLDERS.capture}*`);
    this.endToEndFunction = new EndToEndFunction(this, 'EndToEnd', { ...shared, endpointArn: arns.endpoint });
    const production = environment === 'production';
    this.alarms = production ? new EndpointAlarms(this, 'Alarms', { endpointName: this.endpointName }) : undefined;
    const deployment = new DeploymentFunctions(this, 'Functions', {
      ...shared,
      executionRole: this.executionRole,
      ...(this.alarms === undefined ? {} : { alarms: this.alarms.names }),
      ...(captures === undefined ? {} : { captures }),
    });
    if (this.alarms === undefined) {
      const { lock, plan, converge, settle } = deployment;
      const states = stagingStates(this, { lock: lock.function, plan, converge, settle });
      this.stateMachine = this.machine('Deployment', states, Duration.hours(3));
      const drill = new Drill(this, 'Drill', { ...shared, shared: { lock: lock.function, converge } });
      this.rollbackMachine = drill.stateMachine;
      lock.allowHolders(this.stateMachine, this.rollbackMachine);
      this.locate(props, deployment);
      return;
    }
    const canary = new CanaryFunctions(this, 'Canary', { ...shared, alarms: this.alarms.names });
    const { plan, converge, settle } = deployment;
    const { judge, conclude, retire } = canary;
    const lock = deployment.lock.function;
    const waiting = new Construct(this, 'OldVariant');
    const retirement = this.machine(
      'Retirement',
      retirementStates(waiting, { lock, retire, converge, settle }),
      MAX_RETIREMENT,
    );
    const states = productionStates(this, {
      lock,
      plan,
      converge,
      judge,
      conclude,
      settle,
      retirement,
      endToEnd: this.endToEndFunction,
    });
    this.stateMachine = this.machine('Rollout', states, MAX_ROLLOUT);
    this.rollbackMachine = new Rollback(this, 'Rollback', {
      ...shared,
      shared: { lock, converge, endToEnd: this.endToEndFunction },
      preempts: [this.stateMachine, retirement],
    }).stateMachine;
    deployment.lock.allowHolders(this.stateMachine, retirement, this.rollbackMachine);
    this.locate(props, deployment);
  }

  /** Leaves the names of all this where the command line looks. */
  private locate(
    { application, environment, ...props }: ServingEnvironmentProps,
    { converge }: DeploymentFunctions,
  ): void {
    new Location(this, 'Location', {
      application,
      environment,
      location: {
        endpointName: this.endpointName,
        tableName: props.rolloutTable.tableName,
        artifactBucket: props.artifactBucket.bucketName,
        deployMachineArn: this.stateMachine.stateMachineArn,
        rollbackMachineArn: this.rollbackMachine.stateMachineArn,
        alarms: this.alarms === undefined ? [] : [...this.alarms.names.blue, ...this.alarms.names.green],
        changeRoleArn: converge.role?.roleArn ?? '',
        executionRoleArn: this.executionRole.roleArn,
      },
    });
  }

  private machine(id: string, states: IChainable, timeout: Duration): StateMachine {
    return new StateMachine(this, id, {
      definitionBody: DefinitionBody.fromChainable(states),
      queryLanguage: QueryLanguage.JSONATA,
      timeout,
      tracingEnabled: true,
      logs: machineLogs(this, `${id}Logs`),
    });
  }
}

/** An upper bound against executions that nobody watches; a timeout does not roll back, so it is out of the way. */
const MAX_ROLLOUT = Duration.days(30);

/** `canary.keepWarmSeconds` is 30 days at most, and removing takes an hour. */
const MAX_RETIREMENT = Duration.days(32);
