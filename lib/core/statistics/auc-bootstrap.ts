import { labelBytes, orderOf, placementsFor, sizesOf } from '../kernels/memo';
import { drawPoissonCounts, replicateKey } from '../kernels/poisson';
import { poissonReplicates } from '../kernels/replicate-areas';
import { packOrder, type WeightedWins, weightedWins } from '../kernels/weighted-area';
import type { BinaryRows } from './areas';
import { acceleration } from './bca';
import { bootstrapOf, DEFAULT_REPLICATES, DEFAULT_SEED, type PairedBootstrap } from './bootstrap';
import { createResampler, POISSON_FROM } from './resampling';

export interface AucBootstrapOptions extends BinaryRows {
  /** Rows of one cluster are drawn together; classes are then not kept apart. */
  readonly clusters?: Int32Array | undefined;
  /** @default 2000 */
  readonly replicates?: number;
  /** @default a fixed one */
  readonly seed?: number;
}

/** Places of the numbers in `estimates`, `percentile` and `bca`. */
export const AUC_BOOTSTRAP = { challenger: 0, champion: 1, difference: 2 } as const;

/**
 * Bootstrap of areas under ROC curves and of their difference on the same rows: scores are sorted once, and each replicate is one
 * walk a model over whole weights. Rows of each class are drawn by themselves (Poisson counts from 10,000 rows of each class on,
 * where AUC, which divides by the weight of both classes, cannot tell them from a resample of fixed size; Efron's counts below).
 * The acceleration of BCa comes from DeLong's components, which are the influence of each row.
 *
 * Sources: see `createResampler` and `bcaInterval`; the areas' influence: E. R. DeLong et al., Biometrics 44 (1988).
 *
 * @returns without a champion, `estimates` has the challenger's area alone; `null` if a class is empty
 */
export function aucBootstrap(options: AucBootstrapOptions): PairedBootstrap | null {
  const { labels, scores, champion, replicates = DEFAULT_REPLICATES, seed = DEFAULT_SEED } = options;
  const bytes = labelBytes(labels);
  const { positives, negatives } = sizesOf(labels, { labels: bytes, count: 1 });
  const [m, n] = [positives[0] ?? 0, negatives[0] ?? 0];
  if (m === 0 || n === 0) return null;
  const models = champion === undefined ? [scores] : [scores, champion];
  const orders = models.map((column) => packOrder(orderOf(column), bytes));
  const weights = new Uint8Array(labels.length).fill(1);
  const values = [...models, ...(champion === undefined ? [] : [champion])].map(() => new Float64Array(replicates));
  const estimates = values.map(() => new Float64Array(1));
  write(
    estimates,
    0,
    orders.map((order) => weightedWins(order, weights)),
  );
  const each = (replicate: number, wins: readonly WeightedWins[]) => write(values, replicate, wins);
  const independent = options.clusters === undefined && Math.min(m, n) >= POISSON_FROM;
  if (!(independent && poissonReplicates(orders, replicates, seed, each))) {
    const draw = drawer(options, seed, independent, weights);
    for (let replicate = 0; replicate < replicates; replicate += 1) {
      draw(replicate);
      each(
        replicate,
        orders.map((order) => weightedWins(order, weights)),
      );
    }
  }
  const found = estimates.map(([value]) => value ?? Number.NaN);
  return bootstrapOf(found, values, (index) => acceleration(influences(options, bytes, index, [m, n])));
}

function write(values: readonly Float64Array[], replicate: number, models: readonly WeightedWins[]): void {
  const [a = Number.NaN, b = Number.NaN] = models.map(
    ({ wins, positives, negatives }) => wins / (2 * positives * negatives),
  );
  for (const [index, value] of [a, b, a - b].entries()) {
    const column = values[index];
    if (column !== undefined) column[replicate] = value;
  }
}

/** Fills `weights` for a replicate. Counts above 255, which no resample of sensible clusters has, would not fit a byte. */
function drawer(
  { labels, clusters }: AucBootstrapOptions,
  seed: number,
  independent: boolean,
  weights: Uint8Array,
): (replicate: number) => void {
  if (independent) {
    return (replicate) => drawPoissonCounts(replicateKey(seed, replicate), weights);
  }
  const strata = clusters === undefined ? { strata: labels } : { clusters };
  const resample = createResampler({ rows: labels.length, seed, ...strata });
  const counts = new Float64Array(labels.length);
  return (replicate) => {
    resample(replicate, counts);
    weights.set(counts);
  };
}

/** Influence of each row on a statistic, by class: components of a model, or their difference. Clusters: of the rows in them. */
function influences(
  { labels, scores, champion }: AucBootstrapOptions,
  bytes: Uint8Array,
  index: number,
  [m, n]: readonly [number, number],
): readonly Float64Array[] {
  const classes = { labels: bytes, count: 1 };
  const first = placementsFor(index === AUC_BOOTSTRAP.champion ? (champion ?? scores) : scores, labels, classes);
  const subtract = index === AUC_BOOTSTRAP.difference && champion !== undefined;
  const second = subtract ? placementsFor(champion, labels, classes).doubled : undefined;
  const [ofPositives, ofNegatives] = [new Float64Array(m), new Float64Array(n)];
  let [positive, negative] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const influence = (first.doubled[row] as number) - (second?.[row] ?? 0);
    if (bytes[row] === 1) ofPositives[positive++] = influence / (2 * n);
    else ofNegatives[negative++] = influence / (2 * m);
  }
  return [ofPositives, ofNegatives];
}
