import { joinSql, literal, type Sql, sql } from '../../sql/sql';
import type { Arguments } from '../arguments';
import { ask, atRanks, countWhere, missing, rows, type Steps, values } from '../plan';
import { countsOfColumn, NOTHING, type Outcome, type Result } from '../result';
import type { Value } from '../table';
import { type Context, columnOf, type Expectation, ExpectationError, numeric } from './context';
import { binned, binnedEntropy, type Partition, partitionProblem, relativeEntropy } from './partition';

/** Distinct values that a comparison of categories takes; a column of more is no categorical one. */
const CATEGORIES = 100_000;

function problem(args: Arguments): string | undefined {
  const partition = args.kwargs.partition_object as Partial<Partition> | null | undefined;
  const [tail, internal] = [args.number('tail_weight_holdout') ?? 0, args.number('internal_weight_holdout') ?? 0];
  if ((args.number('threshold') ?? 0) < 0) return 'Threshold must be specified, greater than or equal to zero.';
  if (partition === null || partition === undefined) return undefined;
  const wrong = partitionProblem(partition);
  if (wrong !== undefined) return `partition_object: ${wrong}`;
  if (tail !== 0 && partition.tail_weights !== undefined) {
    return 'tail_weight_holdout must be 0 when using tail_weights in partition object';
  }
  if (Array.isArray(partition.values)) {
    return internal > 0 ? 'Internal weight holdout cannot be used for discrete data.' : undefined;
  }
  if (args.kwargs.bucketize_data === false) {
    return 'KL Divergence cannot be computed with a continuous partition object and the bucketize_data parameter set to false.';
  }
  return undefined;
}

/** A single outlier would make any number of the narrow bins. */
const MOST_BINS = 1000;

/** Bins of numpy's "auto": the finer of Sturges' and Freedman–Diaconis' widths. */
function autoBins(low: number, q1: number, q3: number, high: number, count: number): readonly number[] {
  const sturges = Math.ceil(Math.log2(count + 1));
  const width = (2 * (q3 - q1)) / Math.cbrt(count);
  const fine = q3 - q1 < 1e-10 ? sturges : Math.max(sturges, Math.ceil((high - low) / width));
  const bins = Math.min(MOST_BINS, fine);
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + ((high - low) * i) / bins));
}

/** Rows in each bin; all are half open, [a, b), but the last, which has its upper edge too. */
const inBins = (value: Sql, bins: readonly number[]): readonly Sql[] =>
  bins.slice(1).map((high, i) => {
    const low = bins[i] ?? 0;
    const parts = [
      ...(Number.isFinite(low) ? [sql`${value} >= ${literal(low)}`] : []),
      ...(Number.isFinite(high)
        ? [i === bins.length - 2 ? sql`${value} <= ${literal(high)}` : sql`${value} < ${literal(high)}`]
        : []),
    ];
    return parts.length === 0 ? sql`(${value} IS NOT NULL)` : sql`(${joinSql(parts, ' AND ')})`;
  });

