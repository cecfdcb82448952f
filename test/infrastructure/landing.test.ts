import { Template } from 'aws-cdk-lib/assertions';
import { testApp } from './app';

const { stacks } = testApp();
const pipeline = Template.fromStack(stacks.pipeline);
const data = Template.fromStack(stacks.data);

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What the DataTests build may do, action by action, with the parts of keys that it may do it to. */
const allowed = Object.entries(pipeline.findResources('AWS::IAM::Policy'))
  .filter(([id]) => /BuildsDataTests/.test(id))
  .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as readonly Statement[]);
const keysFor = (action: string): readonly string[] =>
  allowed
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat())
    .flatMap((resource) => JSON.stringify(resource).match(/(?<="\/)(datasets|landing)\/[^"]*/g) ?? [])
    .toSorted();

test('the data tests read what landed, and write versions made of it and their state: nothing that a person stored', () => {
  expect(keysFor('s3:GetObject')).toEqual(['datasets/*', 'landing/*']);
  expect(keysFor('s3:GetObjectVersion')).toEqual(['datasets/*', 'landing/*']);
  expect(keysFor('s3:PutObject')).toEqual(['datasets/*/*.landed-*/*', 'datasets/*/*/landed.json']);
  expect(keysFor('s3:DeleteObject')).toEqual([]);
});

test('they list versions of datasets and landed files alone', () => {
  const listing = allowed.filter(({ Action }) => [Action].flat().includes('s3:ListBucketVersions'));
  expect(listing.map(({ Condition }) => Condition)).toEqual([
    { StringLike: { 's3:prefix': ['datasets/*', 'landing/*'] } },
  ]);
});

test('what landed is kept: releases name the versions that they were made of', () => {
  const [bucket] = Object.values(data.findResources('AWS::S3::Bucket')).filter(({ Properties }) =>
    JSON.stringify(Properties.LoggingConfiguration ?? {}).includes('golden/'),
  );
  expect(bucket?.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
  const rules = bucket?.Properties.LifecycleConfiguration.Rules as readonly object[];
  expect(rules.filter((rule) => Object.keys(rule).some((name) => /Expiration|Transition/.test(name)))).toEqual([]);
});
