import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type LandOptions, landFile } from '../../lib/cli/golden-land';
import { loadGates } from '../../lib/config/load';
import { pushDataset } from '../../lib/golden-data/push';
import { ObjectStore } from '../../lib/release/objects';
import { retrainingParameter } from '../../lib/retraining/contract';
import { type Moto, startMoto } from '../support/moto';
import { tinyWorkload } from '../support/workload';

let moto: Moto;
let store: ObjectStore;
let workload: string;

beforeAll(async () => {
  moto = await startMoto();
  store = new ObjectStore(moto.s3);
  await moto.createBucket('golden');
  workload = tinyWorkload();
  await pushDataset(store, 'golden', join(workload, 'golden'), loadGates(workload).gates.dataset);
}, 60_000);

afterAll(async () => {
  await moto.stop();
  rmSync(workload, { recursive: true });
});

let files = 0;

async function land(content: string | Buffer, options: LandOptions = {}, name = 'new.csv'): Promise<readonly string[]> {
  const folder = join(workload, `f${++files}`);
  mkdirSync(folder);
  writeFileSync(join(folder, name), content);
  const lines: string[] = [];
  await landFile(join(folder, name), { workload, bucket: 'golden', ...options }, (line) => lines.push(line));
  return lines;
}

const HEADER = 'y,x,id,flag';

test('a file lands under the time and its digest, and what will happen is told', async () => {
  const lines = await land(`${HEADER}\n1,2.50,e,true\n0,,f,\n1,3,e,false\n`);
  expect(lines[0]).toMatch(
    /new\.csv: 3 rows with the columns and types of tiny, 1 of them with a key that comes again later$/,
  );
  const [, key = ''] = /^landed s3:\/\/golden\/(\S+), version \S+$/.exec(lines[1] ?? '') ?? [];
  expect(key).toMatch(/^landing\/tiny\/\d{8}T\d{9}Z-[0-9a-f]{12}\.csv$/);
  expect(await store.readText('golden', key)).toContain('1,2.50,e,true');
  expect(lines.slice(2)).toEqual([
    'its rows join dataset tiny 1 in the next run that no push starts; data and drift gates judge the result',
    expect.stringMatching(/^that run starts \d+ minutes after the last file landed, when triggers\.policy lets it$/),
  ]);
});

test('the same file lands once, unless that is asked for', async () => {
  const content = `${HEADER}\n1,9,g,true\n`;
  await land(content);
  await expect(land(content)).rejects.toThrow(
    /^the same file landed before as s3:\/\/golden\/landing\/tiny\/\S+; --again/,
  );
  expect(await land(content, { again: true })).toHaveLength(4);
});

test('packed files land packed', async () => {
  expect((await land(gzipSync(`${HEADER}\n1,8,h,true\n`), {}, 'new.csv.gz'))[1]).toMatch(/\.csv\.gz, version/);
});

test.each([
  ['another column', 'y,x,ident,flag\n1,2,e,true\n', 'new.csv: has no column "id"; it has y, x, ident, flag'],
  [
    'values of another type, all columns at once',
    `${HEADER}\n1,2,e,true\n1,abc,f,perhaps\n2.5,1_000,g,"\n"\n`,
    'new.csv: 2 values of x cannot be read as number (first: "abc"); 2 values of flag cannot be read as boolean (first: "perhaps"); 1 values of y cannot be read as integer (first: "2.5")',
  ],
  ['a missing key', `${HEADER}\n1,2,,true\n`, 'new.csv:2: has no id, the key of the dataset'],
])('refuses %s, and nothing lands', async (_what, content, message) => {
  const before = await store.currentVersions('golden', 'landing/');
  const folder = join(workload, `f${files + 1}`);
  await expect(land(content)).rejects.toThrow(`${folder}/${message}`);
  expect(await store.currentVersions('golden', 'landing/')).toEqual(before);
});

test('the bucket is that of the deployed application', async () => {
  const ssm = new SSMClient({ endpoint: moto.endpoint, region: 'us-east-1' });
  const Name = retrainingParameter('tiny');
  await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: JSON.stringify({ goldenBucket: 'golden' }) }));
  const folder = join(workload, 'deployed');
  mkdirSync(folder);
  writeFileSync(join(folder, 'x.csv'), `${HEADER}\n1,7,k,true\n`);
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await landFile(join(folder, 'x.csv'), { workload, application: 'tiny' }, log);
  expect(lines[1]).toContain('landed s3://golden/landing/tiny/');
  await expect(landFile(join(folder, 'x.csv'), { workload, application: 'nope' }, log)).rejects.toThrow(
    'nope is not deployed in',
  );
  ssm.destroy();
});

test('it is reached in the region of the application, whatever the environment says', async () => {
  const seen: string[] = [];
  const spy = createServer((request, response) => {
    seen.push(/Credential=[^/]+\/\d+\/([^/]+)\/s3\//.exec(request.headers.authorization ?? '')?.[1] ?? '');
    response.writeHead(403).end();
  });
  await new Promise<void>((listening) => spy.listen(0, '127.0.0.1', listening));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(spy.address() as AddressInfo).port}`;
  process.env.AWS_REGION = 'eu-west-3';
  try {
    await expect(land(`${HEADER}\n1,6,r,true\n`)).rejects.toThrow('s3://golden/datasets/tiny/1/manifest.json: ');
  } finally {
    Object.assign(process.env, moto.env);
    spy.close();
  }
  expect(new Set(seen)).toEqual(new Set(['us-east-1']));
});

test('a file that is not there', async () => {
  await expect(landFile('/nowhere.csv', { workload }, () => undefined)).rejects.toThrow(
    '/nowhere.csv: there is no such file',
  );
});
