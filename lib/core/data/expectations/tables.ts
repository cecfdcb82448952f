import type { Arguments } from '../arguments';
import { ask, rows, type Steps } from '../plan';
import { NOTHING, type Outcome, type Result } from '../result';
import type { TableInfo } from '../table';
import { boundSpecs, boundWords, inOrder, isBetween } from './bounds';
import type { Expectation } from './context';

/** `"b" stands where "a" is expected`, or what is missing or too many. Undefined for equal lists. */
export function columnDifference(found: readonly string[], expected: readonly string[]): string | undefined {
  const missing = expected.filter((column) => !found.includes(column));
  const extra = found.filter((column) => !expected.includes(column));
  const parts = [
    ...(missing.length === 0 ? [] : [`missing ${missing.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`not expected ${extra.join(', ')}`]),
  ];
  if (parts.length > 0) return parts.join('; ');
  const at = expected.findIndex((column, index) => found[index] !== column);
  return at < 0 ? undefined : `column ${at + 1} is "${found[at]}", expected is "${expected[at]}"`;
}

export const headerOf = (table: TableInfo): readonly string[] => table.columns.map(({ name }) => name);

const decide = (success: boolean, reason: string, result: Result): Outcome => ({
  success,
  verdict: success ? 'pass' : 'fail',
  reason,
  result,
});

const nothing = (argument: string, header: readonly string[]): Outcome => ({
  success: true,
  verdict: 'inconclusive',
  reason: `columns: ${argument} is null: ${NOTHING}`,
  result: { observed_value: header },
});

/** An expectation that the header alone answers. */
const ofHeader = (
  type: string,
  specs: Expectation['arguments'],
  judge: (args: Arguments, header: readonly string[]) => Outcome,
): Expectation => ({
  type,
  arguments: specs,
  // biome-ignore lint/correctness/useYield: it has nothing to ask.
  *run({ args, table }): Steps<Outcome> {
    return judge(args, headerOf(table));
  },
});

function between(args: Arguments, what: string, count: number): Outcome {
  if (args.value('min_value') === undefined && args.value('max_value') === undefined) {
    const reason = `${what} is ${count}: without min_value and max_value ${NOTHING}`;
    return { success: true, verdict: 'inconclusive', reason, result: { observed_value: count } };
  }
  const inside = isBetween(args, (bound) => count - Number(bound));
  const words = inside ? boundWords(args) : `it must be ${boundWords(args)}`;
  return decide(inside, `${what} is ${count}${inside ? ', ' : '; '}${words}`, { observed_value: count });
}

function equal(args: Arguments, what: string, count: number): Outcome {
  const wanted = args.number('value');
  const words = count === wanted ? 'as expected' : `it must be ${wanted}`;
  return decide(count === wanted, `${what} is ${count}${count === wanted ? ', ' : '; '}${words}`, {
    observed_value: count,
  });
}

const ofRows = (type: string, specs: Expectation['arguments'], judge: typeof equal): Expectation => ({
  type,
  arguments: specs,
  ...(type.endsWith('between') ? { check: inOrder } : {}),
  *run({ args, where }): Steps<Outcome> {
    const [count] = yield* ask(rows(where));
    return judge(args, 'row count', count);
  },
});

function exists(args: Arguments, header: readonly string[]): Outcome {
  const index = header.indexOf(args.column);
  const wanted = args.number('column_index');
  const result = { observed_value: index < 0 ? null : index };
  if (index < 0) return decide(false, `${args.column}: there is no such column (${header.join(', ')})`, result);
  if (wanted !== undefined && wanted !== index) {
    return decide(false, `${args.column}: is column ${index}, expected at ${wanted} (counted from 0)`, result);
  }
  return decide(true, `${args.column}: exists`, result);
}

function ordered(args: Arguments, header: readonly string[]): Outcome {
  if (!Array.isArray(args.kwargs.column_list)) return nothing('column_list', header);
  const wanted = args.texts('column_list');
  const difference = columnDifference(header, wanted);
  const length = Math.max(header.length, wanted.length);
  const mismatched = Array.from({ length }, (_, i) => ({
    'Expected Column Position': i,
    Expected: wanted[i] ?? null,
    Found: header[i] ?? null,
  })).filter(({ Expected, Found }) => Expected !== Found);
  return decide(
    difference === undefined,
    difference === undefined ? 'columns: as listed, in order' : `columns: ${difference}`,
    {
      observed_value: header,
      ...(difference === undefined ? {} : { details: { mismatched } }),
    },
  );
}

/** Without `exact_match` further columns are allowed. */
function asSet(args: Arguments, header: readonly string[]): Outcome {
  // No set at all equals no header: Great Expectations fails it, unless further columns are allowed.
  if (!Array.isArray(args.kwargs.column_set) && args.kwargs.exact_match === false) return nothing('column_set', header);
  const wanted = args.texts('column_set');
  // As there: null is no wish for a match.
  const exact = args.kwargs.exact_match === undefined || args.flag('exact_match');
  const unexpected = header.filter((column) => !wanted.includes(column)).sort();
  const missing = wanted.filter((column) => !header.includes(column)).sort();
  const success = missing.length === 0 && (!exact || unexpected.length === 0);
  const difference = [
    ...(missing.length === 0 ? [] : [`missing ${missing.join(', ')}`]),
    ...(unexpected.length === 0 || !exact ? [] : [`not expected ${unexpected.join(', ')}`]),
  ].join('; ');
  return decide(success, success ? 'columns: as listed' : `columns: ${difference}`, {
    observed_value: header,
    details: {
      mismatched: {
        ...(unexpected.length === 0 ? {} : { unexpected }),
        ...(missing.length === 0 ? {} : { missing }),
      },
    },
  });
}

const counted = boundSpecs('count');
const value = { value: { kind: 'count', required: true } } as const;

export const tables: readonly Expectation[] = [
  ofHeader(
    'expect_column_to_exist',
    { column: { kind: 'columnName', required: true }, column_index: { kind: 'count' } },
    exists,
  ),
  ofHeader('expect_table_columns_to_match_ordered_list', { column_list: { kind: 'columnNames' } }, ordered),
  ofHeader(
    'expect_table_columns_to_match_set',
    { column_set: { kind: 'columnNames' }, exact_match: { kind: 'flag' } },
    asSet,
  ),
  ofHeader('expect_table_column_count_to_be_between', counted, (args, header) =>
    between(args, 'column count', header.length),
  ),
  ofHeader('expect_table_column_count_to_equal', value, (args, header) => equal(args, 'column count', header.length)),
  ofRows('expect_table_row_count_to_be_between', counted, between),
  ofRows('expect_table_row_count_to_equal', value, equal),
];
