import { type Expectation, expectation } from './definition';
import { type Example, keyOf, place } from './rows';
import { columnDifference } from './tables';

/**
 * The schema contract, checked without asking: `schema` compares columns and order, `types` finds values that cannot be
 * read as declared. They are no expectations of a suite and take no arguments.
 */
export const schemaContract: Expectation = expectation<undefined>({
  type: 'schema',
  arguments: {},
  collect: () => ({ add: () => undefined, statistics: () => undefined }),
  judge: (_args, _none, table) => {
    const difference = columnDifference(
      table.header,
      table.columns.map(({ name }) => name),
    );
    return {
      verdict: difference === undefined ? 'pass' : 'fail',
      reason:
        difference === undefined
          ? `has the ${table.header.length} declared columns in order`
          : `columns differ from dataset.columns: ${difference}`,
      evidence: { observed_value: table.header },
    };
  },
});

interface TypeStatistics {
  readonly cells: number;
  readonly rows: number;
  readonly faults: ReadonlyMap<string, { count: number; readonly first: Example }>;
}

export const typeContract: Expectation = expectation<TypeStatistics>({
  type: 'types',
  arguments: {},
  collect: (_args, table) => {
    const faults = new Map<string, { count: number; readonly first: Example }>();
    let rows = 0;
    return {
      add: (row) => {
        rows += 1;
        for (const column of row.unreadable) {
          const fault = faults.get(column);
          if (fault !== undefined) fault.count += 1;
          else {
            const first = { value: row.values[column], line: row.line, key: keyOf(row, table) };
            faults.set(column, { count: 1, first });
          }
        }
      },
      statistics: () => ({ cells: rows * table.columns.length, rows, faults }),
    };
  },
  judge: (_args, { cells, rows, faults }, table) => {
    if (rows === 0) return { verdict: 'fail', reason: 'has no rows', evidence: { element_count: 0 } };
    const type = (name: string) => table.columns.find((column) => column.name === name)?.type;
    const reasons = [...faults].map(
      ([column, { count, first }]) =>
        `${column}: ${count} of ${rows} values cannot be read as ${type(column)} (first: ${JSON.stringify(first.value)} ${place(first, table)})`,
    );
    const unexpected = [...faults.values()].reduce((sum, { count }) => sum + count, 0);
    return {
      verdict: reasons.length === 0 ? 'pass' : 'fail',
      reason: reasons.length === 0 ? `all values of ${rows} rows have their declared type` : reasons.join('; '),
      evidence: {
        element_count: cells,
        unexpected_count: unexpected,
        partial_unexpected_list: [...faults.values()].map(({ first }) => first.value),
      },
    };
  },
});
