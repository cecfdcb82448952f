import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Gates } from '../config/gates';
import { loadGates } from '../config/load';
import { buildReport } from '../core/report/build';
import type { Check, Report } from '../core/report/report';
import type { LakeGateInput } from '../engines/athena/gate';
import { judgeFiles } from '../engines/data/gate';
import { TableError } from '../engines/table-error';
import { describeFolder, GoldenDataError } from '../golden-data/manifest';
import type { PinnedFile } from '../pipeline/contract';
import { UsageError } from '../release/environment';
import type { RunFolder } from '../release/run-folder';
import { engineFor, judgeLake } from './data-lake';
import { checkIntegrity } from './integrity';
import { dataIdentity } from './release-identity';
import { withScan } from './scan';
import type { ScanLimits } from './scan-limits';

/** Judges local files. */
export async function judgeFolder(workload: string, data: string | undefined, limits: ScanLimits): Promise<Report> {
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
  // Files of a folder are here; in a run of the pipeline they are in S3.
  await engineFor([folder], { engine: limits.engine ?? gates.data.engine }, process.env);
  const checks = [
    ...(dataset.digest === undefined ? [] : [await checkPin(folder, dataset, dataset.digest)]),
    ...(await judgeTable('train', dataset.train, join(folder, dataset.train), gates, limits)),
    ...(await judgeTable('holdout', dataset.holdout, join(folder, dataset.holdout), gates, limits)),
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
export const judgeRun = (run: RunFolder, limits: ScanLimits): Promise<Report> =>
  withScan(({ signal }) => judgeRelease(run, limits, signal));

async function judgeRelease(run: RunFolder, limits: ScanLimits, signal: AbortSignal): Promise<Report> {
  const release = await run.release();
  const gates = release.gates as Gates;
  const folder = mkdtempSync(join(tmpdir(), 'assay-data-'));
  try {
    const checks: Check[] = [];
    for (const split of ['train', 'holdout'] as const) {
      const pinned = release.dataset[split];
      const file = join(folder, split);
      const integrity = await checkIntegrity(run, pinned, file);
      signal.throwIfAborted();
      checks.push(integrity);
      if (integrity.verdict !== 'pass') continue;
      const asked = limits.engine ?? gates.data.engine ?? 'auto';
      checks.push(
        ...(asked === 'athena'
          ? await judgePinned(split, pinned, gates)
          : await judgeTable(split, pinned.path, file, gates, limits)),
      );
    }
    const { train, holdout } = release.dataset;
    return buildReport({ gate: 'data', release: dataIdentity(release, train.rows + holdout.rows), checks }, new Date());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Split = 'train' | 'holdout';

/** What one file of the dataset has to hold. */
function tableOf(split: Split, { dataset, data }: Gates): Pick<LakeGateInput, 'prefix' | 'expectations' | 'contract'> {
  const columns = Object.entries(dataset.columns).map(([column, type]) => ({ name: column, type }));
  const positive = dataset.task === 'binary' ? dataset.positive : undefined;
  return {
    prefix: `data.${split}`,
    expectations: data.expectations.filter(({ on }) => on === undefined || on === split),
    contract: {
      columns,
      key: dataset.key,
      label: dataset.label,
      ...(positive === undefined ? {} : { positive }),
    },
  };
}

async function readable(split: Split, judge: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    return [{ id: `data.${split}.readable`, verdict: 'fail', reason: error.message }];
  }
}

const judgeTable = (
  split: Split,
  name: string,
  file: string,
  gates: Gates,
  { engine: _asked, ...limits }: ScanLimits,
): Promise<readonly Check[]> =>
  readable(split, () =>
    withScan((scan) => judgeFiles({ ...tableOf(split, gates), name, files: [file] }, { ...limits, ...scan })),
  );

/** Athena reads the version of an object that is the current one, so that has to be the pinned one throughout. */
const judgePinned = (split: Split, pinned: PinnedFile, gates: Gates): Promise<readonly Check[]> =>
  readable(split, async () => {
    await needCurrent(pinned);
    const input = { ...tableOf(split, gates), name: pinned.path };
    const checks = await judgeLake(input, [pinned.s3Uri], { engine: 'athena', why: 'data.engine' }, process.env);
    await needCurrent(pinned);
    return checks;
  });

async function needCurrent({ path, s3Uri, versionId }: PinnedFile): Promise<void> {
  const { currentVersion } = await import('../engines/s3-version');
  const found = await currentVersion(s3Uri);
  if (found === versionId) return;
  throw new TableError(
    `${path}: Athena reads version ${found} of ${s3Uri}, and the release pins ${versionId} (engine: duckdb)`,
  );
}
