import { logGamma } from './gamma';
import type { Random } from './random';

/** A distribution over `low`, `low` + 1, …, ready for draws in constant time. */
export interface Alias {
  readonly low: number;
  /** Of each number: the probability that it is kept where it comes up, and the number instead. */
  readonly keep: Float64Array;
  readonly instead: Int32Array;
}

/** What is less probable than this, beside the mode, does not come up: less than a random number can tell. */
const NEVER = 1e-17;

/** Bin(n, p), its probabilities from the mode outwards. */
export function aliasOfBinomial(n: number, p: number): Alias {
  if (n === 0 || p <= 0) return aliasOf([1], 0);
  if (p >= 1) return aliasOf([1], n);
  const odds = p / (1 - p);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const logMode = logGamma(n + 1) - logGamma(mode + 1) - logGamma(n - mode + 1);
  const atMode = Math.exp(logMode + mode * Math.log(p) + (n - mode) * Math.log1p(-p));
  const below: number[] = [];
  for (let [k, chance] = [mode, atMode]; k > 0; k -= 1) {
    chance *= k / ((n - k + 1) * odds);
    if (chance < NEVER * atMode) break;
    below.push(chance);
  }
  const above: number[] = [];
  for (let [k, chance] = [mode, atMode]; k < n; k += 1) {
    chance *= ((n - k) * odds) / (k + 1);
    if (chance < NEVER * atMode) break;
    above.push(chance);
  }
  return aliasOf([...below.reverse(), atMode, ...above], mode - below.length);
}

/**
 * Source: A. J. Walker, ACM Transactions on Mathematical Software 3 (1977), pp. 253–256; the tables as in M. D. Vose,
 * IEEE Transactions on Software Engineering 17 (1991), pp. 972–975.
 */
function aliasOf(chances: readonly number[], low: number): Alias {
  const length = chances.length;
  const sum = chances.reduce((total, chance) => total + chance, 0);
  const keep = Float64Array.from(chances, (chance) => (chance / sum) * length);
  const instead = Int32Array.from(chances, (_, i) => i);
  const [small, large]: [number[], number[]] = [[], []];
  for (let i = 0; i < length; i += 1) ((keep[i] ?? 0) < 1 ? small : large).push(i);
  for (let i = small.pop(), j = large.pop(); i !== undefined && j !== undefined; i = small.pop()) {
    instead[i] = j;
    const rest = (keep[j] ?? 0) + (keep[i] ?? 0) - 1;
    keep[j] = rest;
    if (rest >= 1) continue;
    small.push(j);
    j = large.pop();
  }
  // What is left over is 1 but for rounding, and its own alias.
  return { low, keep, instead };
}

export function drawAlias(random: Random, alias: Alias | undefined): number {
  if (alias === undefined || alias.keep.length === 1) return alias?.low ?? 0;
  const at = random() * alias.keep.length;
  const i = Math.floor(at);
  return alias.low + (at - i < (alias.keep[i] ?? 1) ? i : (alias.instead[i] ?? i));
}
