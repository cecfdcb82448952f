import { isAbsolute } from 'node:path';
import { App } from 'aws-cdk-lib';
import configuration from '../assay.config';
import { loadAppConfig } from '../lib/config/app';
import { addStacks } from '../lib/stacks/assay-stacks';

/**
 * The CDK app, and the only place that reads the environment:
 * - ASSAY_WORKLOAD_DIR: absolute path of a workload that is pushed by itself, as `assay run --workload DIR` does
 * - ASSAY_APPLICATION: another application name than the configured one
 */
const { ASSAY_WORKLOAD_DIR: workload, ASSAY_APPLICATION: application } = process.env;

if (workload !== undefined && !isAbsolute(workload)) {
  throw new Error(`ASSAY_WORKLOAD_DIR must be an absolute path; found "${workload}"`);
}

const config = loadAppConfig(configuration, {
  ownRepository: workload !== undefined,
  ...(application === undefined ? {} : { application }),
});
// No metadata resource: the assembly holds what the app declares, and nothing else.
addStacks(new App({ analyticsReporting: false }), config);
