import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { loadGates } from '../../config/load';
import { datasetKey } from '../../golden-data/contract';
import type { Scenario } from './scenarios';
import type { RunResult, Session } from './session';
import type { Workload } from './workload';

/** What a copy of the repository leaves behind: everything that is installed or written by runs. */
const LEFT_OUT = new Set([
  'node_modules',
  '.venv',
  '.assay',
  '.git',
  'cdk.out',
  'coverage',
  '__pycache__',
  '.pytest_cache',
]);

/** Pushes a changed copy of the workload; the working tree and its golden data stay as they are. */
export const pushScenario = (session: Session, workload: Workload, scenario: Scenario): Promise<RunResult> =>
  withScenario(session, workload, scenario, (copy) => session.push(copy, scenario.traffic));

/** Does something with a changed copy of the repository. */
export async function withScenario<T>(
  session: Session,
  workload: Workload,
  scenario: Scenario,
  act: (copy: string) => Promise<T>,
): Promise<T> {
  const copy = mkdtempSync(join(tmpdir(), 'assay-scenario-'));
  try {
    await changeCopy(session, workload, scenario, copy);
    return await actUpon(session, join(copy, relative(workload.repository, workload.folder)), scenario, () =>
      act(copy),
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function changeCopy(session: Session, workload: Workload, scenario: Scenario, copy: string): Promise<void> {
  cpSync(workload.repository, copy, {
    recursive: true,
    filter: (source) =>
      !relative(workload.repository, source)
        .split('/')
        .some((part) => LEFT_OUT.has(part)),
  });
  const folder = join(copy, relative(workload.repository, workload.folder));
  scenario.change?.(folder);
  if (scenario.changeData !== undefined) newDatasetVersion(folder, scenario.changeData);
  await session.pushGoldenData(folder);
}

/** Acts while the stored data is tampered with, where the scenario says so. */
async function actUpon<T>(session: Session, folder: string, scenario: Scenario, act: () => Promise<T>): Promise<T> {
  if (scenario.tamper === undefined) return act();
  const restore = await tamper(session, folder, scenario.tamper);
  try {
    return await act();
  } finally {
    await restore();
  }
}

/** Changed data is a new version: the copy's gates.yaml names it, without a digest that pins the old content. */
function newDatasetVersion(folder: string, change: (golden: string) => void): void {
  const file = join(folder, 'gates.yaml');
  const { gates } = loadGates(folder);
  const golden = join(folder, gates.dataset.path);
  if (!existsSync(golden)) throw new Error(`scenario: ${golden} does not exist; "assay golden generate" makes it`);
  const version = `${gates.dataset.version}-${Date.now().toString(36)}`;
  const text = readFileSync(file, 'utf8')
    .replace(/^( {2}version: ).*$/m, `$1"${version}"`)
    .replace(/^ {2}digest: .*\n/m, '');
  writeFileSync(file, text);
  change(golden);
}

/** Overwrites the stored train file; the answer takes that version away again, so that the original is current. */
async function tamper(
  session: Session,
  folder: string,
  change: (content: Buffer) => Buffer,
): Promise<() => Promise<void>> {
  const { dataset } = loadGates(folder).gates;
  const { store, bucket, s3 } = session.golden;
  const key = datasetKey(dataset.name, dataset.version, dataset.train);
  const before = await store.readBuffer(bucket, key);
  const VersionId = await store.write(bucket, key, change(before), 'text/csv');
  return async () => {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
  };
}
