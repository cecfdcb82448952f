import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Gates } from '../config/gates';
import { loadGates } from '../config/load';
import type { Check, ReleaseIdentity, Report } from '../core/report/report';
import { judgeFiles } from '../engines/data/gate';
import { TableError } from '../engines/rows';
import { describeFolder, GoldenDataError } from '../golden-data/manifest';
import type { PinnedFile } from '../pipeline/contract';
import { insideRun, UsageError } from '../release/environment';
import { type Fetched, fetchObject, mismatch } from '../release/golden';
import { ObjectMissing } from '../release/objects';
import { openRun, type RunFolder } from '../release/run-folder';
import { addGateOutputOptions, buildReport, concludeGate, type GateOutputOptions } from './gate-output';

interface DataOptions extends GateOutputOptions {
  readonly workload?: string;
  readonly data?: string;
}

/** `assay gate data`. */
export function registerDataGate(gate: Command): void {
  addGateOutputOptions(
    gate
      .command('data')
      .description('judge the golden data: integrity, schema contract, expectations')
      .option('--workload <dir>', 'folder with gates.yaml (outside a run of the pipeline)')
      .option('--data <dir>', 'folder with the files; default: dataset.path of gates.yaml'),
  ).action(async (options: DataOptions) => {
    process.exitCode = await gateData(options);
  });
}

async function gateData(options: DataOptions): Promise<number> {
  if (options.workload !== undefined) return concludeGate(await judgeFolder(options.workload, options.data), options);
  if (!insideRun(process.env)) throw new UsageError('outside a run of the pipeline, --workload DIR says what to judge');
  const folder = openRun(process.env);
  return concludeGate(await judgeRun(folder), options, { folder, name: 'data' });
}

/** Judges local files. */
export async function judgeFolder(workload: string, data?: string): Promise<Report> {
  const { gates } = loadGates(workload);
  const { dataset } = gates;
  const folder = data === undefined ? resolve(workload, dataset.path) : resolve(data);
  for (const path of [dataset.train, dataset.holdout]) {
    if (!existsSync(join(folder, path))) {
      throw new UsageError(
        `${join(folder, path)}: there is no such file (dataset.path, dataset.train, dataset.holdout)`,
      );
    }
  }
  const checks = [
    ...(dataset.digest === undefined ? [] : [await checkPin(folder, dataset, dataset.digest)]),
    ...(await judgeTable('train', dataset.train, join(folder, dataset.train), gates)),
    ...(await judgeTable('holdout', dataset.holdout, join(folder, dataset.holdout), gates)),
  ];
  return buildReport({ gate: 'data', release: {}, checks }, new Date());
}

/** Whether local files are the data that gates.yaml pins. */
async function checkPin(folder: string, dataset: Gates['dataset'], digest: string): Promise<Check> {
  const id = 'golden.integrity';
  try {
    const found = (await describeFolder(folder, dataset)).digest;
    const reason =
      found === digest ? `the files are the pinned ${digest}` : `gates.yaml pins ${digest}, the files have ${found}`;
    return { id, verdict: found === digest ? 'pass' : 'fail', reason, evidence: { expected: digest, found } };
  } catch (error) {
    if (!(error instanceof TableError || error instanceof GoldenDataError)) throw error;
    return { id, verdict: 'fail', reason: error.message };
  }
}

/** Judges the files that `release.json` pins: the very bytes that training and evaluation will use. */
export async function judgeRun(run: RunFolder): Promise<Report> {
  const release = await run.release();
  const gates = release.gates as Gates;
  const folder = mkdtempSync(join(tmpdir(), 'assay-data-'));
  try {
    const checks: Check[] = [];
    for (const split of ['train', 'holdout'] as const) {
      const pinned = release.dataset[split];
      const file = join(folder, split);
      const integrity = await checkIntegrity(run, pinned, file);
      checks.push(integrity);
      if (integrity.verdict === 'pass') checks.push(...(await judgeTable(split, pinned.path, file, gates)));
    }
    const { name, version, digest, train, holdout } = release.dataset;
    const identity: ReleaseIdentity = {
      commit: release.commit,
      dataset: { name, version, sha256: digest, rows: train.rows + holdout.rows },
      image: release.image,
    };
    return buildReport({ gate: 'data', release: identity, checks }, new Date());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fetches a pinned file; the check says whether it still is what the release pinned. */
export async function checkIntegrity(run: RunFolder, pinned: PinnedFile, target: string): Promise<Check> {
  const id = `golden.integrity.${pinned.path}`;
  const fetched = await fetchPinned(run, pinned, target);
  if (fetched instanceof ObjectMissing) {
    return { id, verdict: 'fail', reason: `${pinned.path}: the pinned golden data is gone: ${fetched.message}` };
  }
  const { sha256 } = fetched;
  const same = sha256 === pinned.sha256;
  return {
    id,
    verdict: same ? 'pass' : 'fail',
    reason: same ? `${pinned.path}: has the pinned sha256 ${sha256}` : mismatch(pinned.path, pinned.sha256, sha256),
    evidence: { expected: pinned.sha256, found: sha256, versionId: pinned.versionId },
  };
}

async function fetchPinned(run: RunFolder, pinned: PinnedFile, target: string): Promise<Fetched | ObjectMissing> {
  try {
    return await fetchObject(run.store, pinned.s3Uri, target, pinned.versionId);
  } catch (error) {
    if (error instanceof ObjectMissing) return error;
    throw error;
  }
}

async function judgeTable(
  split: 'train' | 'holdout',
  name: string,
  file: string,
  gates: Gates,
): Promise<readonly Check[]> {
  const { dataset, data } = gates;
  const columns = Object.entries(dataset.columns).map(([column, type]) => ({ name: column, type }));
  const wanted = data.expectations.filter(({ on }) => on === undefined || on === split);
  const positive = dataset.task === 'binary' ? dataset.positive : undefined;
  const contract = {
    columns,
    key: dataset.key,
    label: dataset.label,
    ...(positive === undefined ? {} : { positive }),
  };
  try {
    return await judgeFiles({ prefix: `data.${split}`, name, files: [file], expectations: wanted, contract });
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    return [{ id: `data.${split}.readable`, verdict: 'fail', reason: error.message }];
  }
}
