import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { parseEcrImage } from '../config/images';

export interface SageMakerRoleProps {
  readonly description: string;
  /** Image that the containers run. */
  readonly image: string;
}

/**
 * Role of SageMaker containers: write their logs and metrics, pull the image. What they read and write in S3 is granted
 * by whoever makes the role.
 */
export class SageMakerRole extends Role {
  constructor(scope: Construct, id: string, props: SageMakerRoleProps) {
    super(scope, id, { description: props.description, assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
    const stack = Stack.of(this);
    const logGroups = `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:/aws/sagemaker/*`;
    this.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [logGroups],
      }),
    );
    // PutMetricData knows no resources; the namespace is what can be limited.
    this.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
      }),
    );
    this.allowImage(props.image);
  }

  /** Images outside ECR, e.g. of a registry on the network, need no permission. */
  private allowImage(image: string): void {
    const ecr = parseEcrImage(image);
    if (ecr === undefined) return;
    this.addToPolicy(new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
    this.addToPolicy(
      new PolicyStatement({
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        resources: [`arn:${Stack.of(this).partition}:ecr:${ecr.region}:${ecr.account}:repository/${ecr.repository}`],
      }),
    );
  }
}
