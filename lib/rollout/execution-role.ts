import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENDPOINT_METRICS } from './contract';

export interface ExecutionRoleProps {
  readonly endpointName: string;
  readonly artifactBucket: IBucket;
}

/** The role that serving containers run with: the run's artefacts, the image, their own logs and metrics. */
export class ExecutionRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ExecutionRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
      description: `Serving containers of ${props.endpointName}`,
    });
    props.artifactBucket.grantRead(this.role, 'runs/*');
    const logGroup = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `/aws/sagemaker/Endpoints/${props.endpointName}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      [logGroup],
    );
    this.allow(['ecr:GetAuthorizationToken'], ['*']);
    // Framework images lie in AWS's own accounts, one per region, so the account stays open and the actions read-only.
    this.allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [`arn:${stack.partition}:ecr:${stack.region}:*:repository/*`],
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': [ENDPOINT_METRICS.namespace, '/aws/sagemaker/*'] } },
      }),
    );
  }

  private allow(actions: string[], resources: string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources }));
  }
}
