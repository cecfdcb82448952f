import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Gates } from '../config/gates';
import { loadGates } from '../config/load';
import { buildReport } from '../core/report/build';
import { renderJunit } from '../core/report/junit';
import type { Report } from '../core/report/report';
import { combineVerdicts } from '../core/verdict';
import { GoldenDataError } from '../golden-data/error';
import { BUILD_ENV } from '../pipeline/contract';
import { findManifest, pinFile } from '../release/golden';
import { type ObjectStore, openStore } from '../release/objects';
import { exitCodeOf } from './exit';
import { summarize, writeTo } from './gate-output';
import { goldenBucket } from './golden';

interface CheckDataOptions {
  readonly workload: string;
  readonly bucket?: string;
  readonly reports: string;
}

/** `assay check …`: what a pull request has to pass, beside the tests of its code. */
export function registerCheck(program: Command): void {
  const check = program.command('check').description('what a pull request has to pass');
  check
    .command('data')
    .description('judge the golden data that gates.yaml pins, read from its bucket; nothing is written there')
    .requiredOption('--workload <dir>', 'folder with gates.yaml')
    .option('--bucket <name>', `golden bucket; default: ${BUILD_ENV.goldenBucket}`)
    .option('--reports <dir>', 'folder for data.xml and drift.xml (JUnit)', 'reports')
    .action(async (options: CheckDataOptions) => {
      process.exitCode = await checkData(options);
    });
}

/** @returns the exit code: of the worst verdict */
async function checkData({ workload, bucket, reports }: CheckDataOptions): Promise<number> {
  const { gates } = loadGates(workload);
  const found = await judge(workload, gates, goldenBucket(bucket));
  for (const report of found) {
    writeTo(join(reports, `${report.gate}.xml`), renderJunit(report));
    process.stdout.write(`${summarize(report)}\n`);
  }
  return exitCodeOf(combineVerdicts(found.map(({ verdict }) => verdict)));
}

async function judge(workload: string, gates: Gates, bucket: string): Promise<readonly Report[]> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-check-'));
  try {
    const refusal = await fetchPinned(openStore(process.env), bucket, gates.dataset, folder);
    if (refusal !== undefined) return [refusal];
    const { judgeFolder } = await import('./data-workload');
    const data = await judgeFolder(workload, folder, {});
    if (gates.drift === undefined) return [data];
    const { judgeDriftFiles } = await import('./drift');
    return [data, await judgeDriftFiles({ workload, data: folder })];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Copies the pinned files, every byte verified. @returns the report of data that is not there or not the pinned one */
async function fetchPinned(
  store: ObjectStore,
  bucket: string,
  dataset: Gates['dataset'],
  folder: string,
): Promise<Report | undefined> {
  try {
    const manifest = await findManifest(store, bucket, dataset);
    for (const path of new Set([dataset.train, dataset.holdout])) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      await pinFile(store, bucket, manifest, path, join(folder, path));
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof GoldenDataError)) throw error;
    const checks = [{ id: 'golden.integrity', verdict: 'fail', reason: error.message } as const];
    return buildReport({ gate: 'data', release: {}, checks }, new Date());
  }
}
