import { defineConfig } from './lib/config/app';

/** The one file to edit before `npx cdk deploy`. Everything not named here has a default (lib/config/app-schema.ts). */
export default defineConfig({
  application: 'churn',
  region: 'us-east-1',
  workload: { path: 'examples/churn', repository: 'combined' },
  source: {
    type: 'connection',
    // Replace with your own: console → Developer Tools → Settings → Connections.
    connectionArn: 'arn:aws:codeconnections:us-east-1:111122223333:connection/00000000-0000-0000-0000-000000000000',
    repository: 'example-org/assay',
    branch: 'main',
  },
  environments: {
    staging: { instanceType: 'ml.m5.large', instanceCount: 1 },
    production: { instanceType: 'ml.m5.large', instanceCount: 2 },
  },
  training: { instanceType: 'ml.m5.large', volumeGiB: 10, maxRuntimeMinutes: 60 },
  notifications: { emails: [] },
});
