import { Template } from 'aws-cdk-lib/assertions';
import { CONFIG, templatesOf, testApp } from './app';
import { machines } from './asl';

const { stacks } = testApp({ ...CONFIG, application: 'churn-eu' });
const staging = Template.fromStack(stacks.staging);
const production = Template.fromStack(stacks.production);

test('stacks are named after application and environment', () => {
  expect(Object.values(stacks).map(({ stackName }) => stackName)).toEqual([
    'ChurnEu-Data',
    'ChurnEu-Staging',
    'ChurnEu-Production',
    'ChurnEu-Pipeline',
    'ChurnEu-Retraining',
  ]);
});

test('endpoints are known by name, and CloudFormation owns none', () => {
  staging.hasOutput('StagingEndpointName', { Value: 'churn-eu-staging' });
  production.hasOutput('ProductionEndpointName', { Value: 'churn-eu-production' });
  for (const template of [staging, production]) {
    for (const type of ['Endpoint', 'EndpointConfig', 'Model']) template.resourceCountIs(`AWS::SageMaker::${type}`, 0);
  }
});

test('another region is used throughout, its image included', () => {
  const source = { type: 's3', bucket: 'pushes-of-churn', key: 'churn.zip' } as const;
  const elsewhere = testApp({ ...CONFIG, source, region: 'eu-west-1' });
  const templates = Object.values(templatesOf(elsewhere)).map((template) => JSON.stringify(template.toJSON()));
  for (const template of templates) expect(template).not.toContain('us-east-1');
  expect(templates.join()).toContain('141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:');
});

test('each environment has one state machine that deploys', () => {
  const deploying = (template: Template) =>
    Object.keys(machines(template)).filter((id) => /Deployment|Rollout/.test(id));
  expect(deploying(staging)).toEqual([expect.stringContaining('Deployment')]);
  expect(deploying(production)).toEqual([expect.stringContaining('Rollout')]);
  expect(Object.keys(machines(production))).toContainEqual(expect.stringContaining('Retirement'));
});

test('only production watches its variants with alarms', () => {
  staging.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  expect(Object.keys(production.findResources('AWS::CloudWatch::Alarm')).length).toBeGreaterThanOrEqual(2);
});

test('only production keeps what it is asked, in the folder for captures', () => {
  const capturing = (template: Template) =>
    Object.values(template.findResources('AWS::Lambda::Function')).filter(
      ({ Properties }) => 'ASSAY_CAPTURE_URI' in (Properties.Environment?.Variables ?? {}),
    );
  expect(capturing(staging)).toEqual([]);
  expect(capturing(production)).toHaveLength(1);
  expect(JSON.stringify(production.findResources('AWS::IAM::Policy'))).toContain('/capture/*');
  expect(JSON.stringify(staging.findResources('AWS::IAM::Policy'))).not.toContain('/capture/*');
});
