import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { EnvironmentName } from '../../lib/rollout/contract';
import { ServingEnvironment } from '../../lib/rollout/serving-environment';

const { context } = JSON.parse(readFileSync(join(__dirname, '../../cdk.json'), 'utf8')) as { context: object };

/** A stack with one environment, synthesized with the app's feature flags and without bundling. */
export function synthesize(environment: EnvironmentName): Template {
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Test', { env: { account: '111111111111', region: 'us-east-1' } });
  new ServingEnvironment(stack, 'Environment', {
    application: 'churn',
    environment,
    instanceType: 'ml.m5.large',
    instanceCount: 1,
    artifactBucket: Bucket.fromBucketName(stack, 'Artifacts', 'artifacts'),
    rolloutTable: Table.fromTableArn(stack, 'Rollouts', 'arn:aws:dynamodb:us-east-1:111111111111:table/rollouts'),
    modelPackageGroup: 'churn',
  });
  return Template.fromStack(stack);
}

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Condition: string }[];
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[];
  readonly [field: string]: unknown;
}

export interface Definition {
  readonly QueryLanguage: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state machine's definition, found by a part of its logical id, with a name in place of every reference. */
export function definitionOf(template: Template, id: RegExp = /Deployment|Rollout/): Definition {
  const machines = Object.entries(template.findResources('AWS::StepFunctions::StateMachine'));
  const body: unknown = machines.find(([name]) => id.test(name))?.[1].Properties.DefinitionString;
  return JSON.parse(flatten(body)) as Definition;
}

function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as object)[0] ?? [];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(flatten).join('');
  if (name === 'Fn::GetAtt') return `arn:aws:lambda:us-east-1:111111111111:function:${(argument as string[])[0]}`;
  if (name === 'Ref') return argument === 'AWS::Partition' ? 'aws' : String(argument);
  throw new Error(`a definition holds ${JSON.stringify(value)}`);
}
