import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { ProgressBar } from '../../lib/cli/progress-bar';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { scratchFolder } from '../support/folder';

describe('a bar', () => {
  function shown(isTTY: boolean) {
    const written: string[] = [];
    let now = 0;
    const bar = new ProgressBar({ isTTY, write: (text: string) => written.push(text) }, () => now);
    return { bar, written, later: (ms: number) => (now += ms), tell: bar.watcher.onProgress };
  }

  test('is drawn once work is long, and anew where it changed', () => {
    const { bar, written, later, tell } = shown(true);
    tell?.(0.2);
    expect(written).toEqual([]);
    later(400);
    for (const share of [0.5, 0.5, 0.502, 1]) tell?.(share);
    const drawn = [`\r  ${'█'.repeat(15)}${'░'.repeat(15)}  50 % `, `\r  ${'█'.repeat(30)} 100 % `];
    expect(written).toEqual(drawn);
    bar.clear();
    bar.clear();
    expect(written).toEqual([...drawn, `\r${' '.repeat(40)}\r`]);
  });

  test('is not asked for where nobody watches, and leaves nothing', () => {
    const { bar, written, tell } = shown(false);
    expect(tell).toBeUndefined();
    bar.clear();
    expect(written).toEqual([]);
  });
});

describe('on a real terminal', () => {
  const ROOT = resolve(__dirname, '../..');
  const { at } = scratchFolder();

  /** Predictions of two models, which are joined for seconds: their rows come in other orders. */
  async function predictions(rows: number): Promise<readonly [own: string, champion: string]> {
    const session = await DuckDbSession.open();
    const tables = {
      [at('own.parquet')]: sql`SELECT i AS id, i % 2 AS label, (i % 1000) / 1000.0::DOUBLE AS score`,
      [at('champion.parquet')]: sql`SELECT ${literal(rows)} - 1 - i AS id, (i % 999) / 999.0::DOUBLE AS score`,
    };
    for (const [path, columns] of Object.entries(tables)) {
      const table = sql`${columns} FROM range(${literal(rows)}) AS r(i)`;
      await session.rows(sql`COPY (${table}) TO ${literal(path)} (FORMAT parquet)`);
    }
    session.close();
    return [at('own.parquet'), at('champion.parquet')];
  }

  /** What a terminal shows of a gate. */
  async function terminal(args: readonly string[]): Promise<string> {
    const open = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
    const gate = [process.execPath, '--import', 'tsx', 'bin/assay.ts', 'gate', ...args];
    const child = spawn(join(ROOT, '.venv', 'bin', 'python'), ['-c', open, ...gate], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let screen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
    });
    await new Promise((done) => child.once('close', done));
    return screen;
  }

  test('a model gate tells how far it reads, never goes back, and takes it away', async () => {
    const [own, champion] = await predictions(2_000_000);
    const files = ['--predictions', own, '--champion', champion];
    const screen = await terminal(['model', ...files, '--key', 'id', '--label', 'label', '--metric', 'roc_auc']);
    const told = [...screen.matchAll(/\r {2}[█░]{30} +(\d+) % /g)].map(([, share]) => Number(share));
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const [last = ''] = screen.split(`\r${' '.repeat(40)}\r`).slice(-1);
    expect(last).toMatch(/^model gate: /);
  }, 60_000);
});
