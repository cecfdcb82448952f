// `npm test [-- jest arguments]`: installs what is missing, then runs every test. End-to-end tests come last and two files
// at a time: one pipeline leaves nearly half of two processors idle.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execNode } from './exec.mjs';
import { root, setup } from './setup.mjs';

// The SDK's note about Node 20 would come before every test file; README.md names the versions that work.
const ENVIRONMENT = { CDK_VALIDATION: 'false', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

await setup();
// What tests leave in the folder for temporary files goes with the run: cloud assemblies alone are gigabytes.
const scratch = mkdtempSync(join(tmpdir(), 'assay-tests-'));
process.on('exit', () => {
  try {
    // A process that a test left behind may still write.
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } catch (error) {
    console.error(`${scratch} could not be removed: ${error.message}`);
  }
});
const jest = (...args) =>
  execNode([join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...args], { ...ENVIRONMENT, TMPDIR: scratch });

const chosen = process.argv.slice(2);
if (chosen.length > 0) {
  process.exitCode = await jest(...chosen);
} else {
  // Jest would leave one of the processors idle. Five seconds a test, its default, are a judgement on the machine.
  const patient = ['--maxWorkers', '100%', '--testTimeout', '60000'];
  process.exitCode = await jest('--selectProjects', 'unit', 'infrastructure', ...patient);
  if (process.exitCode === 0)
    process.exitCode = await jest('--selectProjects', 'e2e', '--maxWorkers', `${Math.min(2, availableParallelism())}`);
}
