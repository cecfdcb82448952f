import { labelBytes, orderOf, placementsFor, sizesOf } from '../kernels/memo';
import { drawPoissonCounts, replicateKey } from '../kernels/poisson';
import { packOrder, weightedWins } from '../kernels/weighted-area';
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
  const weights = new Uint8Array(labels.length);
  const draw = drawer(options, seed, Math.min(m, n), weights);
  const values = [...models, ...(champion === undefined ? [] : [champion])].map(() => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate += 1) {
    draw(replicate);
    write(
      values,
      replicate,
      orders.map((order) => areaOf(weightedWins(order, weights))),
    );
  }
  weights.fill(1);
  const estimates = [new Float64Array(1), new Float64Array(1), new Float64Array(1)].slice(0, values.length);
  write(
    estimates,
    0,
    orders.map((order) => areaOf(weightedWins(order, weights))),
  );
  const found = estimates.map(([value]) => value ?? Number.NaN);
  return bootstrapOf(found, values, (index) => acceleration(influences(options, bytes, index, [m, n])));
}

const areaOf = ({ wins, positives, negatives }: ReturnType<typeof weightedWins>): number =>
  wins / (2 * positives * negatives);

function write(values: readonly Float64Array[], replicate: number, areas: readonly number[]): void {
  const [a = Number.NaN, b = Number.NaN] = areas;
  for (const [index, value] of [a, b, a - b].entries()) {
    const column = values[index];
    if (column !== undefined) column[replicate] = value;
  }
}

/** Fills `weights` for a replicate. Counts above 255, which no resample of sensible clusters has, would not fit a byte. */
function drawer(
  { labels, clusters }: AucBootstrapOptions,
  seed: number,
  smaller: number,
  weights: Uint8Array,
): (replicate: number) => void {
  if (clusters === undefined && smaller >= POISSON_FROM) {
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
  const first = placementsFor(
    index === AUC_BOOTSTRAP.champion ? (champion ?? scores) : scores,
    labels,
    classes,
  ).doubled;
  const second =
    index === AUC_BOOTSTRAP.difference && champion !== undefined
      ? placementsFor(champion, labels, classes).doubled
      : new Uint32Array(labels.length);
  const [ofPositives, ofNegatives] = [new Float64Array(m), new Float64Array(n)];
  let [positive, negative] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const influence = (first[row] as number) - (second[row] as number);
    if (bytes[row] === 1) ofPositives[positive++] = influence / (2 * n);
    else ofNegatives[negative++] = influence / (2 * m);
  }
  return [ofPositives, ofNegatives];
}
