import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type AppConfigInput, loadAppConfig } from '../../lib/config/app';
import { type AssayStacks, addStacks } from '../../lib/stacks/assay-stacks';

export const ROOT = join(__dirname, '..', '..');

/** A complete configuration; tests change what they are about. */
export const CONFIG: AppConfigInput = {
  application: 'churn',
  source: {
    type: 'connection',
    connectionArn: 'arn:aws:codeconnections:us-east-1:111122223333:connection/0f0f',
    repository: 'example-org/churn',
    branch: 'release',
  },
  environments: { production: { instanceCount: 2, approval: { timeoutHours: 24 } } },
  notifications: { emails: ['team@example.com'] },
};

export interface TestApp {
  readonly app: App;
  readonly stacks: AssayStacks;
}

/** The real app with cdk.json's feature flags, without bundling and without the template validator (both are slow). */
export function testApp(config: AppConfigInput = CONFIG): TestApp {
  process.env.CDK_VALIDATION = 'false';
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false });
  return { app, stacks: addStacks(app, loadAppConfig(config)) };
}

export interface Templates {
  readonly data: Template;
  readonly staging: Template;
  readonly production: Template;
  readonly pipeline: Template;
  readonly retraining: Template;
}

export function templatesOf({ stacks }: TestApp): Templates {
  return {
    data: Template.fromStack(stacks.data),
    staging: Template.fromStack(stacks.staging),
    production: Template.fromStack(stacks.production),
    pipeline: Template.fromStack(stacks.pipeline),
    retraining: Template.fromStack(stacks.retraining),
  };
}
