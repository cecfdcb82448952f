import { KERNELS_BASE64 } from './kernels.generated';

/** What of the standard's `WebAssembly` is used; the language's library does not declare it without a browser. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    constructor(limits: { initial: number; maximum: number; shared: boolean });
  }
  class Instance {
    readonly exports: unknown;
    constructor(module: Module, imports: { env: { memory: Memory } });
  }
}

export type KernelModule = WebAssembly.Module;
export type KernelMemory = WebAssembly.Memory;

/** Where things lie in the memory, and how they are held; see assembly/sort.ts. */
export type RankCall = readonly [
  scores: number,
  n: number,
  order: number,
  values: number,
  spare: number,
  scratch: number,
  meta: number,
  width: 1 | 2,
  rowBits: number,
];

/** The same of assembly/walk.ts. */
export type PlaceCall = readonly [
  order: number,
  n: number,
  meta: number,
  width: 1 | 2,
  rowBits: number,
  groups: number,
  doubled: number,
  state: number,
  records: number,
  scratch: number,
];

/** The same of assembly/keys.ts. */
export type SpreadCall = readonly [
  from: number,
  n: number,
  low: bigint,
  bits: number,
  split: number,
  room: number,
  ends: number,
  store: number,
];

export type DifferCall = readonly [
  rest: number,
  partitions: number,
  room: number,
  ends: number,
  store: number,
  table: number,
  slots: number,
];

/** Functions of lib/core/kernels/assembly. Pointers are byte offsets into the memory. */
export interface Kernels {
  rank(...call: RankCall): number;
  place(...call: PlaceCall): void;
  tally(scores: number, n: number, meta: number, width: 1 | 2, threshold: number, out: number): void;
  draw(keys: number, n: number, weights: number): void;
  walk(packed: number, n: number, weights: number, out: number): void;
  spreadKeys(...call: SpreadCall): 0 | 1;
  keysDiffer(...call: DifferCall): 0 | 1;
  scratchBytes(): number;
}

const PAGE = 65_536;
const MOST_PAGES = 65_536;

let compiled: KernelModule | undefined;

/** Compiled once a thread; 5 KB. */
export function kernelModule(): KernelModule {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNELS_BASE64), (character) => character.charCodeAt(0)));
  return compiled;
}

export function instantiate(memory: KernelMemory): Kernels {
  return new WebAssembly.Instance(kernelModule(), { env: { memory } }).exports as Kernels;
}

/** Whether so many bytes fit one memory. */
export const fits = (bytes: number): boolean => bytes <= PAGE * MOST_PAGES;

/** Lays out arrays in a memory of its own, then makes it. Pages that nobody touches cost nothing. */
export class Layout {
  #bytes = 64;

  /** @returns offset of the array, a multiple of 64 */
  take(bytes: number): number {
    const at = this.#bytes;
    this.#bytes += Math.ceil(bytes / 64) * 64;
    return at;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Shared, so that another thread may work on it. */
  memory(): KernelMemory {
    const pages = Math.ceil(this.#bytes / PAGE);
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  }
}
