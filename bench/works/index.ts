import { challengerFile, championFile, churnFile, driftFile, type Table } from '../data/tables';
import type { Options } from '../options';
import type { Row } from '../types';
import { dataRows, memoryRows } from './data';
import { driftRows } from './drift';
import { growthRows, startRows } from './growth';
import { reportRows, servingRows } from './interactive';
import { bootstrapRows, modelRows } from './model';

/** Rows of the chosen sections, in the order of the table. */
export function rowsOf({ scale, only }: Options): readonly Row[] {
  const sections = [
    dataRows,
    memoryRows,
    modelRows,
    bootstrapRows,
    driftRows,
    servingRows,
    reportRows,
    growthRows,
    startRows,
  ];
  const rows = sections.flatMap((of) => of(scale));
  return rows.filter(({ section }) => only.includes(section));
}

interface SizedTable {
  readonly table: Table;
  readonly rows: number;
}

/** Every file that the chosen rows name on their command lines. */
export function tablesOf(options: Options): readonly SizedTable[] {
  const { tiny, small, large, huge } = options.scale.rows;
  const all = [tiny, small, large, huge].flatMap((rows) =>
    [
      churnFile(rows, 'parquet'),
      churnFile(rows, 'csv'),
      challengerFile(rows),
      championFile(rows),
      driftFile(rows, 'reference'),
      driftFile(rows, 'current'),
    ].map((table) => ({ table, rows })),
  );
  const named = new Set(rowsOf(options).flatMap(({ ours, theirs }) => [...ours.argv, ...(theirs?.argv ?? [])]));
  return all.filter(({ table }) => named.has(table.path));
}
