import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Call, Phases, Results } from '../core/kernels/phases';
import { instantiate, type KernelMemory, type Kernels, kernelModule } from '../core/kernels/wasm';
import { takeThread } from './crew-thread';

/** Reads a piece of a file into the memory; its result is 0, or 1 where it cannot be read: whoever reads it otherwise says why. */
export type ReadCall = readonly ['read', path: string, from: number, bytes: number, to: number];

/** What one does in a phase. */
export type Work = readonly (Call | ReadCall)[];

/** Things to do in any order, by who does it: the first of a list is the same thing in each. A call other than 0 ends them all. */
export type Tasks = readonly (readonly Work[])[];

type CallName = Work[number][0];

interface SharedTasks {
  readonly tasks: readonly Work[];
  /** Of those that nobody has taken yet. */
  readonly next: Int32Array;
}

const isRead = (call: Work[number]): call is ReadCall => call[0] === 'read';

/** Whoever does calls in this thread; the script of crew-thread.ts does the same in the other one. */
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
    return calls.map((call) => this.result(call));
  }

  /** @returns the first of the calls that returned anything but 0; those after it are not done */
  stopped(calls: Work): CallName | undefined {
    return calls.find((call) => this.result(call) !== 0)?.[0];
  }

  private result(call: Work[number]): number {
    if (isRead(call)) return this.read(call);
    const [kernel, ...rest] = call;
    return (this.kernels[kernel](...rest) ?? 0) >>> 0;
  }

  private read([, path, from, wanted, to]: ReadCall): number {
    try {
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
    } catch {
      return 1;
    }
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
  constructor(
    readonly memory: KernelMemory,
    threads: number,
  ) {
    this.hand = new Hand(memory);
    if (threads < 2) return;
    const worker = takeThread({ module: kernelModule(), memory });
    this.failed = new Promise<never>((_, reject) => {
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`a working thread ended with code ${code} before its result`)));
    });
    // Nobody waits for a thread that has nothing to do.
    this.failed.catch(() => undefined);
    this.worker = worker;
  }

  /** @throws what a thread threw */
  async run<Outcome>(phases: Phases<Outcome>): Promise<Outcome> {
    let next = phases.next();
    while (!next.done) next = phases.next(await this.phase(next.value));
    return next.value;
  }

  /**
   * Does tasks, each by whoever is free: this thread lets others in between, who may keep it as long as they like.
   *
   * @param onProgress told the share of tasks that somebody took
   * @returns the name of the call that ended them, or undefined when all are done
   * @throws the signal's reason, or what a thread threw
   */
  async share(
    [own = [], ...others]: Tasks,
    signal?: AbortSignal,
    onProgress?: (share: number) => void,
  ): Promise<CallName | undefined> {
    signal?.throwIfAborted();
    const next = new Int32Array(new SharedArrayBuffer(4));
    const [tasks] = others;
    const theirs =
      this.worker === undefined || tasks === undefined
        ? undefined
        : this.answer<CallName | undefined>(this.worker, { tasks, next });
    // It is awaited below, once this thread has nothing to do.
    theirs?.catch(() => Atomics.store(next, 0, own.length));
    const take = () => Atomics.add(next, 0, 1);
    try {
      for (let index = take(); index < own.length; index = take()) {
        const stopped = this.hand.stopped(own[index] ?? []);
        if (stopped !== undefined) return stopped;
        onProgress?.(Math.min(1, Atomics.load(next, 0) / own.length));
        await setImmediate();
        signal?.throwIfAborted();
      }
      return await theirs;
    } finally {
      Atomics.store(next, 0, own.length);
      // Until then it writes into the memory.
      await theirs?.catch(() => undefined);
    }
  }

  private async phase(phase: readonly Work[]): Promise<Results> {
    const [first = [], ...others] = phase;
    if (this.worker === undefined || others.length === 0) return phase.map((calls) => this.hand.work(calls));
    const theirs = this.elsewhere(this.worker, others);
    // It is awaited below, unless this thread fails before.
    theirs.catch(() => undefined);
    const own = this.hand.work(first);
    return [own, ...(await theirs)];
  }

  private async elsewhere(worker: Worker, parts: readonly Work[]): Promise<Results> {
    const results: (readonly number[])[] = [];
    for (const calls of parts) results.push(await this.answer(worker, calls));
    return results;
  }

  private async answer<Answer>(worker: Worker, work: Work | SharedTasks): Promise<Answer> {
    worker.ref();
    const answered = new Promise<Answer>((resolve) => worker.once('message', resolve));
    worker.postMessage(work);
    const answer = await (this.failed === undefined ? answered : Promise.race([answered, this.failed]));
    worker.unref();
    return answer;
  }

  close(): void {
    this.hand.close();
    void this.worker?.terminate();
  }
}
