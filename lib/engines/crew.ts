import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Call, Phases, Results } from '../core/kernels/phases';
import { instantiate, type KernelMemory, type Kernels, kernelModule } from '../core/kernels/wasm';

/** Reads a piece of a file into the memory; its result is 0, or 1 if the file is shorter. */
export type ReadCall = readonly ['read', path: string, from: number, bytes: number, to: number];

/** What one does in a phase. */
export type Work = readonly (Call | ReadCall)[];

/** As text, so that it is the same bundled or not. It does what `Hand` does. */
const SCRIPT = `
const { closeSync, openSync, readSync } = require('node:fs');
const { parentPort, workerData: { module, memory } } = require('node:worker_threads');
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
const bytes = new Uint8Array(memory.buffer);
let file;
function read(path, from, wanted, to) {
  if (file?.path !== path) {
    if (file !== undefined) closeSync(file.descriptor);
    file = { path, descriptor: openSync(path, 'r') };
  }
  for (let done = 0; done < wanted; ) {
    const more = readSync(file.descriptor, bytes, to + done, wanted - done, from + done);
    if (more === 0) return 1;
    done += more;
  }
  return 0;
}
parentPort.on('message', (calls) => {
  parentPort.postMessage(
    calls.map(([kernel, ...call]) => (kernel === 'read' ? read(...call) : (kernels[kernel](...call) ?? 0) >>> 0)),
  );
});
`;

const isRead = (call: Work[number]): call is ReadCall => call[0] === 'read';

/** Whoever does calls in this thread. */
class Hand {
  private readonly kernels: Kernels;
  private readonly bytes: Uint8Array;
  private file: { readonly path: string; readonly descriptor: number } | undefined;

  constructor(memory: KernelMemory) {
    this.kernels = instantiate(memory);
    this.bytes = new Uint8Array(memory.buffer);
  }

  /** @returns what each call returned; 0 for one that returns nothing */
  work(calls: Work): readonly number[] {
    return calls.map((call) => {
      if (isRead(call)) return this.read(call);
      const [kernel, ...rest] = call;
      return (this.kernels[kernel](...rest) ?? 0) >>> 0;
    });
  }

  private read([, path, from, wanted, to]: ReadCall): number {
    if (this.file?.path !== path) {
      this.close();
      this.file = { path, descriptor: openSync(path, 'r') };
    }
    for (let done = 0; done < wanted; ) {
      const more = readSync(this.file.descriptor, this.bytes, to + done, wanted - done, from + done);
      if (more === 0) return 1;
      done += more;
    }
    return 0;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file.descriptor);
    this.file = undefined;
  }
}

/** This thread and another one, which share the parts of each phase. Close it: it holds the thread, and files. */
export class Crew {
  private readonly hand: Hand;
  private readonly worker: Worker | undefined;
  /** Rejects when the other thread fails. */
  private readonly failed: Promise<never> | undefined;

  /** @param threads one or two */
  constructor(memory: KernelMemory, threads: number) {
    this.hand = new Hand(memory);
    if (threads < 2) return;
    const worker = new Worker(SCRIPT, { eval: true, workerData: { module: kernelModule(), memory } });
    this.failed = new Promise<never>((_, reject) => {
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`a working thread ended with code ${code} before its result`)));
    });
    // Nobody waits for a thread that has nothing to do.
    this.failed.catch(() => undefined);
    // It starts while others read; if they fail, it keeps no process alive.
    worker.unref();
    this.worker = worker;
  }

  /** @param signal looked at between phases. @throws its reason, or what a thread threw */
  async run<Outcome>(phases: Phases<Outcome, Call | ReadCall>, signal?: AbortSignal): Promise<Outcome> {
    let next = phases.next();
    while (!next.done) {
      const results = await this.phase(next.value);
      if (signal !== undefined) {
        // Alone in its thread, it would let nobody else tell.
        await setImmediate();
        signal.throwIfAborted();
      }
      next = phases.next(results);
    }
    return next.value;
  }

  private async phase(phase: readonly Work[]): Promise<Results> {
    const [first = [], ...others] = phase;
    if (this.worker === undefined || others.length === 0) return phase.map((calls) => this.hand.work(calls));
    const theirs = this.elsewhere(this.worker, others);
    const own = this.hand.work(first);
    return [own, ...(await theirs)];
  }

  private async elsewhere(worker: Worker, parts: readonly Work[]): Promise<Results> {
    worker.ref();
    const results: (readonly number[])[] = [];
    for (const calls of parts) {
      const answered = new Promise<readonly number[]>((resolve) => worker.once('message', resolve));
      worker.postMessage(calls);
      results.push(await (this.failed === undefined ? answered : Promise.race([answered, this.failed])));
    }
    worker.unref();
    return results;
  }

  close(): void {
    this.hand.close();
    void this.worker?.terminate();
  }
}
