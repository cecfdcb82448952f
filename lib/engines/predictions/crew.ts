import { Worker } from 'node:worker_threads';
import { type Phase, type Phases, type Results, runCalls } from '../../core/kernels/phases';
import { instantiate, type KernelMemory, type Kernels, kernelModule } from '../../core/kernels/wasm';

/** As text, so that it is the same bundled or not. It does what `runCalls` does. */
const SCRIPT = `
const { parentPort, workerData: { module, memory } } = require('node:worker_threads');
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
parentPort.on('message', (calls) => {
  parentPort.postMessage(calls.map(([kernel, ...call]) => (kernels[kernel](...call) ?? 0) >>> 0));
});
`;

/** This thread and another one, which share the parts of each phase. Close it: it holds the thread. */
export class Crew {
  private readonly kernels: Kernels;
  private readonly worker: Worker | undefined;
  /** Rejects when the other thread fails. */
  private readonly failed: Promise<never> | undefined;

  /** @param threads one or two */
  constructor(memory: KernelMemory, threads: number) {
    this.kernels = instantiate(memory);
    if (threads < 2) return;
    const worker = new Worker(SCRIPT, { eval: true, workerData: { module: kernelModule(), memory } });
    this.failed = new Promise<never>((_, reject) => {
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the ranking thread ended with code ${code} before its result`)));
    });
    // Nobody waits for a thread that has nothing to do.
    this.failed.catch(() => undefined);
    // It starts while others read; if they fail, it keeps no process alive.
    worker.unref();
    this.worker = worker;
  }

  async run<Outcome>(phases: Phases<Outcome>): Promise<Outcome> {
    let next = phases.next();
    while (!next.done) next = phases.next(await this.phase(next.value));
    return next.value;
  }

  private async phase(phase: Phase): Promise<Results> {
    const [first = [], ...others] = phase;
    if (this.worker === undefined || others.length === 0) return phase.map((calls) => runCalls(this.kernels, calls));
    const theirs = this.elsewhere(this.worker, others);
    const own = runCalls(this.kernels, first);
    return [own, ...(await theirs)];
  }

  private async elsewhere(worker: Worker, parts: Phase): Promise<Results> {
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
    void this.worker?.terminate();
  }
}
