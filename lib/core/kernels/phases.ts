import { instantiate, type KernelMemory, type Kernels } from './wasm';

/** One call of a kernel. */
export type Call = readonly [kernel: keyof Kernels, ...call: readonly (number | bigint)[]];

/** Work is always cut into as many parts, whoever does them: so results do not depend on how many threads there are. */
export const PARTS = 2;

/** What is done at the same time: a list of calls a part. Parts of one phase do not touch what others write. */
export type Phase = readonly (readonly Call[])[];

/** What each call returned, by part. */
export type Results = readonly (readonly number[])[];

/** Work that is a matter of phases: asks for one after another, and gets what their calls returned. */
export type Phases<Outcome> = Generator<Phase, Outcome, Results>;

/** Does all of it in this thread. */
export function runPhases<Outcome>(memory: KernelMemory, phases: Phases<Outcome>): Outcome {
  const kernels = instantiate(memory);
  let next = phases.next();
  while (!next.done) next = phases.next(next.value.map((calls) => runCalls(kernels, calls)));
  return next.value;
}

/** @returns what each call returned; 0 for one that returns nothing. u32 are told as JavaScript's i32 made positive */
export function runCalls(kernels: Kernels, calls: readonly Call[]): readonly number[] {
  return calls.map(([kernel, ...call]) => (kernels[kernel](...call) ?? 0) >>> 0);
}

/** Where part `part` of `n` things begins; a multiple of `unit`, but for the end. */
export const partStart = (part: number, n: number, unit = 1): number =>
  Math.min(n, Math.ceil(Math.round((n * part) / PARTS) / unit) * unit);
