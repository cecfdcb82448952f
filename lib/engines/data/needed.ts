import type { CompiledExpectation, TableContract } from '../../core/data/compile';

/** Columns that anything is asked about; undefined for all: a query may read any, a contract is about every one. */
export function neededColumns(
  compiled: readonly CompiledExpectation[],
  contract: TableContract | undefined,
): readonly string[] | undefined {
  const open = compiled.some(({ expectation }) => expectation.type === 'unexpected_rows_expectation');
  if (open || contract !== undefined) return undefined;
  return [...new Set(compiled.flatMap(({ columns }) => columns))];
}
