import { POISSON_COUNTS } from '../kernels/poisson';
import { RandomBits } from './random';

/** From this many units on, a stratum is drawn by independent Poisson(1) counts: one pass, no random access. */
export const POISSON_FROM = 10_000;

/** What is drawn with replacement: rows, or whole clusters of rows, each stratum on its own. */
export interface ResamplingDesign {
  readonly rows: number;
  /** Number of each row's stratum, e.g. its label. Absent: one stratum. */
  readonly strata?: ArrayLike<number>;
  /** Number of each row's cluster; its rows are drawn together. A cluster lies in one stratum. */
  readonly clusters?: Int32Array;
  /** 32 bits are used. */
  readonly seed: number;
}

/** Fills `weights` with how often each row is drawn in replicate number `replicate`. */
export type Resampler = (replicate: number, weights: Float64Array) => void;

/**
 * Weights of bootstrap replicates. Replicate r is seeded by (seed, r), so it is the same in whatever order or thread it is
 * drawn. A stratum of fewer than 10,000 units is drawn as the multinomial counts of Efron's bootstrap, so that it keeps its
 * size. A larger one is drawn as Poisson(1) counts: given their total, these are multinomial, and the total strays by
 * 1/√units ≤ 1 %, which a statistic that divides by its weights does not see.
 *
 * Sources: B. Efron, The Annals of Statistics 7 (1979), pp. 1–26; J. A. Hanley and B. MacGibbon, Computer Methods and
 * Programs in Biomedicine 83 (2006), pp. 57–62; N. Chamandy et al., "Estimating uncertainty for massive data streams",
 * Google 2012.
 *
 * @throws RangeError if a cluster lies in two strata
 */
export function createResampler(design: ResamplingDesign): Resampler {
  const strata = unitsByStratum(design);
  const drawn = new Float64Array(design.clusters === undefined ? 0 : unitCount(design));
  const bits = new RandomBits(design.seed);
  return (replicate, weights) => {
    const into = design.clusters === undefined ? weights : drawn;
    into.fill(0);
    bits.reset(replicateSeed(design.seed, replicate));
    for (const stratum of strata) {
      if (stratum.length < POISSON_FROM) drawMultinomial(stratum, bits, into);
      else drawPoisson(stratum, bits, into);
    }
    spreadToRows(design, drawn, weights);
  };
}

/** Gives each row what its cluster has; without clusters the rows have it already. */
export function spreadToRows({ rows, clusters }: ResamplingDesign, ofUnits: Float64Array, weights: Float64Array): void {
  if (clusters === undefined) return;
  for (let row = 0; row < rows; row += 1) weights[row] = ofUnits[clusters[row] ?? -1] ?? Number.NaN;
}

export function unitCount({ rows, clusters }: ResamplingDesign): number {
  return clusters === undefined ? rows : clusters.reduce((most, cluster) => Math.max(most, cluster), -1) + 1;
}

/** The units of each stratum, strata in order of their numbers. */
export function unitsByStratum(design: ResamplingDesign): readonly Uint32Array[] {
  const { rows, strata, clusters } = design;
  const units = unitCount(design);
  if (strata === undefined) return [Uint32Array.from({ length: units }, (_, unit) => unit)];
  const of = new Float64Array(units).fill(Number.NaN);
  const sizes = new Map<number, number>();
  for (let row = 0; row < rows; row += 1) {
    const unit = clusters === undefined ? row : (clusters[row] ?? -1);
    const stratum = strata[row] ?? Number.NaN;
    const known = of[unit] ?? Number.NaN;
    if (known === stratum) continue;
    if (!Number.isNaN(known)) throw new RangeError(`cluster ${unit} lies in the strata ${known} and ${stratum}`);
    of[unit] = stratum;
    sizes.set(stratum, (sizes.get(stratum) ?? 0) + 1);
  }
  const ordered = [...sizes].sort(([a], [b]) => a - b);
  const lists = new Map(ordered.map(([stratum, size]) => [stratum, { units: new Uint32Array(size), next: 0 }]));
  for (let unit = 0; unit < units; unit += 1) {
    const list = lists.get(of[unit] ?? Number.NaN);
    if (list === undefined) continue;
    list.units[list.next] = unit;
    list.next += 1;
  }
  return [...lists.values()].map((list) => list.units);
}

/** Seed of one replicate: a step of Weyl's sequence keeps neighbouring replicates and neighbouring seeds apart. */
export const replicateSeed = (seed: number, replicate: number): number =>
  (Math.imul(replicate + 1, 0x9e3779b1) ^ seed) >>> 0;

/** Numbers that are drawn at once; a stratum of fewer units is drawn by as many of them. */
const numbers = new Uint32Array(POISSON_FROM);

function drawMultinomial(units: Uint32Array, bits: RandomBits, into: Float64Array): void {
  const { length } = units;
  bits.fill(numbers, length);
  for (let draw = 0; draw < length; draw += 1) {
    const unit = units[Math.floor(((numbers[draw] as number) / 2 ** 32) * length)] as number;
    into[unit] = (into[unit] as number) + 1;
  }
}

/** Lower and upper half of a number are for one unit each. */
function drawPoisson(units: Uint32Array, bits: RandomBits, into: Float64Array): void {
  for (let start = 0; start < units.length; start += 2 * numbers.length) {
    const some = Math.min(2 * numbers.length, units.length - start);
    bits.fill(numbers, Math.ceil(some / 2));
    for (let index = 0; index < some; index += 1) {
      const both = numbers[index >> 1] as number;
      into[units[start + index] as number] = POISSON_COUNTS[index % 2 === 0 ? both & 0xffff : both >>> 16] as number;
    }
  }
}
