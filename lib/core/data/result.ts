import type { Verdict } from '../verdict';
import type { Example } from './plan';
import type { TableInfo, Value } from './table';

/** What Great Expectations calls `result`; fields that make no sense for an expectation are absent. */
export interface Result {
  readonly element_count?: number;
  readonly missing_count?: number;
  readonly missing_percent?: number | null;
  readonly unexpected_count?: number;
  readonly unexpected_percent?: number | null;
  readonly unexpected_percent_total?: number | null;
  readonly unexpected_percent_nonmissing?: number | null;
  /** At most 20. */
  readonly partial_unexpected_list?: readonly unknown[];
  readonly partial_unexpected_counts?: readonly { readonly value: unknown; readonly count: number }[];
  /** Ours: the keys of the rows in `partial_unexpected_list`, or `line 7` where the key itself is missing. */
  readonly partial_unexpected_keys?: readonly unknown[];
  readonly observed_value?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly unexpected_list?: readonly unknown[];
}

/** What is concluded about one expectation. `success` is Great Expectations'; the verdict may be stricter. */
export interface Outcome {
  readonly success: boolean;
  readonly verdict: Verdict;
  /** Without the file's name, e.g. `contract_type: 3 of 6000 values are not in the set (first: …)`. */
  readonly reason: string;
  readonly result: Result;
}

/** Of an expectation whose arguments ask for nothing: Great Expectations calls that a success, here it is no evidence. */
export const NOTHING = 'nothing is asked for, so nothing could be checked';

/** Rows shown of those that break an expectation. */
export const EXAMPLES = 20;

/** 0 to 100; null where nothing could be counted. */
const percent = (part: number, whole: number): number | null => (whole > 0 ? (part / whole) * 100 : null);

/** What every result about one column begins with: rows, and those of them without a value. */
export const countsOfColumn = (
  elements: number,
  missing: number,
): Pick<Result, 'element_count' | 'missing_count' | 'missing_percent'> => ({
  element_count: elements,
  missing_count: missing,
  missing_percent: percent(missing, elements),
});

/** Counts of a map expectation; `missing` is undefined for expectations about missing values themselves. */
export interface MapCounts {
  readonly elements: number;
  readonly missing: number | undefined;
  readonly unexpected: number;
}

/**
 * The result of a map expectation. Percentages are 0 to 100 and null where nothing could be counted.
 * Source of the fields: Great Expectations, `result_format` reference.
 */
function mapResult(
  { elements, missing, unexpected }: MapCounts,
  shown: readonly { readonly value: unknown; readonly example: Example }[],
  complete: boolean,
): Result {
  const present = elements - (missing ?? 0);
  const list = shown.map(({ value }) => value);
  const partial = shown.slice(0, EXAMPLES);
  return {
    ...(missing === undefined ? { element_count: elements } : countsOfColumn(elements, missing)),
    unexpected_count: unexpected,
    unexpected_percent: percent(unexpected, present),
    unexpected_percent_total: percent(unexpected, elements),
    unexpected_percent_nonmissing: percent(unexpected, present),
    partial_unexpected_list: list.slice(0, EXAMPLES),
    ...countsOf(list.slice(0, EXAMPLES)),
    partial_unexpected_keys: partial.map(({ example }) => example.key ?? placeOf(example)),
    ...(complete ? { unexpected_list: list } : {}),
  };
}

/** Of the values shown; most frequent first, then by value. Rows of several columns cannot be counted, as there. */
function countsOf(list: readonly unknown[]): Pick<Result, 'partial_unexpected_counts' | 'details'> {
  if (list.some((value) => typeof value === 'object' && value !== null && !Array.isArray(value))) {
    return {
      details: { partial_unexpected_counts_error: 'partial_unexpected_counts requested, but requires a hashable type' },
    };
  }
  const counts = new Map<string, { value: unknown; count: number }>();
  for (const value of list) {
    const key = JSON.stringify(value);
    const entry = counts.get(key) ?? { value, count: 0 };
    counts.set(key, { ...entry, count: entry.count + 1 });
  }
  const sorted = [...counts].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
  return { partial_unexpected_counts: sorted.map(([, entry]) => entry) };
}

/** `line 7`; where rows have no places, the file. */
const placeOf = ({ line, row, file }: Example): string =>
  line === undefined && row === undefined ? `in ${file ?? 'the table'}` : `line ${line ?? row}`;

/** `at customer_id C-00012`, or the line when the key itself is missing. */
export function place(
  { key, line, row, file }: Pick<Example, 'key' | 'line' | 'row' | 'file'>,
  table: TableInfo,
): string {
  if (table.key !== undefined && key !== null) return `at ${table.key} ${key}`;
  if (line === undefined) return row === undefined ? `in ${file ?? 'the table'}` : `at row ${row}`;
  return file === undefined ? `at line ${line}` : `at ${file}:${line}`;
}

const shownValue = (value: unknown): string => (value === null ? '' : `: ${JSON.stringify(value)}`);

const percentWords = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

export interface MapJudgement extends MapCounts {
  readonly subject: string;
  /** What a value does that breaks it, in plural; begins with `are not`, `are no` or `do not` where it denies what is wanted. */
  readonly fault: string;
  readonly mostly: number;
  readonly shown: readonly { readonly value: unknown; readonly example: Example }[];
  readonly complete: boolean;
}

/**
 * The verdict of a map expectation: the share of expected values among those present is at least `mostly`.
 * Without any value to look at Great Expectations calls it a success; here that is no evidence.
 */
export function judgeMap(judgement: MapJudgement, table: TableInfo): Outcome {
  const { subject, fault, mostly, elements, missing, unexpected, shown } = judgement;
  const present = elements - (missing ?? 0);
  const result = mapResult(judgement, shown, judgement.complete);
  if (present === 0) {
    const reason = elements === 0 ? `${subject}: there are no rows` : `${subject}: all ${elements} values are missing`;
    return { success: true, verdict: 'inconclusive', reason: `${reason}, so nothing could be checked`, result };
  }
  const [first] = shown;
  const where = first === undefined ? '' : ` (first${shownValue(first.value)} ${place(first.example, table)})`;
  const tolerance = mostly < 1 ? `; at least ${percentWords(mostly)} must be right` : '';
  const found = unexpected === 0 ? flawless(present, fault) : `${unexpected} of ${present} values ${fault}`;
  const success = (present - unexpected) / present >= mostly;
  return {
    success,
    verdict: success ? 'pass' : 'fail',
    reason: `${subject}: ${found}${where}${tolerance}`,
    result,
  };
}

/** `all 4 values are in the set`, not `none of 4 values are not in the set`; `none of 4 values are missing`. */
function flawless(present: number, fault: string): string {
  const wanted = fault.replace(/^(are) not? |^do not /, (_, are: string | undefined) =>
    are === undefined ? '' : 'are ',
  );
  return wanted === fault ? `none of ${present} values ${fault}` : `all ${present} values ${wanted}`;
}

/** Values of one row as Great Expectations shows them for several columns. */
export const rowOf = (columns: readonly string[], values: readonly Value[]): Readonly<Record<string, Value>> =>
  Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null]));
