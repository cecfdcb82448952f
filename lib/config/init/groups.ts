import { type InferredColumn, MANY } from './infer';
import { quantile } from './sample';

/** What a proposal needs to know about a data set. */
export interface Surveyed {
  readonly key: string;
  readonly label: InferredColumn;
  /** Columns but key and label. */
  readonly features: readonly InferredColumn[];
  readonly task: 'binary' | 'regression';
  readonly trainRows: number;
  readonly holdoutRows: number;
}

/** Rows below which a slice says little: the default of `model.slices[].minRows`. */
export const SLICE_ROWS = 100;

/** Positive and negative rows below which ranking within a slice says little. */
const CLASS_ROWS = 10;

/** Columns whose values make groups. Whole numbers with more values than this are amounts. */
const FEW_NUMBERS = 4;

export function isGrouping({ type, stray, distinct }: InferredColumn): boolean {
  if (stray > 0 || distinct.length < 2 || distinct.length > MANY) return false;
  return type === 'string' || type === 'boolean' || (type === 'integer' && distinct.length <= FEW_NUMBERS);
}

/** Columns of groups that the holdout can judge one by one, those along which the label differs most first. */
export function sliceColumns(data: Surveyed): readonly InferredColumn[] {
  return data.features
    .filter((column) => isGrouping(column) && isJudgeable(column, data))
    .map((column) => ({ column, differs: labelDiffers(column) }))
    .sort((a, b) => b.differs - a.differs)
    .map(({ column }) => column);
}

function isJudgeable({ counts }: InferredColumn, { task, trainRows, holdoutRows }: Surveyed): boolean {
  const held = holdoutRows / Math.max(trainRows + holdoutRows, 1);
  const large = [...counts.values()].filter(({ rows }) => rows * held >= SLICE_ROWS);
  if (large.length < 2) return false;
  if (task === 'regression') return true;
  return large.every(
    ({ labels }) => labels.size === 2 && [...labels.values()].every((rows) => rows * held >= CLASS_ROWS),
  );
}

/**
 * Cramér's V of a column and the label, without its root: χ² / (n · min(r − 1, c − 1)) (H. Cramér, Mathematical Methods of
 * Statistics, 1946, 21.9). 0 where the label has too many values to be counted.
 */
function labelDiffers({ counts }: InferredColumn): number {
  const groups = [...counts.values()];
  const byLabel = new Map<string, number>();
  for (const { labels } of groups) {
    if (labels.size > MANY) return 0;
    for (const [label, rows] of labels) byLabel.set(label, (byLabel.get(label) ?? 0) + rows);
  }
  const n = groups.reduce((sum, { rows }) => sum + rows, 0);
  let chiSquared = 0;
  for (const { rows, labels } of groups) {
    for (const [label, total] of byLabel) {
      const expected = (rows * total) / n;
      chiSquared += ((labels.get(label) ?? 0) - expected) ** 2 / expected;
    }
  }
  return chiSquared / (n * Math.max(Math.min(groups.length, byLabel.size) - 1, 1));
}

/** A column of many numbers, those with decimals first: what can be changed a little. */
export function amountOf({ features }: Surveyed): InferredColumn | undefined {
  const amounts = features.filter(({ distinct, stray }) => distinct.length > MANY && stray === 0);
  const numeric = amounts.filter(({ numbers }) => numbers.length > 0);
  return numeric.find(({ type }) => type === 'number') ?? numeric[0];
}

/** Half of the rows lie within this. */
export const spreadOf = ({ numbers }: InferredColumn): number => quantile(numbers, 0.75) - quantile(numbers, 0.25);
