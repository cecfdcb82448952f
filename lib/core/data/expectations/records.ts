import { identifier, joinSql, literal, type Sql, sql } from '../../sql/sql';
import type { ArgumentSpecs, Arguments } from '../arguments';
import { ask, countFaults, countWhere, type Fault, rows, type Steps } from '../plan';
import { NOTHING, type Outcome, rowOf } from '../result';
import type { Value } from '../table';
import {
  type Comparison,
  type Context,
  columnOf,
  comparison,
  type Expectation,
  ExpectationError,
  fits,
  numeric,
  textual,
} from './context';
import { conclude } from './map';

const asksForNoPairs = (args: Arguments): boolean => !Array.isArray(args.kwargs.value_pairs_set);

/** When a row is left out, and counts as missing. */
const PAIR_RULES = ['both_values_are_missing', 'either_value_is_missing', 'neither'] as const;
const RECORD_RULES = ['all_values_are_missing', 'any_value_is_missing', 'never'] as const;

function ignored(rule: string, columns: readonly string[]): Sql {
  const gaps = columns.map((column) => sql`${identifier(column)} IS NULL`);
  if (rule === 'neither' || rule === 'never') return sql`FALSE`;
  return sql`(${joinSql(gaps, rule.startsWith('both') || rule.startsWith('all') ? ' AND ' : ' OR ')})`;
}

interface RecordMap {
  readonly type: string;
  readonly arguments: ArgumentSpecs;
  readonly check?: (args: Arguments) => string | undefined;
  readonly columns: (args: Arguments) => readonly string[];
  readonly rules: readonly string[];
  readonly subject: (args: Arguments) => string;
  readonly words: (args: Arguments) => string;
  /** Rows that break it, among those that are not ignored. */
  readonly fault: (context: Context, among: Sql) => Fault;
  readonly show: (columns: readonly string[], values: readonly Value[]) => unknown;
}

/** An expectation about several columns of a row. */
function recordMap({
  type,
  arguments: specs,
  check,
  columns,
  rules,
  subject,
  words,
  fault,
  show,
}: RecordMap): Expectation {
  const [fallback = ''] = rules;
  return {
    type,
    arguments: { ...specs, ignore_row_if: { kind: rules }, mostly: { kind: 'mostly' } },
    ...(check === undefined ? {} : { check }),
    *run(context): Steps<Outcome> {
      const { args, where } = context;
      const names = columns(args);
      for (const name of names) columnOf(context, name);
      const skip = ignored(args.text('ignore_row_if') ?? fallback, names);
      const broken = fault(context, sql`(NOT ${skip})`);
      const [elements, gaps, unexpected] = yield* ask(
        rows(where),
        countWhere(skip, names, where),
        countFaults(broken, where),
      );
      const counts = { elements, missing: gaps, unexpected };
      const shown = (values: readonly Value[]) => show(names, values);
      const outcome = yield* conclude(context, counts, broken, names, subject(args), words(args), shown);
      return specs.value_pairs_set !== undefined && asksForNoPairs(args)
        ? { ...outcome, verdict: 'inconclusive', reason: `${subject(args)}: value_pairs_set is null: ${NOTHING}` }
        : outcome;
    },
  };
}

const PAIR: ArgumentSpecs = {
  column_A: { kind: 'column', required: true },
  column_B: { kind: 'column', required: true },
};
const pairOf = (args: Arguments): readonly [string, string] => [
  args.text('column_A') ?? '',
  args.text('column_B') ?? '',
];

const pairMap = (
  type: string,
  specs: ArgumentSpecs,
  sign: string,
  words: (args: Arguments) => string,
  holds: (context: Context, a: string, b: string) => Sql,
): Expectation =>
  recordMap({
    type,
    arguments: { ...PAIR, ...specs },
    columns: pairOf,
    rules: PAIR_RULES,
    subject: (args) => pairOf(args).join(` ${sign} `),
    words,
    fault: (context, among) => {
      const [a, b] = pairOf(context.args);
      // Whatever cannot be compared does not hold: a missing value beside a present one.
      return { kind: 'row', when: sql`(${among} AND NOT coalesce(${holds(context, a, b)}, FALSE))`, columns: [a, b] };
    },
    show: (_columns, values) => values,
  });

/** A column as a number whose sums are too small to overflow. */
function addend(context: Context, name: string): Sql {
  const value = numeric(context, name);
  const { type, stored } = columnOf(context, name);
  if (type === 'number') return value;
  return /^(U?(TINYINT|SMALLINT|INTEGER)|BOOLEAN)$/i.test(stored)
    ? context.dialect.whole(value)
    : context.dialect.wide(value);
}

const bothMissing = (a: string, b: string): Sql => sql`(${identifier(a)} IS NULL AND ${identifier(b)} IS NULL)`;

const RECORD: ArgumentSpecs = { column_list: { kind: 'columns', required: true } };
const listOf = (args: Arguments): readonly string[] => args.texts('column_list');

const severalColumns = (args: Arguments): string | undefined =>
  listOf(args).length < 2 ? 'column_list must contain at least two columns' : undefined;

