import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applicationName, claimState, claimStateFolder, ownWorkload } from '../../../lib/cli/run/workload';
import { UsageError } from '../../../lib/release/environment';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-workload-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['Telco Churn_v2', 'telco-churn-v2'],
  ['2024-model', 'model'],
  ['a-very-long-folder-name-indeed', 'a-very-long-folder-n'],
])('the folder %s becomes the application %s', (name, application) => {
  expect(applicationName(name)).toBe(application);
});

test('a folder name without any letter needs --name', () => {
  expect(() => applicationName('2024')).toThrow(
    'no application name can be made of the folder name "2024"; give one with --name',
  );
});

test('a workload is a folder with gates.yaml', () => {
  // A usage error, so that the exit code is 64 and not that of an internal error.
  expect(() => ownWorkload(join(folder, 'nowhere'), undefined)).toThrow(UsageError);
  expect(() => ownWorkload(join(folder, 'nowhere'), undefined)).toThrow('does not exist');
  expect(() => ownWorkload(folder, undefined)).toThrow('has no gates.yaml');
  writeFileSync(join(folder, 'gates.yaml'), 'version: 1\n');
  expect(ownWorkload(folder, 'telco')).toEqual({
    folder,
    repository: folder,
    application: 'telco',
    environment: { ASSAY_WORKLOAD_DIR: folder, ASSAY_APPLICATION: 'telco' },
  });
});

test('two workloads of one name are not mixed', () => {
  const file = join(folder, 'workload.json');
  const workload = { folder: '/models/a/churn', repository: '/models/a/churn', application: 'churn', environment: {} };
  expect(claimState(file, workload)).toBeUndefined();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify({ folder: '/models/b/churn' }));
  expect(claimState(file, workload)).toBe(
    'the name "churn" belongs to the workload in /models/b/churn; choose another with --name',
  );
});

test('a state folder is claimed by one run at a time, and given back by a run that may not have it', () => {
  const workload = { folder: '/models/a/churn', repository: '/models/a/churn', application: 'churn', environment: {} };
  const lock = claimStateFolder(folder, workload);
  expect(() => claimStateFolder(folder, workload)).toThrow(/^Another run \(process \d+, since .*\) uses /);
  lock.release();
  expect(() => claimStateFolder(folder, { ...workload, folder: '/models/b/churn' })).toThrow(
    'belongs to the workload in',
  );
  expect(existsSync(join(folder, 'engine.lock'))).toBe(false);
});

test('a note of the owner that was cut short is written again', () => {
  const file = join(folder, 'workload.json');
  writeFileSync(file, '{"fold');
  const workload = { folder: '/models/a/churn', repository: '/models/a/churn', application: 'churn', environment: {} };
  claimStateFolder(folder, workload).release();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ folder: '/models/a/churn' });
});
