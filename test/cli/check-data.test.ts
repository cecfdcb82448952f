import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { assay } from '../support/command-line';
import { type Moto, startMoto } from '../support/moto';
import { TINY_GATES, TINY_TRAIN, tinyWorkload } from '../support/workload';

jest.setTimeout(60_000);

const BUCKET = 'golden';
let moto: Moto;
let workload: string;

beforeAll(async () => {
  moto = await startMoto();
  await moto.createBucket(BUCKET);
});
afterAll(() => moto.stop());
beforeEach(() => {
  workload = tinyWorkload();
});
afterEach(() => rmSync(workload, { recursive: true }));

const gates = (text: string) => writeFileSync(join(workload, 'gates.yaml'), text);
const push = () => assay(['golden', 'push', workload, '--bucket', BUCKET]);
const reports = () => join(workload, 'out', 'reports');
const check = () => assay(['check', 'data', '--workload', workload, '--bucket', BUCKET, '--reports', reports()]);
const xml = (name: string) => readFileSync(join(reports(), `${name}.xml`), 'utf8');

test('judges what the bucket holds of the pinned data, whatever lies beside gates.yaml', async () => {
  expect((await push()).code).toBe(0);
  rmSync(join(workload, 'golden'), { recursive: true });
  const { code, out } = await check();
  expect([code, out]).toEqual([0, expect.stringMatching(/^data gate: PASS/)]);
  expect(xml('data')).toContain('<testcase');
  expect(existsSync(join(reports(), 'drift.xml'))).toBe(false);
});

test('compares the samples where gates.yaml declares drift, and the worse verdict counts', async () => {
  gates(`${TINY_GATES.replace('version: "1"', 'version: "2"')}drift: { minRows: 1000 }\n`);
  await push();
  const { code, out } = await check();
  // Four rows are no evidence about a distribution.
  expect([code, out]).toEqual([2, expect.stringMatching(/data gate: PASS[\s\S]*drift gate: INCONCLUSIVE/)]);
  expect(xml('drift')).toContain('<testcase');
});

test('data that breaks an expectation fails', async () => {
  gates(TINY_GATES.replace('version: "1"', 'version: "3"').replace('max_value: 9', 'max_value: 1'));
  await push();
  const { code, out } = await check();
  expect([code, out]).toEqual([1, expect.stringMatching(/^data gate: FAIL/)]);
  expect(xml('data')).toContain('<failure');
});

test.each([
  ['a version that nobody stored', 'version: "9"', 'dataset tiny 9 is not in s3://golden'],
  ['another digest', `version: "1"\n  digest: sha256:${'0'.repeat(64)}`, 'gates.yaml pins sha256:0000'],
])('%s fails, with a report that says so', async (_, pin, problem) => {
  gates(TINY_GATES.replace('version: "1"', pin));
  const { code, out } = await check();
  expect([code, out]).toEqual([1, expect.stringContaining(problem)]);
  expect(xml('data')).toContain(problem.split(' ')[0]);
});

test('bytes that changed after the data was pinned fail', async () => {
  gates(TINY_GATES.replace('version: "1"', 'version: "4"'));
  await push();
  const Key = 'datasets/tiny/4/train.csv';
  await moto.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: TINY_TRAIN.replace('1.5', '1.6') }));
  const { code, out } = await check();
  expect([code, out]).toEqual([1, expect.stringContaining('train.csv: golden data was changed')]);
});

test('without a bucket it is wrong usage', async () => {
  const { code, err } = await assay(['check', 'data', '--workload', workload]);
  expect([code, err]).toEqual([64, expect.stringContaining('which bucket?')]);
});
