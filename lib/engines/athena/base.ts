import { ROW } from '../../core/data/sql';
import type { TableColumn, TableInfo, Unreadable, Value } from '../../core/data/table';
import { SQL_TYPES } from '../../core/sql/cells';
import { sql, userSql } from '../../core/sql/sql';
import { checkQuery } from '../data/user-query';
import type { Relation } from '../duckdb/relation';
import type { DuckDbSession, SqlRow } from '../duckdb/session';
import { TableError } from '../table-error';
import { checkSql, type Lake, lakeRows, PART } from './lines';
import type { AthenaSession } from './session';
import type { AthenaTable } from './table';

export interface LakeTableOptions {
  readonly name: string;
  readonly relation: Relation;
  /** Reads what people wrote as SQL. */
  readonly duckdb: DuckDbSession;
  readonly key?: string;
}

/**
 * Looks once over all rows for lines that are no records and cells that cannot be read as declared, and makes the table
 * ready to be asked.
 *
 * @throws TableError for lines that are no records of the table
 */
export async function lakeTable(session: AthenaSession, lake: Lake, options: LakeTableOptions): Promise<AthenaTable> {
  const { name, relation, duckdb } = options;
  const key = lake.columns.some((column) => column.name === options.key) ? options.key : undefined;
  const named = key === undefined ? {} : { key };
  const unreadable = await check(session, lake, name, key);
  const info: TableInfo = {
    name,
    columns: columnsOf(lake, relation),
    ...named,
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
  const from = lakeRows(lake);
  return {
    info,
    table: { from, numbered: lakeRows(lake, sql`CAST(NULL AS BIGINT) AS ${ROW}`), ...named },
    ordered: false,
    userQuery: async (text) => {
      await checkQuery(duckdb, text);
      return userSql(text.replaceAll('{batch}', () => from.text).replace(/;\s*$/, ''));
    },
  };
}

/** All columns of the files: those that nothing is asked about are known by name and type alone. */
function columnsOf(lake: Lake, relation: Relation): readonly TableColumn[] {
  return relation.columns.map(({ name, type: stored, held }): TableColumn => {
    const column = lake.columns.find((one) => one.name === name);
    if (column === undefined || column.type === 'other') return { name, type: 'other', stored };
    return {
      name,
      type: column.type,
      stored: held === 'typed' && !column.checked ? stored : SQL_TYPES[column.type].text,
    };
  });
}

async function check(
  session: AthenaSession,
  lake: Lake,
  name: string,
  key: string | undefined,
): Promise<readonly Unreadable[]> {
  if (lake.format === 'parquet' && !lake.columns.some(({ checked }) => checked)) return [];
  const [row = {} as SqlRow] = await session.rows(checkSql(lake, key));
  if (typeof row.first === 'string') {
    const [file = '', , line = ''] = row.first.split(PART);
    const are = row.broken === 1 ? 'line is' : 'lines are';
    const what = lake.format === 'jsonl' ? 'JSON object' : `record of ${lake.width} fields`;
    const shown = line.length > 80 ? `${line.slice(0, 80)}…` : line;
    throw new TableError(
      `${name}: ${row.broken} ${are} no ${what} (first in ${file}: ${JSON.stringify(shown)}); line breaks in quotes are read by \`engine: duckdb\``,
    );
  }
  return lake.columns.flatMap(({ name: column, type }, i): readonly Unreadable[] => {
    const found = row[`f${i}`];
    if (typeof found !== 'string' || type === 'other') return [];
    const [file = '', keyText = '', ...text] = found.split(PART);
    return [
      {
        column,
        type,
        count: Number(row[`n${i}`]),
        first: { text: text.join(PART), file, key: keyOf(lake, key, keyText) },
      },
    ];
  });
}

function keyOf(lake: Lake, key: string | undefined, text: string): Value {
  if (text === '') return null;
  const type = lake.columns.find(({ name }) => name === key)?.type;
  return type === 'integer' || type === 'number' ? Number(text) : text;
}
