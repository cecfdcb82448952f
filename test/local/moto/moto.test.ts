import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { type MotoServer, startMoto } from '../../../lib/local/moto/moto';

jest.setTimeout(60_000);
const venv = join(__dirname, '../../../.venv');
let stateDir: string;
let processes: LocalProcessHost;
const start = (account = '123456789012') => startMoto({ processes, venv, stateDir, account });
const config = (moto: MotoServer) => awsClientConfig({ region: 'us-east-1', endpointUrl: moto.url });

beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'assay-moto-'));
  processes = new LocalProcessHost();
});
afterAll(async () => {
  await processes.close();
  rmSync(stateDir, { recursive: true });
});

test('objects keep their version ids over a kill after a checkpoint and over a stop', async () => {
  const first = await start();
  const s3 = new S3Client(config(first));
  await s3.send(new CreateBucketCommand({ Bucket: 'golden' }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'golden', VersioningConfiguration: { Status: 'Enabled' } }));
  const v1 = await s3.send(new PutObjectCommand({ Bucket: 'golden', Key: 'k', Body: 'one' }));
  const v2 = await s3.send(new PutObjectCommand({ Bucket: 'golden', Key: 'k', Body: 'two' }));
  await new SSMClient(config(first)).send(new PutParameterCommand({ Name: '/a', Value: 'v', Type: 'String' }));
  await first.checkpoint();
  await s3.send(new PutObjectCommand({ Bucket: 'golden', Key: 'late', Body: 'x' }));
  await first.stop();

  const second = await start();
  const again = new S3Client(config(second));
  const { Versions } = await again.send(new ListObjectVersionsCommand({ Bucket: 'golden', Prefix: 'k' }));
  expect(Versions?.map(({ VersionId }) => VersionId).sort()).toEqual([v1.VersionId, v2.VersionId].sort());
  const { Body } = await again.send(new GetObjectCommand({ Bucket: 'golden', Key: 'k', VersionId: v1.VersionId }));
  expect(await Body?.transformToString()).toBe('one');
  expect((await again.send(new GetObjectCommand({ Bucket: 'golden', Key: 'late' }))).ContentLength).toBe(1);
  const { Parameter } = await new SSMClient(config(second)).send(new GetParameterCommand({ Name: '/a' }));
  expect(Parameter?.Value).toBe('v');
  await second.stop();
});

test('a state of another account, and a damaged one, are refused in one line', async () => {
  await expect(start('210987654321')).rejects.toThrow(
    `was written with account 123456789012, this run has 210987654321`,
  );
  const file = join(stateDir, 'moto.state');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 7));
  await expect(start()).rejects.toThrow(
    `The saved AWS state ${file} is damaged. Restore it, or delete it to start with empty buckets.`,
  );
});

test('an emulator that dies on its own is told once, with its signal and its log; stopping it then is no error', async () => {
  let pid = 0;
  const spawn: LocalProcessHost['spawn'] = (...args) => {
    const child = processes.spawn(...args);
    pid = child.pid ?? 0;
    return child;
  };
  const host = { spawn, stop: processes.stop.bind(processes), close: processes.close.bind(processes) };
  const deaths: string[] = [];
  let told = () => {};
  const death = new Promise<void>((resolve) => {
    told = resolve;
  });
  const onDeath = (error: Error) => {
    deaths.push(error.message);
    told();
  };
  const own = mkdtempSync(join(tmpdir(), 'assay-moto-'));
  const moto = await startMoto({ processes: host, venv, stateDir: own, account: '123456789012', onDeath });
  process.kill(pid, 'SIGKILL');
  await death;
  await expect(moto.checkpoint()).rejects.toThrow('The AWS emulator does not answer at /assay/checkpoint.');
  await moto.stop();
  rmSync(own, { recursive: true });
  expect(deaths).toEqual([
    expect.stringMatching(/^The AWS emulator ended unexpectedly \(SIGKILL\); see .*moto\.log\.$/),
  ]);
});

test('a state that cannot be saved at the end is an error, not a silent loss', async () => {
  const lost = mkdtempSync(join(tmpdir(), 'assay-moto-'));
  const deaths: Error[] = [];
  const moto = await startMoto({
    processes,
    venv,
    stateDir: lost,
    account: '123456789012',
    onDeath: (e) => deaths.push(e),
  });
  mkdirSync(join(lost, 'moto.state.tmp'));
  await expect(moto.stop()).rejects.toThrow(/^The AWS state could not be saved \(1\); see .*moto\.log\.$/);
  expect(deaths).toEqual([]);
  rmSync(lost, { recursive: true });
});

test('without the Python environment, the error says what to run', async () => {
  const missing = startMoto({ processes, venv: '/nowhere/.venv', stateDir, account: '123456789012' });
  await expect(missing).rejects.toThrow(
    'Cannot start the AWS emulator with /nowhere/.venv/bin/python (spawn /nowhere/.venv/bin/python ENOENT); "npm run setup" installs it.',
  );
});
