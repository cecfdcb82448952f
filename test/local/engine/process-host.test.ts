import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pause } from '../../../lib/local/engine/clock';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie still has a pid but runs nothing.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

async function gone(pid: number, withinMs = 4000): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await pause(50)) if (!alive(pid)) return true;
  return false;
}

const firstLine = async (child: ChildProcess): Promise<string> => (await firstLines(child, 1))[0] ?? '';

async function firstLines(child: ChildProcess, count: number): Promise<string[]> {
  if (child.stdout === null) throw new Error('no stdout');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) if (lines.push(line) === count) break;
  return lines;
}

/** A shell that ignores SIGTERM and a grandchild in the background; prints the pid of the grandchild. */
const STUBBORN = 'trap "" TERM; sleep 300 & echo $!; wait; wait; sleep 300';

describe('LocalProcessHost', () => {
  let host: LocalProcessHost;
  beforeEach(() => {
    host = new LocalProcessHost();
  });
  afterEach(() => host.close());

  test('stop ends a child that ignores SIGTERM, with its grandchild', async () => {
    const child = host.spawn('sh', ['-c', STUBBORN], { name: 'stubborn', stdio: ['ignore', 'pipe', 'ignore'] });
    const grandchild = Number(await firstLine(child));
    expect(alive(grandchild)).toBe(true);
    await host.stop(child, 100);
    expect(await gone(grandchild)).toBe(true);
    expect(child.signalCode).toBe('SIGKILL');
  });

  test('a background process does not outlive the child that started it', async () => {
    const child = host.spawn('sh', ['-c', 'sleep 300 & echo $!'], {
      name: 'build',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(await gone(Number(await firstLine(child)))).toBe(true);
  });

  test('close stops every child and refuses new ones', async () => {
    const child = host.spawn('sleep', ['300'], { name: 'sleep', stdio: 'ignore' });
    await host.close();
    expect(child.signalCode).toBe('SIGTERM');
    expect(() => host.spawn('sleep', ['1'], { name: 'late' })).toThrow('Cannot start late: the engine is stopping.');
  });

  test('children die when the engine is killed without a chance to close', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-host-'));
    const script = join(folder, 'engine.ts');
    writeFileSync(
      script,
      `import { LocalProcessHost } from ${JSON.stringify(join(__dirname, '../../../lib/local/engine/process-host'))};
       new LocalProcessHost().spawn('sh', ['-c', ${JSON.stringify(STUBBORN)}], { name: 'server', stdio: ['ignore', 'inherit', 'ignore'] });
       console.log('ready');
       setInterval(() => {}, 1000);`,
    );
    const engine = spawn(process.execPath, ['--import', require.resolve('tsx'), script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: join(__dirname, '../../..'),
    });
    try {
      const lines = await firstLines(engine, 2);
      const grandchild = Number(lines.find((line) => line !== 'ready'));
      expect(alive(grandchild)).toBe(true);
      engine.kill('SIGKILL');
      expect(await gone(grandchild)).toBe(true);
    } finally {
      engine.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
