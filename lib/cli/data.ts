import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Gates } from '../config/gates';
import { loadGates } from '../config/load';
import { compileTable } from '../core/data/compile';
import { scanTable } from '../core/data/scan';
import type { Check, ReleaseIdentity, Report } from '../core/report/report';
import { openTable, TableError } from '../engines/rows';

import type { PinnedFile } from '../pipeline/contract';
import { insideRun, UsageError } from '../release/environment';
import { fetchObject, mismatch } from '../release/golden';
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
  const checks = [
    ...(await judgeTable('train', dataset.train, join(folder, dataset.train), gates)),
    ...(await judgeTable('holdout', dataset.holdout, join(folder, dataset.holdout), gates)),
  ];
  return buildReport({ gate: 'data', release: {}, checks }, new Date());
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
  const { sha256 } = await fetchObject(run.store, pinned.s3Uri, target, pinned.versionId);
  const same = sha256 === pinned.sha256;
  return {
    id: `golden.integrity.${pinned.path}`,
    verdict: same ? 'pass' : 'fail',
    reason: same ? `${pinned.path}: has the pinned sha256 ${sha256}` : mismatch(pinned.path, pinned.sha256, sha256),
    evidence: { expected: pinned.sha256, found: sha256, versionId: pinned.versionId },
  };
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
  const compiled = compileTable(wanted, columns, dataset.key, dataset.label);
  try {
    const table = await openTable(name, createReadStream(file), columns);
    const info = { name, header: table.header, columns, key: dataset.key, label: dataset.label };
    return await scanTable(`data.${split}`, info, table.rows, compiled);
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    return [{ id: `data.${split}.readable`, verdict: 'fail', reason: error.message }];
  }
}
