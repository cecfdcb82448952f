import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { MemoryTable } from '../../rollout/memory-table';
import { packageArn } from '../../rollout/run-fixture';

export const CALLER = 'arn:aws:sts::111111111111:assumed-role/Ops/eve';
const location = (environment: string) => ({
  endpointName: `churn-${environment}`,
  tableName: 'rollouts',
  artifactBucket: 'artifacts',
  deployMachineArn: 'arn:aws:states:us-east-1:111111111111:stateMachine:Deploy',
  rollbackMachineArn: `arn:aws:states:us-east-1:111111111111:stateMachine:Back-${environment}`,
  alarms: ['blue-errors', 'green-errors'],
  changeRoleArn: 'arn:aws:iam::111111111111:role/Converge',
  executionRoleArn: 'arn:aws:iam::111111111111:role/Execution',
});

/** A deployed application behind the real SDK clients: release 7 serves as green, 6 stands by, 5 is retained. */
export class Account {
  readonly table = new MemoryTable();
  readonly sfn = mockClient(SFNClient);
  readonly iam = mockClient(IAMClient);
  readonly cloudwatch = mockClient(CloudWatchClient);
  readonly ssm = mockClient(SSMClient);
  private readonly sagemaker = mockClient(SageMakerClient);
  private readonly sts = mockClient(STSClient);

  constructor() {
    this.ssm.on(GetParameterCommand).callsFake(({ Name }: { Name: string }) => {
      const [, , application, environment = ''] = Name.split('/');
      if (application !== 'churn') throw new ParameterNotFound({ message: 'UnknownError', $metadata: {} });
      return { Parameter: { Value: JSON.stringify(location(environment)) } };
    });
    this.sts.on(GetCallerIdentityCommand).resolves({ Arn: CALLER });
    const models: Record<string, number> = { m5: 5, m6: 6, m7: 7 };
    const variant = (VariantName: string, ModelName: string) => ({
      VariantName,
      ModelName,
      InstanceType: 'ml.m5.large' as const,
      InitialInstanceCount: 2,
      InitialVariantWeight: 100,
    });
    this.sagemaker.on(DescribeEndpointCommand).resolves({
      EndpointStatus: 'InService',
      EndpointConfigName: 'pair',
      ProductionVariants: [
        { VariantName: 'blue', CurrentWeight: 0, DesiredInstanceCount: 2 },
        { VariantName: 'green', CurrentWeight: 100, DesiredInstanceCount: 2 },
      ],
    });
    this.sagemaker.on(DescribeEndpointConfigCommand).callsFake(({ EndpointConfigName: name }) => ({
      ProductionVariants:
        name === 'pair'
          ? [variant('blue', 'm6'), variant('green', 'm7')]
          : [variant('green', name.replace('alone-', 'm'))],
    }));
    this.sagemaker.on(DescribeModelCommand).callsFake(({ ModelName }) => ({
      PrimaryContainer: { ModelPackageName: packageArn(models[ModelName] ?? 0) },
    }));
    this.sagemaker.on(DescribeModelPackageCommand).resolves({ ModelApprovalStatus: 'Approved' });
    for (const version of [5, 6, 7]) this.promoted(version);
  }

  private promoted(version: number): void {
    const promotedAt = `2026-01-0${version}T08:30:00.000Z`;
    this.put('churn-production', `release#${promotedAt}`, {
      releaseId: String(version),
      modelPackageArn: packageArn(version),
      runId: `run-${version}`,
      commit: `${version}`.repeat(40),
      dataset: { name: 'churn-golden', version: '3', digest: 'sha256:0' },
      configName: `alone-${version}`,
      modelName: `m${version}`,
      variant: 'green',
      instanceType: 'ml.m5.large',
      instanceCount: 2,
      promotedAt,
    });
  }

  put(endpoint: string, item: string, value: object): void {
    this.table.items.set(`${endpoint}\n${item}`, { endpoint, item, ...value });
  }

  /** Every machine that is started ends like this, having been in these states. */
  machineEnds(states: readonly string[], end: object): void {
    this.sfn.on(StartExecutionCommand).resolves({ executionArn: 'arn:execution' });
    this.sfn.on(DescribeExecutionCommand).resolves(end);
    const events = states.map((name, i) => ({
      id: i + 1,
      type: 'TaskStateEntered' as const,
      timestamp: new Date(Date.now() + i * 1000),
      stateEnteredEventDetails: { name },
    }));
    this.sfn.on(GetExecutionHistoryCommand).callsFake(({ reverseOrder }) => ({
      events: reverseOrder === true ? [...events].reverse() : events,
    }));
  }

  /** Requests of both variants in each of the last hours. */
  traffic(perHour: readonly number[]): void {
    this.cloudwatch.on(GetMetricDataCommand).callsFake(({ EndTime }: { EndTime: Date }) => ({
      MetricDataResults: [
        {
          Id: 'green',
          Timestamps: perHour.map((_, i) => new Date(EndTime.getTime() - (i + 1) * 3_600_000)),
          Values: [...perHour],
        },
      ],
    }));
  }

  alarms(state: 'OK' | 'ALARM'): void {
    this.cloudwatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }) => ({
      MetricAlarms: AlarmNames.map((AlarmName: string) => ({ AlarmName, StateValue: state })),
    }));
  }

  permissions(decide: (action: string) => 'allowed' | 'implicitDeny'): void {
    this.iam.on(SimulatePrincipalPolicyCommand).callsFake(({ ActionNames }) => ({
      EvaluationResults: ActionNames.map((action: string) => ({
        EvalActionName: action,
        EvalDecision: decide(action),
      })),
    }));
  }

  restore(): void {
    this.table.restore();
    for (const mock of [this.sfn, this.iam, this.cloudwatch, this.ssm, this.sagemaker, this.sts]) mock.restore();
  }
}
