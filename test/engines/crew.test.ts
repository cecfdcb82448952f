import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelModule, Layout } from '../../lib/core/kernels/wasm';
import { Crew, type Work } from '../../lib/engines/crew';
import { startThread, takeThread } from '../../lib/engines/crew-thread';

const folder = mkdtempSync(join(tmpdir(), 'assay-crew-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TASKS = 400;
const file = join(folder, 'bytes');
const BYTES = Uint8Array.from({ length: TASKS }, (_, i) => 1 + (i % 250));
writeFileSync(file, BYTES);

/** Each task reads one byte of the file; this thread writes to one array, the other to another. */
function reading(path: string, last = TASKS) {
  const layout = new Layout();
  const arrays = [layout.take(TASKS), layout.take(TASKS)];
  const memory = layout.memory();
  const tasks = arrays.map((array) =>
    Array.from(
      { length: TASKS },
      (_, i): Work => [
        ['read', path, i, 1, array + i],
        ['read', i === last ? file : path, i === last ? TASKS : i, 1, array + i],
      ],
    ),
  );
  const bytes = new Uint8Array(memory.buffer);
  const clear = () => {
    for (const array of arrays) bytes.fill(0, array, array + TASKS);
  };
  return { memory, tasks, clear, read: (i: number) => arrays.map((array) => bytes[array + i] as number) };
}

describe('tasks that are shared', () => {
  test.each([1, 2])('are each done once, by one of %i threads', async (threads) => {
    const { memory, tasks, read, clear } = reading(file);
    const crew = new Crew(memory, threads);
    try {
      // The other thread may start only when all are done: they are done until it has taken one.
      for (let theirs = 0; theirs === 0; ) {
        clear();
        expect(await crew.share(tasks)).toBeUndefined();
        const done = Array.from({ length: TASKS }, (_, i) => read(i));
        expect(done.map(([own = 0, other = 0]) => own + other)).toEqual([...BYTES]);
        theirs = threads === 1 ? -1 : done.filter(([, other]) => other !== 0).length;
      }
    } finally {
      crew.close();
    }
  });

  test.each([1, 2])('end with the first call that fails, of %i threads', async (threads) => {
    const { memory, tasks } = reading(file, 100);
    const crew = new Crew(memory, threads);
    try {
      expect(await crew.share(tasks)).toBe('read');
      expect(await crew.share([(tasks[0] ?? []).slice(0, 50)])).toBeUndefined();
    } finally {
      crew.close();
    }
  });

  test.each([1, 2])('are told as they are taken, by one of %i threads', async (threads) => {
    const { memory, tasks } = reading(file);
    const crew = new Crew(memory, threads);
    try {
      const told: number[] = [];
      await crew.share(tasks, undefined, (share) => told.push(share));
      expect(told).toEqual([...told].sort((a, b) => a - b));
      // The other thread may take the last one once this one has told of its own last.
      expect(told.at(-1)).toBeGreaterThan(threads === 1 ? 0.999 : 0);
      expect(told.every((share) => share > 0 && share <= 1)).toBe(true);
    } finally {
      crew.close();
    }
  });

  test('let others in between, who may end them', async () => {
    const { memory, tasks, read } = reading(file);
    const crew = new Crew(memory, 1);
    const ended = new AbortController();
    try {
      setTimeout(() => ended.abort(new Error('enough')), 0);
      const forever = Array.from({ length: 1_000 }, () => tasks[0] ?? []).flat();
      await expect(crew.share([forever], ended.signal)).rejects.toThrow('enough');
      expect(read(0)[0]).toBe(1);
      await expect(crew.share(tasks, ended.signal)).rejects.toThrow('enough');
    } finally {
      crew.close();
    }
  });

  test('end where a file cannot be read, for whoever meets it', async () => {
    const { memory, tasks } = reading(join(folder, 'nowhere'));
    const crew = new Crew(memory, 2);
    try {
      expect(await crew.share(tasks)).toBe('read');
    } finally {
      crew.close();
    }
  });

  test('tell what a thread threw', async () => {
    const { memory } = reading(file);
    const beyond: Work = [['measure', 2 ** 31, 0, TASKS, 0]];
    const works = Array.from({ length: TASKS }, () => beyond);
    const nothing = works.map(() => []);
    for (const shared of [
      [works, nothing],
      [nothing, works],
    ]) {
      const crew = new Crew(memory, 2);
      const untilItFails = async () => {
        for (;;) await crew.share(shared);
      };
      try {
        await expect(untilItFails()).rejects.toThrow('memory access out of bounds');
      } finally {
        crew.close();
      }
    }
  });
});

test('a thread that was started is taken by the next crew alone', async () => {
  const { memory, tasks, read, clear } = reading(file);
  startThread();
  startThread();
  const crews = [new Crew(memory, 2), new Crew(memory, 2)];
  const nothing = (tasks[0] ?? []).map(() => []);
  try {
    for (const crew of crews) {
      clear();
      // Until the other thread has taken one: it is there, and does what it is told.
      while ([...BYTES].every((_, i) => read(i)[1] === 0)) await crew.share([nothing, tasks[1] ?? []]);
    }
  } finally {
    for (const crew of crews) crew.close();
  }
  startThread();
  const [own, other] = [1, 2].map(() => takeThread({ module: kernelModule(), memory }));
  expect(own).not.toBe(other);
  await Promise.all([own?.terminate(), other?.terminate()]);
});
