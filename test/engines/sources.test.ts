import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { globPattern } from '../../lib/engines/glob';
import { fetchObjects } from '../../lib/engines/s3-objects';
import { openSource } from '../../lib/engines/sources';
import { type Moto, startMoto } from '../support/moto';

const folder = mkdtempSync(join(tmpdir(), 'assay-sources-'));
const FILES = [
  'data/b.csv',
  'data/a.csv',
  'data/_SUCCESS',
  'data/.a.csv.crc',
  'data/deep/er/c.csv',
  'mixed/a.csv',
  'mixed/b.parquet',
  'docs/readme.txt',
];
let moto: Moto;

beforeAll(async () => {
  for (const file of FILES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `name\n${file}\n`);
  }
  moto = await startMoto();
  await moto.createBucket('lake', false);
  for (const Key of ['churn/b.csv', 'churn/a.csv', 'churn/_SUCCESS', 'churn/', 'churn-old/c.csv', 'one.csv.gz']) {
    await moto.s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: Key }));
  }
});
afterAll(async () => {
  await moto.stop();
  rmSync(folder, { recursive: true });
});

async function namesOf(...specs: readonly string[]): Promise<readonly string[]> {
  const source = await openSource(specs.map((spec) => (spec.startsWith('s3:') ? spec : join(folder, spec))));
  source.close();
  return source.names.map((name) => name.replace(`${folder}/`, ''));
}

test.each([
  ['a file', ['data/b.csv'], ['data/b.csv']],
  ['several', ['data/b.csv', 'data/a.csv'], ['data/b.csv', 'data/a.csv']],
  ['a glob', ['data/*.csv'], ['data/a.csv', 'data/b.csv']],
  ['a glob over folders', ['data/**/*.csv'], ['data/a.csv', 'data/b.csv', 'data/deep/er/c.csv']],
  ['alternatives', ['data/{a,x}.csv'], ['data/a.csv']],
  ['a folder, without what writers leave beside the data', ['data'], ['data/a.csv', 'data/b.csv']],
])('%s', async (_what, specs, expected) => {
  expect(await namesOf(...specs)).toEqual(expected);
});

test.each([
  ['nothing', 'data/z.csv', 'data/z.csv: there is no such file'],
  ['a glob without match', 'data/z*.csv', 'data/z*.csv: no file matches'],
  ['files of two formats', 'mixed', 'a.csv and '],
  ['a folder with other files', 'docs', 'readme.txt: is read when its name ends in .csv'],
])('%s is refused', async (_what, spec, message) => {
  await expect(openSource(join(folder, spec))).rejects.toThrow(message);
});

test('an S3 prefix is downloaded, and removed afterwards', async () => {
  const source = await openSource('s3://lake/churn');
  expect(source.names).toEqual(['s3://lake/churn/a.csv', 's3://lake/churn/b.csv']);
  expect(source.paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['churn/a.csv', 'churn/b.csv']);
  expect(source.bytes).toBe(22);
  source.close();
  expect(source.paths.filter((path) => existsSync(path))).toEqual([]);
});

test.each([
  ['s3://lake/one.csv.gz', ['s3://lake/one.csv.gz']],
  ['s3://lake/churn*/?.csv', ['s3://lake/churn-old/c.csv', 's3://lake/churn/a.csv', 's3://lake/churn/b.csv']],
])('%s', async (uri, expected) => {
  expect(await namesOf(uri)).toEqual(expected);
});

test.each([
  ['s3://lake/none', 's3://lake/none: there is no such object'],
  ['s3://nowhere/x', 's3://nowhere/x: there is no such bucket'],
  ['s3://', '"s3://" is no s3://bucket/prefix address'],
])('%s is refused', async (uri, message) => {
  await expect(openSource(uri)).rejects.toThrow(message);
});

test('objects that do not fit on the disk are refused before the first is read', async () => {
  const huge = [{ name: 's3://lake/churn/a.csv', bytes: 1e18 }];
  await expect(fetchObjects(huge, folder)).rejects.toThrow(
    /^s3:\/\/lake\/churn\/a\.csv: 1000000000\.0 GB do not fit on the disk of /,
  );
});

test.each([
  ['a+b(c).csv', 'a+b(c).csv', true],
  ['[!a]x', 'bx', true],
  ['[!a]x', 'ax', false],
  ['*', 'a/b', false],
  ['**/b', 'b', true],
  ['a,b', 'a,b', true],
])('the glob %s and %s', (glob, path, expected) => {
  expect(globPattern(glob).test(path)).toBe(expected);
});
