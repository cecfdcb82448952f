import { mkdirSync, readFileSync } from 'node:fs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Report } from '../../lib/core/report/report';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { assay } from '../support/command-line';
import { scratchFolder } from '../support/folder';
import { type Moto, startMoto } from '../support/moto';

jest.setTimeout(60_000);

const { at } = scratchFolder();
const PARTS = ['reference/1', 'reference/2', 'current/1', 'current/2'];
let moto: Moto;

/** Both samples in two files each, in a folder each and below a prefix each. */
beforeAll(async () => {
  const session = await DuckDbSession.open({ threads: 1 });
  for (const folder of ['reference', 'current']) mkdirSync(at(folder));
  for (const [part, name] of PARTS.entries()) {
    const rows = sql`SELECT hash(i) % 1000 / 100.0 AS x, i % 3 AS plan FROM range(${literal(300 * part)}, ${literal(300 * part + 300)}) AS r(i)`;
    await session.rows(sql`COPY (${rows}) TO ${literal(at(`${name}.parquet`))} (FORMAT parquet)`);
  }
  session.close();
  moto = await startMoto();
  await moto.createBucket('lake', false);
  for (const name of PARTS) {
    const Body = readFileSync(at(`${name}.parquet`));
    await moto.s3.send(new PutObjectCommand({ Bucket: 'lake', Key: `month/${name}.parquet`, Body }));
  }
});
afterAll(() => moto.stop());

const checks = async (reference: string, current: string) => {
  const { code, out, err } = await assay(['gate', 'drift', '--reference', reference, '--current', current, '--json']);
  expect([code, err]).toEqual([0, '']);
  return (JSON.parse(out) as Report).checks;
};

test('a folder, a glob and an S3 prefix are one sample, and say the same', async () => {
  const folders = await checks(at('reference'), at('current'));
  expect(folders.map(({ id, evidence }) => [id, evidence?.nReference, evidence?.nCurrent])).toEqual([
    ['drift.x', 600, 600],
    ['drift.plan', 600, 600],
  ]);
  expect(await checks(at('reference/*.parquet'), at('current/{1,2}.parquet'))).toEqual(folders);
  expect(await checks('s3://lake/month/reference/', 's3://lake/month/current')).toEqual(folders);
});

test('a prefix without objects is told in one line', async () => {
  const args = ['gate', 'drift', '--reference', at('reference'), '--current', 's3://lake/nothing/'];
  const { code, err } = await assay(args);
  expect([code, err]).toEqual([1, 'assay: s3://lake/nothing/: there is no such object\n']);
});
