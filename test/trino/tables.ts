import { parseMoment } from '../../lib/core/data/conditions/moment';
import { ROW } from '../../lib/core/data/sql';
import type { TableColumn } from '../../lib/core/data/table';
import { SQL_TYPES } from '../../lib/core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../lib/core/sql/sql';
import { TRINO } from '../../lib/core/sql/trino';
import type { AthenaSession } from '../../lib/engines/athena/session';
import type { AthenaTable } from '../../lib/engines/athena/table';
import { type CaseColumn, cell } from '../../lib/engines/data/conformance/case-table';

const TYPES = { ...SQL_TYPES, timestamp: sql`TIMESTAMP(6)` };

let made = 0;

/** Puts columns into Trino's memory, with the place of each row, so that order can be asked about too. */
export async function memoryTable(session: AthenaSession, columns: readonly CaseColumn[]): Promise<AthenaTable> {
  made += 1;
  const name = identifier(`case_${made}`);
  const length = Math.max(0, ...columns.map(({ values }) => values.length));
  const typed = (value: unknown, { type }: CaseColumn): Sql => {
    const moment = (type === 'date' || type === 'timestamp') && typeof value === 'string';
    const literal_ = moment ? TRINO.timestamp(parseMoment(value) ?? '') : cell(value, type);
    return sql`CAST(${literal_} AS ${TYPES[type]})`;
  };
  const rows = Array.from(
    { length: Math.max(1, length) },
    (_, i) => sql`(${joinSql([...columns.map((column) => typed(column.values[i], column)), literal(i)], ', ')})`,
  );
  const names = joinSql([...columns.map((column) => identifier(column.name)), sql`"#place"`], ', ');
  const none = length === 0 ? sql` WHERE FALSE` : sql``;
  await session.rows(sql`CREATE TABLE ${name} AS SELECT * FROM (VALUES ${joinSql(rows, ', ')}) AS t (${names})${none}`);
  const own = joinSql(
    columns.map((column) => identifier(column.name)),
    ', ',
  );
  const from = sql`(SELECT ${own} FROM ${name})`;
  return {
    info: {
      name: 'case',
      columns: columns.map(
        (column): TableColumn => ({ name: column.name, type: column.type, stored: SQL_TYPES[column.type].text }),
      ),
    },
    table: {
      from,
      numbered: sql`(SELECT ${own}, "#place" AS ${ROW}, CAST(NULL AS VARCHAR) AS "#file" FROM ${name})`,
    },
    ordered: true,
    userQuery: async (text) =>
      sql`(${{ text: text.replaceAll('{batch}', () => from.text).replace(/;\s*$/, ''), toString: () => '' }})`,
  };
}
