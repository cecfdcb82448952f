import { Worker } from 'node:worker_threads';
import { type CsvCensus, GUARD_BYTES } from '../../core/kernels/csv-census';
import { kernelModule } from '../../core/kernels/wasm';
import type { Watcher } from '../duckdb/session';
import type { CsvFile } from './sample';

/** Text that a thread reads at once: it stays in a core's cache. */
const SEGMENT_BYTES = 2 ** 20;
/** A record that is longer is left to others. */
const LONGEST_RECORD = 2 ** 16;
/** A byte before the segment tells whether a record begins with it; a line feed is added where the last one has none. */
export const TEXT_BYTES = SEGMENT_BYTES + LONGEST_RECORD + 2;
const PROGRESS_MS = 250;

/** Records that begin from `from` on and before `to`. */
interface Segment {
  readonly path: string;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/**
 * As text, so that it is the same bundled or not. Takes one segment after another until none is left, and tells 0, or why it is
 * none of the kernels' texts.
 */
const SCRIPT = `
const { closeSync, openSync, readSync } = require('node:fs');
const { parentPort, workerData: { module, memory, part, segments, longest, guard, columns, next } } = require('node:worker_threads');
const { scanCsv, keepKeys } = new WebAssembly.Instance(module, { env: { memory } }).exports;
const bytes = new Uint8Array(memory.buffer);
const LINE_FEED = 10;
const OTHER = 9;
let file, status = 0;
function scan({ path, bytes: size, from, to }) {
  if (file?.path !== path) {
    if (file !== undefined) closeSync(file.descriptor);
    file = { path, descriptor: openSync(path) };
  }
  const start = from - 1;
  const wanted = Math.min(size, to + longest) - start;
  for (let read = 0; read < wanted; ) {
    const more = readSync(file.descriptor, bytes, part.text + read, wanted - read, start + read);
    if (more === 0) return OTHER;
    read += more;
  }
  let end = part.text + wanted;
  if (start + wanted === size && bytes[end - 1] !== LINE_FEED) bytes[end++] = LINE_FEED;
  bytes.fill(0, end, end + guard);
  const first = bytes.indexOf(LINE_FEED, part.text) + 1;
  if (first === 0 || first > end) return OTHER;
  return scanCsv(first, part.text + to - start, part.columns, columns, part.rows);
}
for (let index = 0; status === 0 && (index = Atomics.add(next, 0, 1)) < segments.length; ) status = scan(segments[index]);
for (const key of part.keys) if (status === 0) status = keepKeys(key);
// Nobody needs to go on.
if (status !== 0) Atomics.store(next, 0, segments.length);
if (file !== undefined) closeSync(file.descriptor);
parentPort.postMessage(status);
`;

/**
 * Scans CSV files on threads of their own, one for each part of the census.
 *
 * @param columns how many the files have
 * @returns false for files that only others can read: the census is worth nothing then
 * @throws the error of a thread, e.g. a file that cannot be read any more
 */
export async function scanCsvFiles(
  { memory, parts }: CsvCensus,
  files: readonly CsvFile[],
  columns: number,
  { signal, onProgress }: Watcher,
): Promise<boolean> {
  signal?.throwIfAborted();
  const segments = files.flatMap(segmentsOf);
  const next = new Int32Array(new SharedArrayBuffer(4));
  const shared = {
    module: kernelModule(),
    memory,
    segments,
    longest: LONGEST_RECORD,
    guard: GUARD_BYTES,
    columns,
    next,
  };
  const workers = parts.map((part) => new Worker(SCRIPT, { eval: true, workerData: { ...shared, part } }));
  const tell = () => onProgress?.(Math.min(1, Atomics.load(next, 0) / segments.length));
  const timer = onProgress === undefined ? undefined : setInterval(tell, PROGRESS_MS);
  const stop = () => Promise.all(workers.map((worker) => worker.terminate()));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const statuses = await Promise.all(workers.map(statusOf));
    return statuses.every((status) => status === 0);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
    // A thread that is stopped in the midst of it would write on into the memory.
    await stop();
  }
}

function segmentsOf({ path, bytes, header }: CsvFile): readonly Segment[] {
  const count = Math.ceil((bytes - header) / SEGMENT_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const from = header + index * SEGMENT_BYTES;
    return { path, bytes, from, to: Math.min(bytes, from + SEGMENT_BYTES) };
  });
}

const statusOf = (worker: Worker): Promise<number> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a scanning thread ended with code ${code} before its result`)));
  });
