import { PutObjectCommand } from '@aws-sdk/client-s3';
import { engineFor } from '../../../lib/cli/data-lake';
import { type Moto, startMoto } from '../../support/moto';

const READY = { ASSAY_ATHENA_WORKGROUP: 'g', ASSAY_ATHENA_DATABASE: 'd' };
const SPECS = ['s3://lake/train/'];
let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
  await moto.createBucket('lake', false);
  for (const Key of ['train/a.csv', 'train/b.csv']) {
    await moto.s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: 'x'.repeat(2 ** 20) }));
  }
});
afterAll(async () => moto.stop());

test.each([
  ['files on this machine', ['train.csv'], {}, READY, 'duckdb', 'the files are on this machine'],
  ['little in S3', SPECS, {}, READY, 'duckdb', '0.00195 GiB in S3 is not more than 20 GiB'],
  ['much in S3', SPECS, { athenaAboveGiB: 0.001 }, READY, 'athena', '0.00195 GiB in S3 is more than 0.001 GiB'],
  [
    'much in S3, and no work group',
    SPECS,
    { athenaAboveGiB: 0.001 },
    {},
    'duckdb',
    '0.00195 GiB in S3 is more than 0.001 GiB, but no work group and database of Athena are named',
  ],
])('auto, %s', async (_what, specs, options, env, engine, why) => {
  expect(await engineFor(specs, { engine: 'auto', ...options }, env)).toEqual({ engine, why });
});

test.each(['duckdb', 'athena'] as const)('%s is taken where it is asked for', async (engine) => {
  expect(await engineFor(SPECS, { engine }, {})).toEqual({ engine, why: 'asked for' });
});

test('Athena and a file on this machine', () => {
  expect(() => engineFor(['train.csv'], { engine: 'athena' }, READY)).toThrow(
    'train.csv: is on this machine, and engine athena reads s3://bucket/prefix; --engine duckdb judges it',
  );
});
