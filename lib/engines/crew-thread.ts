import { Worker } from 'node:worker_threads';
import type { KernelMemory, KernelModule } from '../core/kernels/wasm';

/** As text, so that it is the same bundled or not. It does what `Hand` of a crew does, on what the first message brings. */
const SCRIPT = `
const { closeSync, openSync, readSync } = require('node:fs');
const { parentPort } = require('node:worker_threads');
let kernels, bytes, file;
function begin({ module, memory }) {
  kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
  bytes = new Uint8Array(memory.buffer);
}
function read(path, from, wanted, to) {
  try {
    if (file?.path !== path) {
      if (file !== undefined) closeSync(file.descriptor);
      file = undefined;
      file = { path, descriptor: openSync(path, 'r') };
    }
    for (let done = 0; done < wanted; ) {
      const more = readSync(file.descriptor, bytes, to + done, wanted - done, from + done);
      if (more === 0) return 1;
      done += more;
    }
    return 0;
  } catch {
    return 1;
  }
}
const result = ([kernel, ...call]) => (kernel === 'read' ? read(...call) : (kernels[kernel](...call) ?? 0) >>> 0);
function share({ tasks, next }) {
  for (let index; (index = Atomics.add(next, 0, 1)) < tasks.length; ) {
    const stopped = tasks[index].find((call) => result(call) !== 0);
    if (stopped === undefined) continue;
    Atomics.store(next, 0, tasks.length);
    return stopped[0];
  }
}
parentPort.on('message', (work) => {
  if (kernels === undefined) begin(work);
  else parentPort.postMessage(Array.isArray(work) ? work.map(result) : share(work));
});
`;

let started: Worker | undefined;

/**
 * Starts the thread that the next crew takes. It needs as long as a table of a million rows, on a core that has nothing to do while
 * this thread loads what it needs. One that nobody takes keeps no process alive.
 */
export function startThread(): void {
  if (started !== undefined) return;
  const thread = begun();
  started = thread;
  // Whoever takes it listens by himself.
  thread.once('error', () => {
    if (started === thread) started = undefined;
  });
}

/** The thread that was started, or another one, with what it works on. */
export function takeThread(work: { readonly module: KernelModule; readonly memory: KernelMemory }): Worker {
  const thread = started ?? begun();
  started = undefined;
  thread.postMessage(work);
  return thread;
}

function begun(): Worker {
  const thread = new Worker(SCRIPT, { eval: true });
  thread.unref();
  return thread;
}
