import { parseMoment } from '../../../core/data/conditions/moment';
import { ROW } from '../../../core/data/sql';
import type { ColumnType, TableColumn, Value } from '../../../core/data/table';
import { familiesOf } from '../../../core/data/type-names';
import { SQL_TYPES } from '../../../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../../core/sql/sql';
import type { DuckDbSession } from '../../duckdb/session';
import type { Base } from '../base';

/** A table of a case: column name to list of values, and SQL types by back end where they matter. */
export interface CaseTable {
  readonly data: Readonly<Record<string, readonly unknown[]>>;
  readonly schemas?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Type of columns without a value, of which the schema says nothing either. @default 'string' */
  readonly empty?: ColumnType;
}

let made = 0;

export interface CaseColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: readonly unknown[];
}

/** Columns have the type of their values; dates are told by the schema. */
export const caseColumns = ({ data, schemas = {}, empty = 'string' }: CaseTable): readonly CaseColumn[] =>
  Object.entries(data).map(([column, values]) => ({
    name: column,
    type: typeOf(values, declaredTypes(schemas, column), empty),
    values,
  }));

/** Puts the table of a case into the session. */
export async function caseBase(session: DuckDbSession, table: CaseTable): Promise<Base> {
  made += 1;
  const name = identifier(`case_${made}`);
  const columns = caseColumns(table);
  const declared = columns.map(({ name: column, type }) => sql`${identifier(column)} ${SQL_TYPES[type]}`);
  await session.rows(sql`CREATE TABLE ${name} (${joinSql(declared, ', ')})`);
  const length = Math.max(0, ...columns.map(({ values }) => values.length));
  const rows = Array.from(
    { length },
    (_, i) =>
      sql`(${joinSql(
        columns.map(({ type, values }) => cell(values[i], type)),
        ', ',
      )})`,
  );
  if (rows.length > 0) await session.rows(sql`INSERT INTO ${name} VALUES ${joinSql(rows, ', ')}`);
  return {
    info: {
      name: 'case',
      columns: columns.map(
        ({ name: column, type }): TableColumn => ({ name: column, type, stored: SQL_TYPES[type].text }),
      ),
    },
    table: async () => ({ from: name, numbered: sql`(SELECT *, rowid AS ${ROW} FROM ${name})` }),
    linesOf: async () => new Map(),
  };
}

function declaredTypes(schemas: NonNullable<CaseTable['schemas']>, column: string): readonly ColumnType[] {
  const names = Object.values(schemas).flatMap((schema) => schema[column] ?? []);
  return names.flatMap((type) => [...(familiesOf(type) ?? [])]);
}

/** Not a number is no value, as in pandas. */
const isMissing = (value: unknown): boolean => (value ?? null) === null || Number.isNaN(value);

function typeOf(values: readonly unknown[], declared: readonly ColumnType[], empty: ColumnType): ColumnType {
  const present = values.filter((value) => !isMissing(value));
  if (present.length === 0) return declared[0] ?? empty;
  const moment = declared.find((type) => type === 'date' || type === 'timestamp');
  if (moment !== undefined && present.every((value) => typeof value === 'string' && parseMoment(value) !== undefined)) {
    return moment;
  }
  if (present.every((value) => typeof value === 'boolean')) return 'boolean';
  if (!present.every((value) => typeof value === 'number')) return 'string';
  return present.every((value) => Number.isSafeInteger(value)) ? 'integer' : 'number';
}

/** A value of a case as a literal of its column's type. */
export function cell(value: unknown, type: ColumnType): Sql {
  if (isMissing(value)) return literal(null);
  if (type === 'date' || type === 'timestamp')
    return sql`CAST(${literal(parseMoment(String(value)) ?? null)} AS TIMESTAMP)`;
  if (type === 'string') return literal(typeof value === 'string' ? value : String(value));
  return literal(value as Exclude<Value, null>);
}
