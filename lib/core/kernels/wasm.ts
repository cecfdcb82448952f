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

/** A function of lib/core/kernels/assembly: numbers are counts and byte offsets into the memory, or 64-bit integers. */
type Kernel<Result = void> = (...call: readonly (number | bigint)[]) => Result;

/** Functions of lib/core/kernels/assembly, whose signatures are told there. */
export interface Kernels {
  draw: Kernel;
  walkWeighted: Kernel;
  measure: Kernel;
  census: Kernel;
  spread: Kernel;
  sort: Kernel;
  order: Kernel;
  count: Kernel;
  walk: Kernel;
  place: Kernel;
  cross: Kernel;
  distinct: Kernel<number>;
  lookUp: Kernel;
  placeCounts: Kernel;
  tally: Kernel;
  scratchBytes: Kernel<number>;
  spreadKeys: Kernel<number>;
  keysDiffer: Kernel<number>;
  scanCsv: Kernel<number>;
  keepKeys: Kernel<number>;
  unpack: Kernel<number>;
  markEqual: Kernel<number>;
  narrow: Kernel<number>;
  differ: Kernel<number>;
  countCells: Kernel<number>;
  countValues: Kernel<number>;
  pickCells: Kernel<number>;
}

const PAGE = 65_536;
const MOST_PAGES = 65_536;

let compiled: KernelModule | undefined;

/** Compiled once; other threads are sent it. 20 KB. */
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
