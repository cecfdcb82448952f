import type { BinaryRoom } from '../../core/kernels/room';
import type { Task } from '../../core/model';
import { cellAs, cellText } from '../../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql, userSql } from '../../core/sql/sql';
import { columnOf, type FileFormat, openRelation, type Relation, type RelationColumn } from '../duckdb/relation';
import type { DuckDbSession } from '../duckdb/session';
import { TableError } from '../table-error';
import { openCondition } from './conditions';
import type { Plain } from './plain';
import type { GoldenRequest } from './request';
import type { StreamColumn } from './stream';

/** Whole numbers that fit BIGINT, and read faster than text. */
const WHOLE = /^((TINY|SMALL|BIG)INT|INTEGER|U(TINY|SMALL)INT|UINTEGER)$/;

/** Keys of a table: as text, in which tables of any format agree, and as BIGINT where the column holds whole numbers. */
export interface Keys {
  readonly column: RelationColumn;
  readonly text: Sql;
  readonly whole?: Sql;
}

/** The golden table as something to select from; columns of declared types have these. */
export interface Golden {
  readonly name: string;
  readonly format: FileFormat;
  readonly from: Sql;
  /** Number of a row from 0 on, where it can be told of any row of a scan. */
  readonly row?: Sql;
  /** Its only file, if rows can be told there. */
  readonly path?: string;
  readonly keys: Keys;
  /** NULL where a label is missing or of no use. */
  readonly label: Sql;
  readonly plainLabel?: Plain;
  /** UTINYINT of 0 and 1 in a binary task. */
  readonly labelKind: 'UTINYINT' | 'DOUBLE';
  /** As found in the file, for examples. */
  readonly labelText: Sql;
  readonly classes?: readonly string[];
  /** DOUBLE, NULL where no weight can be read. */
  readonly weights?: Sql;
  readonly clusters?: NamedCodes;
  readonly groups: readonly NamedCodes[];
}

/** Codes of values, whole numbers: places in `names`, NULL for the last one where that is for missing values. */
export interface NamedCodes {
  readonly name: string;
  readonly names: readonly string[];
  readonly code: Sql;
  readonly plain?: Plain;
}

const MISSING = '(missing)';
const MOST_GROUPS = 65_535;

/** @throws TableError for a file that is no table, NoSuchColumn for a column that it lacks */
export async function openGolden(session: DuckDbSession, task: Task, request: GoldenRequest): Promise<Golden> {
  const declared = request.types ?? [];
  const relation = await openRelation(session, request.paths, {
    ...(request.name === undefined ? {} : { name: request.name }),
    mode: declared.length > 0 ? 'text' : 'typed',
  });
  const isSame = (column: RelationColumn): boolean => isRead(column, declared);
  const needed = [request.key, request.label, request.weights, request.clusters].filter((name) => name !== undefined);
  for (const name of [...needed, ...(request.groups ?? []).flatMap((g) => ('column' in g ? [g.column] : []))]) {
    columnOf(relation, name);
  }
  const from = typedTable(relation, declared);
  const source = (name: string): RelationColumn =>
    relation.columns.find((each) => each.name === name) as RelationColumn;
  const key = source(request.key);
  const classes =
    task === 'multiclass' ? (request.classes ?? (await valuesOf(session, from, request.label))) : undefined;
  const label = source(request.label);
  return {
    name: relation.name,
    format: relation.format,
    from,
    ...rowsOf(relation, ROW),
    keys: keysOf(key, sql`${identifier(rawName(request.key))}`),
    label: labelOf(task, request, label, classes),
    ...(task === 'binary' && isSame(label) ? plainLabel(request, label) : {}),
    labelKind: task === 'binary' ? 'UTINYINT' : 'DOUBLE',
    labelText: cellText(identifier(rawName(request.label)), label),
    ...(classes === undefined ? {} : { classes }),
    ...(request.weights === undefined ? {} : { weights: sql`TRY_CAST(${identifier(request.weights)} AS DOUBLE)` }),
    ...(request.clusters === undefined ? {} : { clusters: await clustersOf(session, from, request.clusters) }),
    groups: await groupsOf(session, relation, from, request),
  };
}

