import { Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ACTIONS, RUN_KEYS, reportKey, STAGES } from '../pipeline/contract';
import { AssayFunction } from '../shared/assay-function';
import { allowRead, allowWrite } from '../shared/bucket-access';
import { packageArns, sagemakerArn } from '../shared/sagemaker-arns';
import { REGISTRY_ENV } from './contract';

export interface ModelRegistryProps {
  readonly artifactBucket: IBucket;
  /** Name of the model package group. */
  readonly modelPackageGroup: string;
  readonly pipelineName: string;
  /** Whether a person decides about releases. */
  readonly approvalRequired: boolean;
}

/** The registry's part of a run: verdict, registration, and what a person decided. */
export class ModelRegistry extends Construct {
  readonly verdict: AssayFunction;
  readonly register: AssayFunction;
  readonly recordApproval: AssayFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ModelRegistryProps,
  ) {
    super(scope, id);
    this.verdict = this.registering(
      'Verdict',
      'verdict',
      'Fails a run unless the gates of its model passed, and registers why',
    );
    this.register = this.registering('Register', 'register', 'Registers the model of a run, pending approval');
    this.recordApproval = this.deciding(
      'RecordApproval',
      'record-approval',
      'Sets the approved status in the registry',
    );
    const rejection = this.deciding('RecordRejection', 'record-rejection', 'Sets the rejected status in the registry');
    new Rule(this, 'Rejected', {
      description: 'Somebody rejected a release, or nobody decided in time',
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Action Execution State Change'],
        detail: {
          pipeline: [props.pipelineName],
          stage: [STAGES.approval],
          action: [ACTIONS.approve],
          state: ['FAILED'],
        },
      },
      targets: [new LambdaFunction(rejection, { retryAttempts: 3 })],
    });
  }

  /** A handler that reads a run's documents and creates a package. */
  private registering(id: string, file: string, description: string): AssayFunction {
    const { artifactBucket } = this.props;
    const handler = this.handler(id, file, description);
    // The registry looks at the model artefact with the caller's permissions.
    const artefacts = `${RUN_KEYS.trainingOutput}/*`;
    const reports = [reportKey('model'), reportKey('behaviour')];
    for (const key of [
      RUN_KEYS.release,
      RUN_KEYS.training,
      RUN_KEYS.environment,
      RUN_KEYS.baseline,
      ...reports,
      artefacts,
    ]) {
      allowRead(artifactBucket, handler, `runs/*/${key}`);
    }
    allowWrite(artifactBucket, handler, `runs/*/${RUN_KEYS.registration}`);
    this.allowPackages(handler, ['sagemaker:CreateModelPackage', 'sagemaker:UpdateModelPackage']);
    return handler;
  }

  /** A handler that looks up a decision and writes it into the registry. */
  private deciding(id: string, file: string, description: string): AssayFunction {
    const { artifactBucket, pipelineName } = this.props;
    const handler = this.handler(id, file, description);
    allowRead(artifactBucket, handler, `runs/*/${RUN_KEYS.registration}`);
    allowWrite(artifactBucket, handler, `runs/*/${RUN_KEYS.approval}`);
    this.allowPackages(handler, ['sagemaker:UpdateModelPackage']);
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['codepipeline:ListActionExecutions'],
        resources: [Stack.of(this).formatArn({ service: 'codepipeline', resource: pipelineName })],
      }),
    );
    return handler;
  }

  private handler(id: string, file: string, description: string): AssayFunction {
    return new AssayFunction(this, id, {
      entry: `lambda/model-registry/${file}.ts`,
      description,
      environment: {
        [REGISTRY_ENV.artifactBucket]: this.props.artifactBucket.bucketName,
        [REGISTRY_ENV.modelPackageGroup]: this.props.modelPackageGroup,
        [REGISTRY_ENV.pipelineName]: this.props.pipelineName,
        [REGISTRY_ENV.approval]: this.props.approvalRequired ? 'required' : 'automatic',
      },
    });
  }

  private allowPackages(handler: AssayFunction, actions: string[]): void {
    const { modelPackageGroup: group } = this.props;
    handler.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [sagemakerArn(this, 'model-package-group', group), packageArns(this, group)],
      }),
    );
  }
}
