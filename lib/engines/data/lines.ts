import type { Relation } from '../duckdb/relation';

/** The line at which a record starts; for one text file. Records that span lines move those behind them. */
export function lineOf({ format, files }: Relation, row: number): { readonly line?: number } {
  if (files.length !== 1 || format === 'parquet') return {};
  return { line: row + (format === 'csv' ? 2 : 1) };
}