/** A value of the set, or the missing one. */
function isValue(context: Context, column: string, value: unknown): Sql {
  if (value === null || value === undefined) return sql`${identifier(column)} IS NULL`;
  if (!fits(columnOf(context, column).type, value as Value)) return sql`FALSE`;
  const { left, right } = comparison(context, column, value as string, true);
  return sql`${left} = ${right}`;
}

/** Two columns written so that they compare; undefined for types that have no order in common. */
function comparable(context: Context, a: string, b: string): Comparison | undefined {
  const [x, y] = [columnOf(context, a).type, columnOf(context, b).type];
  const all = (types: readonly string[]): boolean => types.includes(x) && types.includes(y);
  if (x === y || all(['integer', 'number']) || all(['date', 'timestamp'])) {
    return { left: identifier(a), right: identifier(b) };
  }
  return all(['integer', 'number', 'boolean']) ? { left: numeric(context, a), right: numeric(context, b) } : undefined;
}

/** Values of columns with no order in common are equal when they read the same: a number beside a column of texts. */
const equatable = (context: Context, a: string, b: string): Comparison =>
  comparable(context, a, b) ?? { left: textual(context, a), right: textual(context, b) };

function ordered(context: Context, a: string, b: string): Comparison {
  const found = comparable(context, a, b);
  if (found !== undefined) return found;
  const [x, y] = [columnOf(context, a).stored, columnOf(context, b).stored];
  throw new ExpectationError(`${a} and ${b} have no order in common: they are ${x} and ${y}`);
}

const within = (context: Context, columns: readonly string[]): readonly Sql[] =>
  columns.flatMap((a, i) =>
    columns.slice(i + 1).map((b) => {
      const { left, right } = equatable(context, a, b);
      return sql`${left} IS NOT DISTINCT FROM ${right}`;
    }),
  );

export const records: readonly Expectation[] = [
  pairMap(
    'expect_column_pair_values_a_to_be_greater_than_b',
    { or_equal: { kind: 'flag' } },
    '>',
    (args) => (args.flag('or_equal') ? 'are not greater or equal' : 'are not greater'),
    (context, a, b) => {
      const { left, right } = ordered(context, a, b);
      return context.args.flag('or_equal')
        ? sql`(${left} >= ${right} OR ${bothMissing(a, b)})`
        : sql`${left} > ${right}`;
    },
  ),
  pairMap(
    'expect_column_pair_values_to_be_equal',
    {},
    '=',
    () => 'are not equal',
    (context, a, b) => {
      const { left, right } = equatable(context, a, b);
      return sql`${left} = ${right}`;
    },
  ),
  pairMap(
    'expect_column_pair_values_to_be_in_set',
    { value_pairs_set: { kind: 'pairs', required: true, nullable: true } },
    ',',
    () => 'are not in the set of pairs',
    (context, a, b) => {
      if (asksForNoPairs(context.args)) return sql`TRUE`;
      const pairs = context.args.values('value_pairs_set') as unknown as readonly (readonly [Value, Value])[];
      const tests = pairs.map(([x, y]) => sql`(${isValue(context, a, x)} AND ${isValue(context, b, y)})`);
      return tests.length === 0 ? sql`FALSE` : sql`(${joinSql(tests, ' OR ')})`;
    },
  ),
  recordMap({
    type: 'expect_multicolumn_sum_to_equal',
    arguments: { ...RECORD, sum_total: { kind: 'number', required: true } },
    columns: listOf,
    rules: RECORD_RULES,
    subject: (args) => listOf(args).join(' + '),
    words: (args) => `do not sum to ${args.number('sum_total')}`,
    fault: (context, among) => {
      const names = listOf(context.args);
      const sum = joinSql(
        names.map((name) => addend(context, name)),
        ' + ',
      );
      const holds = sql`coalesce((${sum}) = ${literal(context.args.number('sum_total') ?? 0)}, FALSE)`;
      return { kind: 'row', when: sql`(${among} AND NOT ${holds})`, columns: names };
    },
    show: rowOf,
  }),
  recordMap({
    type: 'expect_select_column_values_to_be_unique_within_record',
    arguments: RECORD,
    check: severalColumns,
    columns: listOf,
    rules: RECORD_RULES,
    subject: (args) => listOf(args).join(', '),
    words: () => 'are not different from each other',
    fault: (context, among) => {
      const names = listOf(context.args);
      const equal = within(context, names);
      return {
        kind: 'row',
        when: equal.length === 0 ? sql`FALSE` : sql`(${among} AND (${joinSql(equal, ' OR ')}))`,
        columns: names,
      };
    },
    show: rowOf,
  }),
  recordMap({
    type: 'expect_compound_columns_to_be_unique',
    arguments: RECORD,
    check: severalColumns,
    columns: listOf,
    rules: RECORD_RULES,
    subject: (args) => listOf(args).join(' + '),
    words: () => 'are not unique together',
    fault: ({ args }, among) => ({ kind: 'repeat', columns: listOf(args), among }),
    show: rowOf,
  }),
];
