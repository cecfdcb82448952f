import { AwsSolutionsChecks } from 'cdk-nag';
import { testApp } from './app';

/** A finding that is as it should be. `rule` and `path` are matched from beginning to end. */
interface Acknowledgement {
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
}

const BUCKET = '<(RunStore|GoldenData)Bucket\\w+\\.Arn>';
const AWS = 'arn:aws:\\w+:us-east-1:<AWS::AccountId>';
const iam5 = (resource: string): string => `AwsSolutions-IAM5\\[Resource::${resource}\\]`;

const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    rule: 'AwsSolutions-L1',
    path: '.*',
    reason: 'Node 22 is the supported version that the command line and the handlers are tested with',
  },
  {
    rule: 'AwsSolutions-CB4',
    path: 'Churn-Pipeline/(Release/Builds|PullRequests)/.*',
    reason: 'builds encrypt with the AWS-managed S3 key; no other account reads their artefacts',
  },
  {
    rule: iam5(`${BUCKET}/(runs|datasets|landing|holdouts)/.*`),
    path: 'Churn-(Staging|Production|Pipeline|Retraining)/.*',
    reason: 'run ids, dataset versions and digests are not known at deployment; the document names are',
  },
  {
    rule: iam5('<MonitoringBucket\\w+\\.Arn>/(capture|drift|quality|labels)/\\*'),
    path: 'Churn-(Production|Retraining)/.*',
    reason: 'captures lie by release and hour, and reports by the time of the check',
  },
  {
    rule: `${iam5(`${AWS}:table/churndata_lakescans_\\w+/assay_\\*`)}|${iam5('<LakeScansResults\\w+\\.Arn>/answers/\\*')}`,
    path: 'Churn-Pipeline/Release/Builds/DataTests/Role/DefaultPolicy/Resource',
    reason: 'each judgement of data in S3 has a table of its own, and each query a place for its answer',
  },
  {
    rule: 'AwsSolutions-IAM5\\[Action::s3:(GetBucket|GetObject|List|Abort)\\*\\]',
    path: 'Churn-Pipeline/Release/.*',
    reason: "the CDK's bucket grants, limited to key prefixes by their resources",
  },
  {
    rule: `AwsSolutions-IAM5\\[Action::s3:DeleteObject\\*\\]|${iam5(`${BUCKET}/\\*`)}`,
    path: 'Churn-Pipeline/Release/.*',
    reason: 'CodePipeline and its builds exchange archives whose keys it makes up at run time',
  },
  {
    rule: iam5('\\*'),
    path: '.*Role/DefaultPolicy/Resource',
    reason: 'X-Ray, CloudWatch, CodePipeline job results, log delivery and registry logins know no resources',
  },
  {
    rule: 'AwsSolutions-SQS3',
    path: 'Churn-Retraining/(Triggers/Start|DriftMonitor|LabelMonitor)/Undelivered/Resource',
    reason: 'it is the dead-letter queue of rules, schedules and the function, which do not say so to the queue',
  },
  {
    rule: iam5('<\\w+\\.Arn>:\\*'),
    path: '.*/(Machine|Deployment|Rollout|Retirement|CodePipelineAction|SchedulerRoleForTarget-\\w+)(/)?(Role/)?DefaultPolicy/Resource',
    reason: 'versions of one function',
  },
  {
    rule: iam5(`${AWS}:(model|model-package|training-job|transform-job|endpoint-config)/churn[\\w-]*[-/]\\*`),
    path: '.*',
    reason: 'names of jobs, models and configurations are made for each run; the application is their prefix',
  },
  {
    rule: iam5(`${AWS}:log-group:/aws/(sagemaker|codebuild)/.*\\*`),
    path: '.*',
    reason: 'log groups that SageMaker and CodeBuild make themselves',
  },
  {
    rule: iam5(`${AWS}:report-group/<\\w+>-\\*`),
    path: 'Churn-Pipeline/.*',
    reason: "a project's report groups are named by its buildspec",
  },
  {
    rule: iam5('arn:.*:execution:.*:\\*'),
    path: 'Churn-Pipeline/.*',
    reason: 'executions of one state machine',
  },
  {
    rule: iam5('arn:aws:application-autoscaling:us-east-1:<AWS::AccountId>:scalable-target/\\*'),
    path: 'Churn-(Staging|Production)/Serving/Functions/(Converge|Settle)Role/DefaultPolicy/Resource',
    reason: 'ids of scalable targets are made up by AWS; limited by condition to those of SageMaker',
  },
  {
    rule: iam5(`${AWS}:alarm:TargetTracking-\\*`),
    path: 'Churn-(Staging|Production)/Serving/Functions/(Converge|Settle)Role/DefaultPolicy/Resource',
    reason: 'the alarms that Application Auto Scaling makes for target tracking all have names that begin so',
  },
  {
    rule: iam5(`${AWS}:execution:<\\w+\\.Name>:\\*`),
    path: 'Churn-(Staging|Production)/Serving/.*',
    reason: 'executions of one state machine',
  },
  {
    rule: `${iam5(`${AWS}:key/\\*`)}|AwsSolutions-IAM5\\[Action::kms:GenerateDataKey\\*\\]`,
    path: 'Churn-Pipeline/(Notices|Release/Pipeline/Approval)/.*',
    reason: 'limited by condition to the alias aws/sns',
  },
  {
    rule: iam5('arn:aws:s3:::cdk-\\w+-assets-<AWS::AccountId>-us-east-1/\\*'),
    path: 'Churn-Pipeline/Release/Builds/(Data|Model)Tests/.*',
    reason: "the CDK's asset bucket: assets are named by their digest",
  },
  {
    rule: iam5('arn:aws:ecr:us-east-1:\\*:repository/\\*'),
    path: 'Churn-(Staging/Serving|Production/Serving|Pipeline/Training)/ExecutionRole/.*',
    reason: "a release keeps its image, and framework images lie in AWS's own accounts; the actions only read",
  },
  {
    rule: 'AwsSolutions-APIG4',
    path: 'Churn-Retraining/Webhook/Signed/Resource',
    reason: 'senders outside AWS sign the body, which no authorizer gets to see; the function verifies it',
  },
  {
    rule: 'AwsSolutions-SMG4',
    path: 'Churn-Retraining/Webhook/Secret/Resource',
    reason: 'senders outside AWS have to learn a new secret, so a person rotates it: assay webhook rotate',
  },
];

