import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../../lib/local/engine/clock';
import { Closers } from '../../../lib/local/engine/closers';
import { lockStateDir } from '../../../lib/local/engine/lock';
import { engineLog } from '../../../lib/local/engine/log';
import { FileStateStore } from '../../../lib/local/engine/state-store';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('FileStateStore', () => {
  test('documents survive the store, names may hold any character, no temporary file stays', () => {
    new FileStateStore(folder).write('sagemaker/endpoints', { weight: 0 });
    expect(new FileStateStore(folder).read('sagemaker/endpoints')).toEqual({ weight: 0 });
    expect(readdirSync(folder)).toHaveLength(1);
    expect(new FileStateStore(folder).read('other')).toBeUndefined();
  });

  test('a damaged document is an error that names the file', () => {
    const store = new FileStateStore(folder);
    writeFileSync(join(folder, 'x.json'), '{"half":');
    expect(() => store.read('x')).toThrow(`The saved state ${join(folder, 'x.json')} is damaged`);
  });
});

describe('lockStateDir', () => {
  const lockFile = () => join(folder, 'engine.lock');

  test('a second engine is told who holds the folder and since when', () => {
    const lock = lockStateDir(folder);
    const { since } = JSON.parse(readFileSync(lockFile(), 'utf8'));
    expect(() => lockStateDir(folder)).toThrow(`Another run (process ${process.pid}, since ${since}) uses ${folder}.`);
    lock.release();
    lockStateDir(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([['of a dead process'], ['that is not JSON']])('a lock %s is taken over', (kind) => {
    const dead = spawnSync('true').pid;
    writeFileSync(
      lockFile(),
      kind === 'that is not JSON' ? '' : JSON.stringify({ pid: dead, since: '2026-01-01T00:00:00Z' }),
    );
    const lock = lockStateDir(folder);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8')).pid).toBe(process.pid);
    lock.release();
  });
});

describe('SystemClock', () => {
  test('shortens waits by its scale and stops at once when aborted', async () => {
    const clock = new SystemClock(0.001);
    const start = Date.now();
    await clock.sleep(60);
    expect(Date.now() - start).toBeGreaterThanOrEqual(59);
    expect(Date.now() - start).toBeLessThan(1000);
    const abort = new AbortController();
    const waiting = clock.sleep(1e6, abort.signal);
    abort.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });

  test.each([0, -1, Number.NaN])('refuses the scale %p', (scale) => {
    expect(() => new SystemClock(scale)).toThrow('Time scale must be a number above 0');
  });
});

test('a log that cannot be written does not fail the work that it tells about', () => {
  const log = engineLog(folder);
  log('first');
  expect(readFileSync(join(folder, 'logs/engine.log'), 'utf8')).toMatch(/Z first\n$/);
  rmSync(join(folder, 'logs'), { recursive: true });
  expect(() => log('second')).not.toThrow();
});

describe('Closers', () => {
  const failing = (order: string[]) => {
    const closers = new Closers();
    closers.add('gateway', () => order.push('gateway'));
    closers.add('emulator', () => Promise.reject(new Error('disk full')));
    closers.add('pipeline', () => order.push('pipeline'));
    return closers;
  };

  test('every step is undone in reverse order, and what could not be is told', async () => {
    const order: string[] = [];
    await expect(failing(order).close()).rejects.toThrow('The engine did not stop cleanly: emulator: disk full');
    expect(order).toEqual(['pipeline', 'gateway']);
  });

  test('after a failure, the failure is told and not the trouble of closing', async () => {
    const order: string[] = [];
    await expect(failing(order).closeAfter(new Error('no such bucket'))).rejects.toThrow('no such bucket');
    expect(order).toEqual(['pipeline', 'gateway']);
  });
});
