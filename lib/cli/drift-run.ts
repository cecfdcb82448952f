import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Gates } from '../config/gates';
import { buildReport } from '../core/report/build';
import type { Check, ReleaseIdentity, Report } from '../core/report/report';
import { TableError } from '../engines/table-error';
import type { ReleaseDocument } from '../pipeline/contract';
import type { RunFolder } from '../release/run-folder';
import { judgeTask } from './drift';
import { driftOf } from './drift-workload';
import { checkIntegrity } from './integrity';
import { type Scan, withScan } from './scan';

/** Compares the files that `release.json` pins; `undefined` where gates.yaml declares no drift. */
export async function judgeDriftRun(run: RunFolder): Promise<Report | undefined> {
  const release = await run.release();
  const gates = release.gates as Gates;
  if (gates.drift === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'assay-drift-'));
  try {
    const checks = await withScan((scan) => judgePinned(run, release, gates, { folder, scan }));
    return buildReport({ gate: 'drift', release: identityOf(release), checks }, new Date());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function judgePinned(
  run: RunFolder,
  release: ReleaseDocument,
  gates: Gates,
  { folder, scan: stoppable }: { readonly folder: string; readonly scan: Scan },
): Promise<readonly Check[]> {
  const { config, types, keys } = driftOf(gates);
  const files = { reference: release.dataset[config.reference], current: release.dataset[config.current] };
  const at = (sample: keyof typeof files) => join(folder, `${sample}-${basename(files[sample].path)}`);
  const integrity = [];
  for (const sample of ['reference', 'current'] as const) {
    integrity.push(await checkIntegrity(run, files[sample], at(sample)));
    stoppable.signal.throwIfAborted();
  }
  if (integrity.some(({ verdict }) => verdict !== 'pass')) return integrity;
  const sample = (of: keyof typeof files) => ({ paths: [at(of)], name: files[of].path, types });
  const columns = config.columns === undefined ? {} : { columns: config.columns };
  try {
    const scan = { reference: sample('reference'), current: sample('current'), keys, ...columns, ...stoppable };
    return [...integrity, ...(await judgeTask({ config, scan })).checks];
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    return [...integrity, { id: 'drift.readable', verdict: 'fail', reason: error.message }];
  }
}

function identityOf({ commit, image, dataset }: ReleaseDocument): ReleaseIdentity {
  const { name, version, digest, train, holdout } = dataset;
  return { commit, dataset: { name, version, sha256: digest, rows: train.rows + holdout.rows }, image };
}
