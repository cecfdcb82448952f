import { Duration, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUN_KEYS } from '../pipeline/contract';
import type { RolloutTableRef } from '../rollout/rollout-table';
import { allowTable } from '../rollout/table-access';
import { AssayFunction } from '../shared/assay-function';
import { allowRead, allowWrite } from '../shared/bucket-access';
import { machineLogs } from '../shared/machine-logs';
import { packageArns, sagemakerArn } from '../shared/sagemaker-arns';
import { SageMakerRole } from '../shared/sagemaker-role';
import { TRAINING_ENV } from './contract';
import { trainDefinition } from './train-definition';

export interface TrainingProps {
  readonly application: string;
  readonly artifactBucket: IBucket;
  /** Name of the group that champions come from. */
  readonly modelPackageGroup: string;
  readonly instanceType: string;
  readonly volumeGiB: number;
  /** Upper bound of every training job. */
  readonly maxRuntime: Duration;
  /** Endpoint whose serving variant is the champion. */
  readonly productionEndpoint: string;
  /** Says which release that is. */
  readonly rolloutTable: RolloutTableRef;
}

/** Trains a release, and predicts the golden holdout with it and with the release that serves now. */
export class Training extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: TrainingProps) {
    super(scope, id);
    const role = this.executionRole(props);
    const prepare = this.prepare(props, role);
    const record = new AssayFunction(this, 'Record', {
      entry: 'lambda/training/record.ts',
      description: 'Writes training.json of a run',
      environment: { [TRAINING_ENV.artifactBucket]: props.artifactBucket.bucketName },
    });
    allowWrite(props.artifactBucket, record, `runs/*/${RUN_KEYS.training}`);
    this.stateMachine = new StateMachine(this, 'Machine', {
      comment:
        'Training job, then batch transform of the golden holdout by challenger and champion, and of the behaviour rows',
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(
        trainDefinition(new Construct(this, 'States'), { prepare, record, maxRuntime: props.maxRuntime }),
      ),
      timeout: props.maxRuntime.plus(Duration.hours(4)),
      tracingEnabled: true,
      logs: machineLogs(this, 'MachineLogs'),
    });
    this.allowJobs(props, role);
  }

  private executionRole(props: TrainingProps): SageMakerRole {
    const role = new SageMakerRole(this, 'ExecutionRole', {
      description: 'Training jobs and batch transforms',
      logGroups: '/aws/sagemaker/*',
    });
    const models = `runs/*/${RUN_KEYS.trainingOutput}/*`;
    const inputs = [RUN_KEYS.source, `${RUN_KEYS.transformFolder}*`, `${RUN_KEYS.trainData}*`].map(
      (key) => `runs/*/${key}`,
    );
    allowRead(props.artifactBucket, role, ...inputs, models);
    allowWrite(props.artifactBucket, role, models, 'runs/*/predictions/*');
    return role;
  }

  private prepare(props: TrainingProps, role: IRole): AssayFunction {
    const prepare = new AssayFunction(this, 'Prepare', {
      entry: 'lambda/training/prepare.ts',
      description: 'Works out the arguments of the training, model and transform jobs of a run',
      environment: {
        [TRAINING_ENV.application]: props.application,
        [TRAINING_ENV.artifactBucket]: props.artifactBucket.bucketName,
        [TRAINING_ENV.productionEndpoint]: props.productionEndpoint,
        [TRAINING_ENV.executionRole]: role.roleArn,
        [TRAINING_ENV.instanceType]: props.instanceType,
        [TRAINING_ENV.volumeGiB]: String(props.volumeGiB),
        [TRAINING_ENV.maxRuntimeSeconds]: String(props.maxRuntime.toSeconds()),
      },
    });
    allowRead(props.artifactBucket, prepare, `runs/*/${RUN_KEYS.release}`);
    prepare.addToRolePolicy(
      new PolicyStatement({
        actions: ['sagemaker:DescribeEndpoint', 'sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'],
        resources: [
          sagemakerArn(this, 'endpoint', props.productionEndpoint),
          sagemakerArn(this, 'endpoint-config', `${props.productionEndpoint}-*`),
          sagemakerArn(this, 'model', `${props.productionEndpoint}-*`),
        ],
      }),
    );
    allowTable(prepare, { table: props.rolloutTable, endpointName: props.productionEndpoint }, 'Query');
    return prepare;
  }

  /** What `.sync` needs: start, watch and stop the jobs, tag them, hand over the role, and hear of their end. */
  private allowJobs({ application, modelPackageGroup }: TrainingProps, role: SageMakerRole): void {
    const jobs = (type: string) => sagemakerArn(this, type, `${application}-*`);
    const packages = packageArns(this, modelPackageGroup);
    const eventRule = (kind: string) =>
      Stack.of(this).formatArn({
        service: 'events',
        resource: 'rule',
        resourceName: `StepFunctionsGetEventsForSageMaker${kind}JobsRule`,
      });
    const allow = (actions: string[], resources: string[]) =>
      this.stateMachine.addToRolePolicy(new PolicyStatement({ actions, resources }));
    const lifecycle = (job: string) => ['Create', 'Describe', 'Stop'].map((verb) => `sagemaker:${verb}${job}`);

    allow(lifecycle('TrainingJob'), [jobs('training-job')]);
    allow(lifecycle('TransformJob'), [jobs('transform-job')]);
    // A model that is made from a package, as the champion's is, is authorised on the package, too.
    allow(['sagemaker:CreateModel'], [jobs('model'), packages]);
    allow(['sagemaker:DescribeModelPackage'], [packages]);
    allow(['sagemaker:AddTags', 'sagemaker:ListTags'], [jobs('training-job'), jobs('transform-job'), jobs('model')]);
    allow(
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      [eventRule('Training'), eventRule('Transform')],
    );
    role.grantPassToSageMaker(this.stateMachine);
  }
}
