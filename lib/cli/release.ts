import type { Command } from 'commander';
import { buildReport } from '../core/report/build';
import { GoldenDataError } from '../golden-data/manifest';
import { BUILD_ENV } from '../pipeline/contract';
import { insideRun } from '../release/environment';
import { extractFingerprint } from '../release/fingerprint';
import { prepareRelease } from '../release/prepare';
import { openRun } from '../release/run-folder';
import { explainError } from './exit';
import { uploadReport } from './gate-output';

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** `assay release …`: what the pipeline's builds do around the gates. */
export function registerRelease(program: Command): void {
  const release = program
    .command('release')
    .description('what releases come from and how they differ, and steps of a pipeline run');
  release
    .command('prepare')
    .description('pin commit, source, dataset, image and gates in release.json')
    .action(prepare);
  release
    .command('fingerprint')
    .description('take environment.json out of the trained model')
    .action(async () => {
      log(await extractFingerprint(openRun(process.env)));
    });
  release
    .command('baseline')
    .description('pin what live traffic will be held against in baseline.json')
    .action(baseline);
}

/** Answers that nobody can read are for the model gate to tell; such a model is registered as rejected, without a baseline. */
async function baseline(): Promise<void> {
  const { BaselineUnknown, writeBaseline } = await import('../release/baseline');
  try {
    log(await writeBaseline(openRun(process.env), new Date()));
  } catch (error) {
    if (!(error instanceof BaselineUnknown)) throw error;
    log(`no baseline: ${error.message}`);
  }
}

async function prepare(): Promise<void> {
  try {
    await prepareRelease({ env: process.env, directory: process.cwd(), log, now: new Date() });
  } catch (error) {
    if (insideRun(process.env)) await reportRefusal(error);
    throw error;
  }
}

/** A release that cannot be prepared still leaves a data report: notices and people read the reason there. */
async function reportRefusal(error: unknown): Promise<void> {
  const { message } = explainError(error);
  const file = error instanceof GoldenDataError ? error.file : undefined;
  const id = file === undefined ? 'release.prepare' : `golden.integrity.${file}`;
  const checks = [{ id, verdict: 'fail', reason: message } as const];
  const commit = process.env[BUILD_ENV.commit];
  const identity = commit === undefined ? {} : { commit };
  try {
    await uploadReport(
      buildReport({ gate: 'data', release: identity, checks }, new Date()),
      openRun(process.env),
      'data',
    );
  } catch (uploading) {
    process.stderr.write(`assay: the report could not be stored: ${explainError(uploading).message}\n`);
  }
}