const matches = (pattern: string, text: string): boolean => new RegExp(`^(?:${pattern})$`).test(text);

/** Findings that nobody acknowledged, and acknowledgements that nothing needs any more. */
function review(findings: readonly (readonly [rule: string, path: string])[], table: readonly Acknowledgement[]) {
  const covers = (entry: Acknowledgement, [rule, path]: readonly [string, string]) =>
    matches(entry.rule, rule) && matches(entry.path, path);
  return {
    open: findings
      .filter((finding) => !table.some((entry) => covers(entry, finding)))
      .map((finding) => finding.join(' at ')),
    unused: table
      .filter((entry) => !findings.some((finding) => covers(entry, finding)))
      .map(({ rule, path }) => `${rule} at ${path}`),
  };
}

function findings(): [rule: string, path: string][] {
  const { violations } = new AwsSolutionsChecks().validateScope(testApp().app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }): [string, string] => [ruleName, constructPath ?? '']),
  );
}

test('every finding of the AWS Solutions rules is resolved or acknowledged with a reason', () => {
  const { open, unused } = review(findings(), ACKNOWLEDGED);
  expect(open).toEqual([]);
  expect(unused).toEqual([]);
});

test('a finding without acknowledgement and an acknowledgement without finding are both reported', () => {
  const table = [{ rule: 'A\\[\\*\\]', path: 'Stack/.*', reason: 'test' }];
  expect(review([['A[*]', 'Other/x']], table)).toEqual({
    open: ['A[*] at Other/x'],
    unused: ['A\\[\\*\\] at Stack/.*'],
  });
  expect(review([['A[*]', 'Stack/x']], table)).toEqual({ open: [], unused: [] });
});
