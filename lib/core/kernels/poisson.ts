/**
 * Poisson(1) by inversion of 16 bits: a count k takes 65,536·e⁻¹/k! of the 65,536 cells, rounded so that the mean is
 * exactly 1; the variance is 1.0002 and the largest count 8.
 */
export const POISSON_CELLS: readonly number[] = [24110, 24109, 12055, 4017, 1005, 201, 33, 5, 1];

/** The count of each cell. */
export const POISSON_COUNTS = countsOfCells();

function countsOfCells(): Uint8Array {
  const counts = new Uint8Array(65_536);
  let next = 0;
  for (const [count, cells] of POISSON_CELLS.entries()) {
    counts.fill(count, next, next + cells);
    next += cells;
  }
  return counts;
}

/** Two words that make the draws of one replicate its own. */
export type ReplicateKey = readonly [number, number];

export function replicateKey(seed: number, replicate: number): ReplicateKey {
  const first = finalize(Math.imul(replicate + 1, 0x9e3779b1) ^ seed);
  return [first, finalize(first ^ 0x5bd1e995 ^ Math.imul(seed, 0x85ebca6b))];
}

/** The finalizer of MurmurHash3 (A. Appleby, 2011). */
function finalize(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Draws counts by counter: pair i of units takes the two halves of a hash of i and the replicate's key, so that draws depend
 * neither on order nor on threads. The second word enters between the rounds; with one alone, replicates would be shifted
 * copies of each other. (J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, on generators by counter;
 * the rounds are those of C. Wellons' lowbias32.)
 */
export function drawPoissonCounts([first, second]: ReplicateKey, into: Uint8Array): void {
  const { length } = into;
  for (let unit = 0; unit < length; unit += 2) {
    let h = (unit >>> 1) + first;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d) ^ second;
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    h ^= h >>> 16;
    into[unit] = POISSON_COUNTS[h & 0xffff] as number;
    // Beyond the end nothing is stored.
    into[unit + 1] = POISSON_COUNTS[h >>> 16] as number;
  }
}
