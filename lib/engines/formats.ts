import { TableError } from './table-error';

/** What a file holds, told by its name; `.gz` and `.zst` are read as they are. */
export type FileFormat = 'csv' | 'parquet' | 'jsonl';

/** @throws TableError for a name that tells no format */
export function formatOf(name: string): FileFormat {
  // Batch transform calls the answers to x.jsonl x.jsonl.out.
  const named = name.toLowerCase().replace(/\.out$/, '');
  const bare = named.replace(/\.(gz|zst)$/, '');
  if (bare.endsWith('.csv')) return 'csv';
  if (named.endsWith('.parquet')) return 'parquet';
  if (/\.(jsonl|ndjson|json)$/.test(bare)) return 'jsonl';
  throw new TableError(
    `${name}: is read when its name ends in .csv, .parquet or .jsonl (with .gz or .zst where packed)`,
  );
}