/** No column of a file has a control character in its name. */
const rawName = (name: string): string => `${name}\u0001`;

const ROW = rawName('row');
const FILE_ROW = 'file_row_number';

/** DuckDB numbers the rows of a Parquet file, unless the file has a column of that name; of one file, these are the table's. */
export function rowsOf(
  { format, files, columns }: Relation,
  name = FILE_ROW,
): { readonly row?: Sql; readonly path?: string } {
  const taken = columns.some((column) => column.name.toLowerCase() === FILE_ROW);
  const [path, ...others] = files;
  return format !== 'parquet' || path === undefined || others.length > 0 || taken
    ? {}
    : { row: identifier(name), path };
}

/** Every column by its name as its declared type, and as it is held by `rawName`. */
function typedTable(relation: Relation, declared: GoldenRequest['types']): Sql {
  const types = new Map(declared?.map(({ name, type }) => [name, type]));
  const columns = relation.columns.map((column) => {
    const type = types.get(column.name);
    const raw = identifier(column.name);
    const value = type === undefined || isRead(column, declared) ? raw : cellAs(raw, column, type);
    return sql`${value} AS ${raw}, ${raw} AS ${identifier(rawName(column.name))}`;
  });
  const { row } = rowsOf(relation);
  if (row !== undefined) columns.push(sql`${row} AS ${identifier(ROW)}`);
  return sql`(SELECT ${joinSql(columns, ', ')} FROM ${relation.from})`;
}

/** Whether a column is what it is in the file. */
function isRead({ name, held, type }: RelationColumn, declared: GoldenRequest['types'] = []): boolean {
  const own = declared.find((each) => each.name === name);
  return own === undefined || (own.type === 'integer' && held === 'typed' && WHOLE.test(type));
}

export function keysOf(column: RelationColumn, raw: Sql): Keys {
  const text = cellText(raw, column);
  const whole = column.held === 'typed' && WHOLE.test(column.type) ? { whole: sql`CAST(${raw} AS BIGINT)` } : {};
  return { column, text, ...whole };
}

function labelOf(task: Task, request: GoldenRequest, column: RelationColumn, classes: readonly string[] = []): Sql {
  const value = identifier(request.label);
  if (task === 'binary') {
    const { positive = 1 } = request;
    const direct = typeof positive === 'number' && column.held === 'typed' && WHOLE.test(column.type);
    const equal = direct
      ? sql`${value} = ${literal(positive)}`
      : sql`CAST(${value} AS VARCHAR) = ${literal(String(positive))}`;
    return sql`CAST(${equal} AS UTINYINT)`;
  }
  if (task === 'multiclass') return sql`CAST(list_position(${list(classes)}, CAST(${value} AS VARCHAR)) - 1 AS DOUBLE)`;
  return sql`CASE WHEN isfinite(TRY_CAST(${value} AS DOUBLE)) THEN TRY_CAST(${value} AS DOUBLE) END`;
}

/** A column of text is compared with the value's text, one of whole numbers with a number. */
function plainLabel({ positive = 1 }: GoldenRequest, of: RelationColumn): { readonly plainLabel?: Plain } {
  if (of.type === 'VARCHAR') return { plainLabel: { as: 'equal', of, value: String(positive) } };
  return typeof positive === 'number' ? { plainLabel: { as: 'equal', of, value: positive } } : {};
}

const list = (names: readonly string[]): Sql =>
  sql`[${joinSql(
    names.map((name) => literal(name)),
    ', ',
  )}]`;

async function valuesOf(session: DuckDbSession, from: Sql, column: string): Promise<readonly string[]> {
  const value = sql`CAST(${identifier(column)} AS VARCHAR)`;
  const rows = await session.rows<{ v: string }>(
    sql`SELECT DISTINCT ${value} AS v FROM ${from} WHERE ${value} IS NOT NULL ORDER BY v`,
  );
  return rows.map(({ v }) => v);
}

