import { logGamma } from './gamma';
import { drawNormal, type Random } from './random';

const TABLE_SIZE = 4096;
let table: Float64Array | undefined;

/** ln k!, from a table for small k. */
function logFactorial(k: number): number {
  if (k >= TABLE_SIZE) return logGamma(k + 1);
  if (table === undefined) {
    table = new Float64Array(TABLE_SIZE);
    for (let i = 2; i < TABLE_SIZE; i += 1) table[i] = (table[i - 1] ?? 0) + Math.log(i);
  }
  return table[k] ?? 0;
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** Above this standard deviation a rounded normal is drawn: what it lacks in skewness moves no probability by more than 0.004. */
export const NORMAL_FROM = 20;

/**
 * The number of marked rows among `drawn` rows taken without replacement from `total`, of which `marked` are marked:
 * hypergeometric, by inversion that walks outwards from the mode.
 *
 * Source: L. Devroye, "Non-uniform random variate generation" (1986), section X.1 and III.2.1.
 */
export function drawHypergeometric(random: Random, total: number, marked: number, drawn: number): number {
  const low = Math.max(0, drawn - (total - marked));
  const high = Math.min(marked, drawn);
  if (low === high) return low;
  if (marked <= ONE_BY_ONE) return drawOneByOne(random, total, marked, drawn);
  const share = marked / total;
  const variance = (drawn * share * (1 - share) * (total - drawn)) / Math.max(1, total - 1);
  if (variance > NORMAL_FROM * NORMAL_FROM) {
    const value = Math.round(drawn * share + Math.sqrt(variance) * drawNormal(random));
    return Math.min(high, Math.max(low, value));
  }
  return walkFromMode(random(), total, marked, drawn, low, high);
}

/** So many marked rows are followed singly: for fewer the probability of the mode costs more. */
const ONE_BY_ONE = 8;

function drawOneByOne(random: Random, total: number, marked: number, drawn: number): number {
  let taken = 0;
  for (let row = 0; row < marked; row += 1) if (random() * (total - row) < drawn - taken) taken += 1;
  return taken;
}

function walkFromMode(u: number, total: number, marked: number, drawn: number, low: number, high: number): number {
  const mode = Math.min(high, Math.max(low, Math.floor(((drawn + 1) * (marked + 1)) / (total + 2))));
  const unmarked = total - marked;
  const atMode = Math.exp(logChoose(marked, mode) + logChoose(unmarked, drawn - mode) - logChoose(total, drawn));
  let rest = u - atMode;
  let [up, down, above, below] = [mode, mode, atMode, atMode];
  while (rest > 0 && (up < high || down > low)) {
    if (up < high) {
      above *= ((marked - up) * (drawn - up)) / ((up + 1) * (unmarked - drawn + up + 1));
      up += 1;
      rest -= above;
      if (rest <= 0) return up;
    }
    if (down > low) {
      below *= (down * (unmarked - drawn + down)) / ((marked - down + 1) * (drawn - down + 1));
      down -= 1;
      rest -= below;
      if (rest <= 0) return down;
    }
  }
  return mode;
}

/** Draws the counts of a sample of `size` rows bin after bin: each is hypergeometric, given those before. */
export function drawInTurn(random: Random, pooled: Float64Array, size: number, into: Float64Array): void {
  let total = 0;
  for (const count of pooled) total += count;
  let left = size;
  for (let bin = 0; bin < pooled.length; bin += 1) {
    const count = pooled[bin] ?? 0;
    const taken = left === 0 ? 0 : drawHypergeometric(random, total, count, left);
    into[bin] = taken;
    total -= count;
    left -= taken;
  }
}
