import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface SageMakerRoleProps {
  readonly description: string;
  /** Names of the log groups that the containers write to, e.g. `/aws/sagemaker/Endpoints/churn-staging*`. */
  readonly logGroups: string;
}

/**
 * Role of SageMaker containers: write their logs and metrics, pull their image. What they read and write in S3 is granted
 * by whoever makes the role.
 */
export class SageMakerRole extends Role {
  constructor(scope: Construct, id: string, props: SageMakerRoleProps) {
    super(scope, id, { description: props.description, assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
    const stack = Stack.of(this);
    const logGroups = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: props.logGroups,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
      [logGroups],
    );
    // PutMetricData knows no resources; the namespace is what can be limited.
    this.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': ['AWS/SageMaker', '/aws/sagemaker/*'] } },
      }),
    );
    this.allow(['ecr:GetAuthorizationToken'], ['*']);
    // Not the configured image alone: a release that serves was made with the image of its own day, which is pulled again
    // for its instances and for comparisons. AWS's images lie in AWS's accounts. The actions only read.
    this.allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [`arn:${stack.partition}:ecr:${stack.region}:*:repository/*`],
    );
  }

  /** Lets the grantee start containers with this role, and hand it to nobody but SageMaker. */
  grantPassToSageMaker(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['iam:PassRole'],
      resourceArns: [this.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
  }

  private allow(actions: string[], resources: string[]): void {
    this.addToPolicy(new PolicyStatement({ actions, resources }));
  }
}