async function groupsOf(session: DuckDbSession, relation: Relation, from: Sql, { groups = [], types }: GoldenRequest) {
  const found: NamedCodes[] = [];
  for (const group of groups) {
    if ('where' in group) {
      await openCondition(session, from, group);
      const code = sql`CASE WHEN ${userSql(group.where)} THEN 1 ELSE 0 END`;
      found.push({ name: group.name, names: ['false', 'true'], code });
    } else {
      const coded = await codesOf(session, from, group.column, group.name);
      if (coded.names.length > MOST_GROUPS) {
        throw new TableError(
          `${relation.name}: column ${group.column} has ${coded.names.length} values; ${MOST_GROUPS} groups are allowed`,
        );
      }
      const of = relation.columns.find(({ name }) => name === group.column);
      const plain = of !== undefined && isRead(of, types) && coded.names.at(-1) !== MISSING;
      found.push(plain ? { ...coded, plain: { as: 'place', of, names: coded.names } } : coded);
    }
  }
  return found;
}

/** Up to this many names a list is searched; DuckDB does so once for each entry of a dictionary. */
const SHORT_LIST = 32;

/** Codes of a column's values in order of their text, the missing ones last. */
async function codesOf(session: DuckDbSession, from: Sql, column: string, name = column): Promise<NamedCodes> {
  const value = sql`CAST(${identifier(column)} AS VARCHAR)`;
  const found = await session.rows<{ v: string | null }>(sql`SELECT DISTINCT ${value} AS v FROM ${from} ORDER BY v`);
  const names = found.flatMap(({ v }) => v ?? []);
  if (names.length === 0) return { name, names: [MISSING], code: sql`0` };
  const code =
    names.length <= SHORT_LIST
      ? sql`list_position(${list(names)}, ${value}) - 1`
      : sql`enum_code(CAST(${value} AS ENUM(${joinSql(
          names.map((each) => literal(each)),
          ', ',
        )})))`;
  return { name, names: found.length > names.length ? [...names, MISSING] : names, code };
}

/** A row without a cluster is one of its own kind with all others that lack it. */
async function clustersOf(session: DuckDbSession, from: Sql, column: string): Promise<NamedCodes> {
  const type = identifier(`clusters of ${column}`);
  const value = sql`CAST(${identifier(column)} AS VARCHAR)`;
  await session.rows(
    sql`CREATE OR REPLACE TYPE ${type} AS ENUM (SELECT DISTINCT ${value} FROM ${from} WHERE ${value} IS NOT NULL ORDER BY 1)`,
  );
  const [size] = await session.rows<{ n: number }>(sql`SELECT len(enum_range(NULL::${type})) AS n`);
  return {
    name: column,
    names: [],
    code: sql`coalesce(CAST(enum_code(CAST(${value} AS ${type})) AS INTEGER), ${literal(size?.n ?? 0)})`,
  };
}

/** What the judge needs of each row: the label, groups in their order, weights and clusters. */
export function goldenColumns(golden: Golden, room?: BinaryRoom): readonly StreamColumn[] {
  const { label, labelKind, weights } = golden;
  return [
    { value: label, kind: labelKind, missing: 0, into: room?.labels, plain: golden.plainLabel },
    ...golden.groups.map(({ code, names, plain }, index): StreamColumn => {
      const value = sql`CAST(${code} AS USMALLINT)`;
      return { value, kind: 'USMALLINT', missing: names.length - 1, into: room?.codes[index], plain };
    }),
    ...(weights === undefined ? [] : [{ value: weights, kind: 'DOUBLE' as const, missing: Number.NaN }]),
    ...(golden.clusters === undefined ? [] : [{ value: golden.clusters.code, kind: 'INTEGER' as const }]),
  ];
}
