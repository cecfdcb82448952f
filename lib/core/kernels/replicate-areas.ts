import { type ReplicateKey, replicateKey } from './poisson';
import { fits, instantiate, type KernelMemory, type Kernels, Layout } from './wasm';
import type { PackedOrder, WeightedWins } from './weighted-area';

/** Replicates that one walk does at a time: a lane each. */
const LANES = 8;

/**
 * Weighted areas of Poisson replicates by the compiled kernels, eight replicates a pass: the same whole numbers as
 * `drawPoissonCounts` and `weightedWins` give one by one.
 *
 * @param orders of each model
 * @param each is told the sums of every model for one replicate
 * @returns false where the rows would not fit a memory, and nothing was done
 */
export function poissonReplicates(
  orders: readonly PackedOrder[],
  replicates: number,
  seed: number,
  each: (replicate: number, models: readonly WeightedWins[]) => void,
): boolean {
  const n = orders[0]?.length ?? 0;
  const layout = new Layout();
  const [keys, out] = [layout.take(8 * LANES), layout.take(16 * LANES)];
  const weights = layout.take(LANES * (n + 1));
  const packed = orders.map(() => layout.take(4 * n));
  if (!fits(layout.bytes)) return false;
  const memory = layout.memory();
  const kernels = instantiate(memory);
  for (const [index, order] of orders.entries()) new Uint32Array(memory.buffer, packed[index], n).set(order);
  for (let first = 0; first < replicates; first += LANES) {
    const lanes = Array.from({ length: LANES }, (_, lane) => replicateKey(seed, first + lane));
    writeKeys(memory, keys, lanes);
    kernels.draw(keys, n, weights);
    const models = packed.map((order) => walk(kernels, memory, { order, n, weights, out }));
    for (let lane = 0; lane < LANES && first + lane < replicates; lane += 1) {
      each(
        first + lane,
        models.map((wins) => wins[lane] as WeightedWins),
      );
    }
  }
  return true;
}

function writeKeys(memory: KernelMemory, at: number, keys: readonly ReplicateKey[]): void {
  const words = new Int32Array(memory.buffer, at, 2 * LANES);
  for (const [lane, [first, second]] of keys.entries()) {
    words[lane] = first;
    words[LANES + lane] = second;
  }
}

interface WalkCall {
  readonly order: number;
  readonly n: number;
  readonly weights: number;
  readonly out: number;
}

function walk(kernels: Kernels, { buffer }: KernelMemory, call: WalkCall): readonly WeightedWins[] {
  kernels.walkWeighted(call.order, call.n, call.weights, call.out);
  const wins = new BigInt64Array(buffer, call.out, LANES);
  const sizes = new Uint32Array(buffer, call.out + 8 * LANES, 2 * LANES);
  return Array.from({ length: LANES }, (_, lane) => {
    const [positives, negatives] = [sizes[lane] as number, sizes[LANES + lane] as number];
    return { wins: positives * negatives + Number(wins[lane]), positives, negatives };
  });
}
