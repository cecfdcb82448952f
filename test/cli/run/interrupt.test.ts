import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

jest.setTimeout(120_000);

const root = resolve(__dirname, '../../..');
let folder: string;
let stateDir: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-interrupt-'));
  stateDir = join(folder, 'state');
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A real `assay run` in a process of its own. */
function run() {
  const options = ['--workload', 'examples/churn', '--name', 'interrupted', '--state', stateDir, '--approve'];
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/assay.ts', 'run', ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  const says = async (text: string) => {
    while (!told.includes(text) && child.exitCode === null) await pause(50);
    if (!told.includes(text)) throw new Error(`"${text}" was not said:\n${told}`);
  };
  return { child, ended, says, told: () => told };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Command lines that name the state folder: the synthesis, the emulator, containers. */
const remaining = () =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(stateDir));

async function noneRemains(seconds: number): Promise<readonly string[]> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end && remaining().length > 0; ) await pause(100);
  return remaining();
}

test('Ctrl-C while the engine starts: one line, code 130, nothing keeps running, the folder is free', async () => {
  const first = run();
  await first.says('start the engine');
  await pause(500);
  const from = Date.now();
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(130);
  expect(Date.now() - from).toBeLessThan(20_000);
  expect(first.told().trimEnd().split('\n').at(-1)).toBe('assay: stopped by Ctrl-C');
  expect(await noneRemains(1)).toEqual([]);
  expect(existsSync(join(stateDir, 'engine.lock'))).toBe(false);
});

test('a kill while the app is synthesized leaves no process behind', async () => {
  const first = run();
  await first.says('synthesize the app');
  await pause(500);
  expect(remaining().length).toBeGreaterThan(1);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(await noneRemains(5)).toEqual([]);
});

test('a second run in the same folder is refused in one line before it touches anything', async () => {
  mkdirSync(join(stateDir, 'cdk.out'), { recursive: true });
  const mine = { pid: process.pid, since: '2026-01-01T00:00:00.000Z' };
  writeFileSync(join(stateDir, 'engine.lock'), JSON.stringify(mine));
  const second = run();
  expect(await second.ended).toBe(70);
  expect(second.told()).toBe(
    `assay: Another run (process ${process.pid}, since ${mine.since}) uses ${stateDir}. Wait for it or stop it; if that process is not Assay, delete ${join(stateDir, 'engine.lock')}.\n`,
  );
  expect(existsSync(join(stateDir, 'cdk.out'))).toBe(true);
});
