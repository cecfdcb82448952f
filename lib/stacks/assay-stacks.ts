import type { App } from 'aws-cdk-lib';
import type { AppConfig } from '../config/app';
import { modelPackageGroupName } from '../pipeline/names';
import { DataStack } from './data-stack';
import { PipelineStack } from './pipeline-stack';
import { RetrainingStack } from './retraining-stack';
import { ServingStack } from './serving-stack';

export interface AssayStacks {
  readonly data: DataStack;
  readonly staging: ServingStack;
  readonly production: ServingStack;
  readonly pipeline: PipelineStack;
  readonly retraining: RetrainingStack;
}

/** All stacks of one application: `Churn-Data`, `Churn-Staging`, `Churn-Production`, `Churn-Pipeline`, `Churn-Retraining`. */
export function addStacks(app: App, config: AppConfig): AssayStacks {
  const { application, environments } = config;
  const prefix = pascalCase(application);
  const env = { region: config.region };
  const tags = { 'assay:application': application };
  const data = new DataStack(app, `${prefix}-Data`, {
    env,
    tags,
    application,
    description: `Assay ${application}: golden data, runs and the model registry`,
  });
  const serving = (environment: 'staging' | 'production'): ServingStack =>
    new ServingStack(app, `${prefix}-${pascalCase(environment)}`, {
      env,
      tags,
      application,
      environment,
      instanceType: environments[environment].instanceType,
      instanceCount: environments[environment].instanceCount,
      artifactBucket: data.artifactBucket,
      rolloutTable: data.rolloutTable,
      monitoringBucket: data.monitoringBucket,
      modelPackageGroup: modelPackageGroupName(application),
      description: `Assay ${application}: the ${environment} endpoint`,
    });
  const staging = serving('staging');
  const production = serving('production');
  const pipeline = new PipelineStack(app, `${prefix}-Pipeline`, {
    env,
    tags,
    config,
    artifactBucket: data.artifactBucket,
    rolloutTable: data.rolloutTable,
    retrainingTable: data.retrainingTable,
    goldenBucket: data.goldenBucket,
    lakeScans: data.lakeScans,
    staging: staging.serving,
    production: production.serving,
    description: `Assay ${application}: from a push to production`,
  });
  const retraining = new RetrainingStack(app, `${prefix}-Retraining`, {
    env,
    tags,
    config,
    artifactBucket: data.artifactBucket,
    goldenBucket: data.goldenBucket,
    monitoringBucket: data.monitoringBucket,
    rolloutTable: data.rolloutTable,
    retrainingTable: data.retrainingTable,
    production: production.serving,
    notices: pipeline.notices,
    description: `Assay ${application}: monitors of production, and what starts runs`,
  });
  // It knows the pipeline by its name alone, and asks for its runs from the first minute.
  retraining.addStackDependency(pipeline);
  return { data, staging, production, pipeline, retraining };
}

/** `churn-eu` → `ChurnEu`. */
function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