interface Compared {
  /** May be infinite, or NaN without any value. */
  readonly divergence: number;
  readonly observed: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

function* categories(context: Context, given: Partition | undefined, present: number): Steps<Compared> {
  const { args, where } = context;
  const [found] = yield* ask(values(args.column, 'value', CATEGORIES, where));
  if (found.length === CATEGORIES) {
    throw new ExpectationError(
      `${args.column} has ${CATEGORIES} or more distinct values: it is not categorical`,
      'ValueError',
    );
  }
  const weights = new Map(found.map(({ value, count }) => [value as Value, count / present]));
  const partition = given ?? { values: [...weights.keys()], weights: [...weights.values()] };
  const listed = partition.values ?? [];
  const text = columnOf(context, args.column).type === 'string';
  const named = listed.map((value) => (text && value !== null ? String(value) : value));
  const strange = [...weights.keys()].filter((value) => !named.includes(value));
  const holdout = args.number('tail_weight_holdout') ?? 0;
  const scale = strange.length > 0 ? 1 - holdout : 1;
  const expected = [
    ...partition.weights.map((weight) => weight * scale),
    ...strange.map(() => holdout / strange.length),
  ];
  const all = [...named, ...strange];
  const observed = all.map((value) => weights.get(value) ?? 0);
  return {
    divergence: relativeEntropy(observed, expected),
    observed: { values: all, weights: observed },
    expected: { values: all, weights: expected },
  };
}

function* continuous(context: Context, given: Partition | undefined, present: number): Steps<Compared> {
  const { args, where } = context;
  const { column } = args;
  const value = numeric(context, column);
  const bins = given?.bins ?? (yield* automatic(context, present));
  const [low = 0, high = 0] = [bins[0], bins.at(-1)];
  const finite = (edge: number, when: Sql): Sql => (Number.isFinite(edge) ? when : sql`FALSE`);
  const tests = [
    ...inBins(value, bins),
    finite(low, sql`(${value} < ${literal(low)})`),
    finite(high, sql`(${value} > ${literal(high)})`),
  ];
  const counts = yield* ask(...tests.map((test) => countWhere(test, [column], where)));
  const shares = counts.map((count) => count / present);
  const [below = 0, above = 0] = shares.slice(-2);
  const weights = shares.slice(0, -2);
  const tail = (1 - weights.reduce((all, one) => all + one, 0)) / 2;
  const partition = given ?? { bins, weights, tail_weights: [tail, tail] };
  const { observed, expected } = binned(
    partition,
    { shares: weights, below, above },
    args.number('tail_weight_holdout') ?? 0,
    args.number('internal_weight_holdout') ?? 0,
  );
  return { divergence: binnedEntropy(observed, expected), observed: { ...observed }, expected: { ...expected } };
}

function* automatic({ args, where }: Context, present: number): Steps<readonly number[]> {
  const place = (share: number): number => Math.round(share * (present - 1));
  const [found] = yield* ask(atRanks(args.column, [0, place(0.25), place(0.75), present - 1], where));
  const [low = 0, q1 = 0, q3 = 0, high = 0] = found.map(Number);
  return autoBins(low, q1, q3, high, present);
}

export const divergence: Expectation = {
  type: 'expect_column_kl_divergence_to_be_less_than',
  arguments: {
    column: { kind: 'column', required: true },
    partition_object: { kind: 'record' },
    threshold: { kind: 'number' },
    internal_weight_holdout: { kind: 'share' },
    tail_weight_holdout: { kind: 'share' },
    bucketize_data: { kind: 'flag' },
    min_value: { kind: 'number' },
    max_value: { kind: 'number' },
  },
  check: problem,
  *run(context): Steps<Outcome> {
    const { args, where } = context;
    const { column } = args;
    columnOf(context, column);
    const [elements, gaps] = yield* ask(rows(where), missing(column, where));
    const present = elements - gaps;
    const counts = countsOfColumn(elements, gaps);
    const threshold = args.number('threshold');
    const given = (args.kwargs.partition_object ?? undefined) as Partition | undefined;
    if (present === 0) {
      const reason = `${column}: divergence cannot be told: ${present} of ${elements} values are present`;
      return {
        success: threshold === undefined,
        verdict: 'inconclusive',
        reason,
        result: { ...counts, observed_value: null },
      };
    }
    const categorical = given === undefined ? args.kwargs.bucketize_data === false : given.values !== undefined;
    const compared = yield* categorical ? categories(context, given, present) : continuous(context, given, present);
    const outcome = conclude(column, threshold, compared, counts);
    const open =
      given === undefined
        ? 'without partition_object it is compared with itself'
        : threshold === undefined
          ? `without threshold ${NOTHING}`
          : undefined;
    return open === undefined ? outcome : { ...outcome, verdict: 'inconclusive', reason: `${outcome.reason}: ${open}` };
  },
};

function conclude(column: string, threshold: number | undefined, compared: Compared, counts: Result): Outcome {
  const { divergence: value, observed, expected } = compared;
  const success = threshold === undefined || value <= threshold;
  const shown = Number.isFinite(value) ? String(Number(value.toPrecision(6))) : 'infinite';
  const words = threshold === undefined ? '' : success ? `, at most ${threshold}` : `; it must be at most ${threshold}`;
  const result: Result = {
    ...counts,
    observed_value: Number.isFinite(value) ? value : null,
    details: { observed_partition: observed, expected_partition: expected },
  };
  return { success, verdict: success ? 'pass' : 'fail', reason: `${column}: divergence is ${shown}${words}`, result };
}
