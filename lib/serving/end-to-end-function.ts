import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { RUN_KEYS } from '../pipeline/contract';
import { type EnvironmentName, ROLLOUT_ENV } from '../rollout/contract';
import { AssayFunction } from '../shared/assay-function';
import { allowRead, allowWrite } from '../shared/bucket-access';

export interface EndToEndFunctionProps {
  readonly environment: EnvironmentName;
  readonly endpointName: string;
  readonly endpointArn: string;
  readonly artifactBucket: IBucket;
}

/** Sends golden rows through the real endpoint and checks the answers, as a pipeline action or for a state machine. */
export class EndToEndFunction extends AssayFunction {
  constructor(scope: Construct, id: string, props: EndToEndFunctionProps) {
    super(scope, id, {
      entry: 'lambda/serving/end-to-end.ts',
      description: `End-to-end checks of ${props.endpointName}`,
      environment: {
        [ROLLOUT_ENV.environment]: props.environment,
        [ROLLOUT_ENV.endpoint]: props.endpointName,
        [ROLLOUT_ENV.artifactBucket]: props.artifactBucket.bucketName,
      },
      timeout: Duration.minutes(10),
      memorySize: 512,
    });
    this.addToRolePolicy(
      new PolicyStatement({ actions: ['sagemaker:InvokeEndpoint'], resources: [props.endpointArn] }),
    );
    const { release, registration, transformInput, challengerPredictions } = RUN_KEYS;
    const inputs = [release, registration, transformInput, `${challengerPredictions}/*`];
    allowRead(props.artifactBucket, this, ...inputs.map((key) => `runs/*/${key}`));
    allowWrite(props.artifactBucket, this, `runs/*/reports/serving-${props.environment}.*`);
  }
}
