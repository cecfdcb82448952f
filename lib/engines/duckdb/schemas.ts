import { type Sql, sql } from '../../core/sql/sql';
import { TableError } from '../table-error';
import { checkNames, csvHeader } from './header';
import { linesOf, objectProblem } from './problems';
import { jsonTextReader, parquetReader } from './readers';
import type { DuckDbSession } from './session';
import type { TableFile } from './table';

/** Columns of CSV files. @throws TableError for a file that has others than the first */
export async function csvColumns(session: DuckDbSession, files: readonly TableFile[]): Promise<readonly string[]> {
  return common(files, (file) => csvHeader(session, file));
}

/** Fields of JSON lines, in the order in which they turn up. @throws TableError as above */
export async function jsonFields(session: DuckDbSession, files: readonly TableFile[]): Promise<readonly string[]> {
  return common(
    files,
    async (file) => {
      await checkFirstLine(session, file);
      const fields = await describe(session, jsonTextReader([file]));
      checkNames(fields, file.name);
      return fields;
    },
    { sameOrder: false },
  );
}

/** @throws TableError for a Parquet file with other columns or types than the first */
export async function checkParquet(session: DuckDbSession, files: readonly TableFile[]): Promise<void> {
  if (files.length > 1) await common(files, (file) => describe(session, parquetReader([file]), true));
}

async function describe(session: DuckDbSession, from: Sql, types = false): Promise<string[]> {
  const rows = await session.rows<{ column_name: string; column_type: string }>(sql`DESCRIBE SELECT * FROM ${from}`);
  return rows.map(({ column_name, column_type }) => (types ? `${column_name} ${column_type}` : column_name));
}

async function common(
  files: readonly TableFile[],
  columnsOf: (file: TableFile) => Promise<readonly string[]>,
  { sameOrder = true } = {},
): Promise<readonly string[]> {
  let first: readonly string[] | undefined;
  for (const file of files) {
    const columns = await columnsOf(file);
    first ??= columns;
    const [here, there] = sameOrder ? [columns, first] : [columns.toSorted(), first.toSorted()];
    if (here.length !== there.length || here.some((column, i) => column !== there[i])) {
      throw new TableError(
        `${file.name}: has the columns ${columns.join(', ')}; ${files[0]?.name} has ${first.join(', ')}: files of one table have the same`,
      );
    }
  }
  return first ?? [];
}

async function checkFirstLine(session: DuckDbSession, file: TableFile): Promise<void> {
  for await (const { line, text } of linesOf(session, file)) {
    if (text.trim() === '') continue;
    const problem = objectProblem(text);
    if (problem !== undefined) throw new TableError(`${file.name}:${line}: ${problem}`);
    checkNames(Object.keys(JSON.parse(text) as object), `${file.name}:${line}: the object`);
    return;
  }
  throw new TableError(`${file.name}: is empty: one JSON object a line is needed`);
}
