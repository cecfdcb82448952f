import { isAbsolute } from 'node:path';
import { App } from 'aws-cdk-lib';
import configuration from '../assay.config';
import { ConfigError, loadAppConfig } from '../lib/config/app';
import { addStacks } from '../lib/stacks/assay-stacks';

/**
 * The CDK app, and the only place that reads the environment:
 * - ASSAY_WORKLOAD_DIR: absolute path of a workload that is pushed by itself, as `assay run --workload DIR` does
 * - ASSAY_APPLICATION: another application name than the configured one
 * - ASSAY_SCHEDULE: `off` leaves out the weekly run, as the scenario of thirty quiet days does
 */
const { ASSAY_WORKLOAD_DIR: workload, ASSAY_APPLICATION: application, ASSAY_SCHEDULE: schedule } = process.env;

function synthesize(): void {
  if (workload !== undefined && !isAbsolute(workload)) {
    throw new ConfigError([`ASSAY_WORKLOAD_DIR: is an absolute path; found "${workload}"`]);
  }
  const config = loadAppConfig(configuration, {
    ownRepository: workload !== undefined,
    ...(application === undefined ? {} : { application }),
    ...(schedule === 'off' ? { schedule: false } : {}),
  });
  // No metadata resource: the assembly holds what the app declares, and nothing else.
  addStacks(new App({ analyticsReporting: false }), config);
}

try {
  synthesize();
} catch (error) {
  // What the team can fix is told in its words; anything else is a fault of the app and keeps its trace.
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
