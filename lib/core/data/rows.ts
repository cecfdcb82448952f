import type { ArgumentSpecs, Arguments } from './arguments';
import { type Collector, type Expectation, expectation, type Outcome } from './definition';
import type { Row, TableInfo, Value } from './table';

/** A row that breaks an expectation. */
export interface Example {
  readonly value: unknown;
  readonly line: number;
  readonly key: Value;
}

/** What is known after a scan that looks at rows one by one. */
export interface RowStatistics {
  readonly elements: number;
  readonly missing: number;
  readonly unexpected: number;
  /** The first ones, 20 at most. */
  readonly examples: readonly Example[];
}

export const EXAMPLES = 20;

/** `at customer_id C-00012`, or the line when the key itself is missing. */
export function place(example: Example, table: TableInfo): string {
  return example.key === null ? `at line ${example.line}` : `at ${table.key} ${example.key}`;
}

export const keyOf = (row: Row, table: TableInfo): Value => row.values[table.key] ?? null;

const shown = (value: unknown): string => (value === null ? '' : `: ${JSON.stringify(value)}`);

const percent = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

/**
 * The verdict of Great Expectations' map expectations: the share of expected values among those present is at least
 * `mostly`. A column without any value is no evidence.
 *
 * @param fault what a value does that breaks it, in plural: `are not in the set`
 */
export function judgeRows(
  subject: string,
  fault: string,
  args: Arguments,
  statistics: RowStatistics,
  table: TableInfo,
): Outcome {
  const { elements, missing, unexpected, examples } = statistics;
  const present = elements - missing;
  const evidence = {
    element_count: elements,
    missing_count: missing,
    unexpected_count: unexpected,
    ...(present === 0 ? {} : { unexpected_percent: (100 * unexpected) / present }),
    partial_unexpected_list: examples.map(({ value }) => value),
    partial_unexpected_keys: examples.map(({ key, line }) => key ?? `line ${line}`),
  };
  if (present === 0) {
    const reason = elements === 0 ? `${subject}: there are no rows` : `${subject}: all ${elements} values are missing`;
    return { verdict: 'inconclusive', reason: `${reason}, so nothing could be checked`, evidence };
  }
  const [first] = examples;
  const where = first === undefined ? '' : ` (first${shown(first.value)} ${place(first, table)})`;
  const tolerance = args.mostly < 1 ? `; at least ${percent(args.mostly)} must be right` : '';
  const passed = (present - unexpected) / present >= args.mostly;
  return {
    verdict: passed ? 'pass' : 'fail',
    reason: `${subject}: ${unexpected === 0 ? 'none' : unexpected} of ${present} values ${fault}${where}${tolerance}`,
    evidence,
  };
}

/** Counts rows; `look` gives undefined for a missing value, otherwise whether it is unexpected, and the value shown. */
export function countRows(
  table: TableInfo,
  look: (row: Row) => { readonly unexpected: boolean; readonly value: unknown } | undefined,
): Collector<RowStatistics> {
  let elements = 0;
  let missing = 0;
  let unexpected = 0;
  const examples: Example[] = [];
  return {
    add: (row) => {
      elements += 1;
      const seen = look(row);
      if (seen === undefined) missing += 1;
      else if (seen.unexpected) {
        unexpected += 1;
        if (examples.length < EXAMPLES) examples.push({ value: seen.value, line: row.line, key: keyOf(row, table) });
      }
    },
    statistics: () => ({ elements, missing, unexpected, examples }),
  };
}

export interface ColumnCondition {
  readonly type: string;
  readonly arguments?: ArgumentSpecs;
  readonly check?: (args: Arguments) => string | undefined;
  readonly fault: (args: Arguments) => string;
  /** The test of a value that is not missing. */
  readonly expected: (args: Arguments) => (value: Exclude<Value, null>) => boolean;
}

/** An expectation about every value of one column; missing values are left out. */
export function columnCondition(condition: ColumnCondition): Expectation {
  return expectation<RowStatistics>({
    type: condition.type,
    arguments: { column: { kind: 'column', required: true }, ...condition.arguments, mostly: { kind: 'share' } },
    ...(condition.check === undefined ? {} : { check: condition.check }),
    collect: (args, table) => {
      const expected = condition.expected(args);
      return countRows(table, (row) => {
        const value = row.values[args.column] ?? null;
        return value === null ? undefined : { unexpected: !expected(value), value };
      });
    },
    judge: (args, statistics, table) => judgeRows(args.column, condition.fault(args), args, statistics, table),
  });
}
