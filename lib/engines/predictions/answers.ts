import type { Task } from '../../core/model';
import { didYouMean } from '../../core/nearest';
import { cellAs, cellText } from '../../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { columnNamed, openRelation, type Relation, type RelationColumn } from '../duckdb/relation';
import type { DuckDbSession } from '../duckdb/session';
import { NoSuchColumn } from '../table-error';
import { type Keys, keysOf, rowsOf } from './golden';
import type { Plain } from './plain';
import type { AnswersRequest } from './request';

/** Where batch transform puts the model's answer when it joins it to the input. */
export const JOINED = 'SageMakerOutput';

export interface Score {
  readonly value: Sql;
  readonly plain?: Plain;
}

/** One model's answers as something to select from. */
export interface Answers {
  readonly name: string;
  readonly from: Sql;
  /** Number of a row from 0 on, where it can be told of any row of a scan. */
  readonly row?: Sql;
  /** Its only file, if rows can be told there. */
  readonly path?: string;
  readonly keys: Keys;
  /** DOUBLE each, NULL where there is no finite number. Multiclass: one a class. */
  readonly scores: readonly Score[];
  /** What was answered, for examples. */
  readonly text: Sql;
}

/** @throws TableError for a file that is no table, NoSuchColumn for a field that it lacks */
export async function openAnswers(
  session: DuckDbSession,
  task: Task,
  request: AnswersRequest,
  goldenKey: string,
  classes: readonly string[] = [],
): Promise<Answers> {
  const relation = await openRelation(session, request.paths, {
    ...(request.name === undefined ? {} : { name: request.name }),
    mode: 'text',
  });
  const key = request.key ?? goldenKey;
  const keys = keysOf(columnNamed(relation, key), identifier(key));
  const { name, from } = relation;
  const table = { name, from, keys, ...rowsOf(relation) };
  const joined = relation.columns.find((column) => column.name === JOINED);
  if (joined !== undefined) {
    const scores = joinedScores(joined, task, request, classes);
    return { ...table, scores, text: cellText(identifier(JOINED), joined) };
  }
  if (task === 'multiclass') return { ...table, ...probabilityColumns(relation, request, classes) };
  const column = columnNamed(relation, request.score);
  return { ...table, scores: [numberOf(column)], text: cellText(identifier(request.score), column) };
}

/** A double stays as it is; whether it is finite is seen once it is read. */
const numberOf = (column: RelationColumn): Score => {
  const value = identifier(column.name);
  const isDouble = column.held === 'typed' && column.type === 'DOUBLE';
  return { value: isDouble ? value : cellAs(value, column, 'number'), plain: { as: 'number', of: column } };
};

const JSON_VALUE = { held: 'json', type: 'JSON' } as const;

/** An answer joined to its row: a bare number or list, or an object with one as the field of the contract. */
function joinedScores(
  column: RelationColumn,
  task: Task,
  request: AnswersRequest,
  classes: readonly string[],
): readonly Score[] {
  const answer = column.held === 'json' ? identifier(JOINED) : sql`to_json(${identifier(JOINED)})`;
  const field = task === 'multiclass' ? (request.probabilities ?? 'probabilities') : request.score;
  const found = sql`CASE WHEN json_type(${answer}) = 'OBJECT' THEN json_extract(${answer}, ${pointer(field)}) ELSE ${answer} END`;
  if (task !== 'multiclass') return [{ value: cellAs(found, JSON_VALUE, 'number') }];
  const only = sql`json_array_length(${found}) = ${literal(classes.length)}`;
  return classes.map((name, index) => {
    const entry = sql`CASE WHEN json_type(${found}) = 'OBJECT' THEN json_extract(${found}, ${pointer(name)}) WHEN ${only} THEN json_extract(${found}, ${literal(`/${index}`)}) END`;
    return { value: cellAs(entry, JSON_VALUE, 'number') };
  });
}

/** JSON pointer of a field (RFC 6901). */
const pointer = (field: string): Sql => literal(`/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`);

/** A list column, or a column a class. */
function probabilityColumns(relation: Relation, request: AnswersRequest, classes: readonly string[]) {
  const field = request.probabilities ?? 'probabilities';
  const column = relation.columns.find(({ name }) => name === field);
  if (column !== undefined) {
    const value = identifier(field);
    const json = column.held === 'json' ? value : sql`to_json(${value})`;
    const only = sql`json_array_length(${json}) = ${literal(classes.length)}`;
    const scores = classes.map((name, index) => {
      const entry = sql`CASE WHEN json_type(${json}) = 'OBJECT' THEN json_extract(${json}, ${pointer(name)}) WHEN ${only} THEN json_extract(${json}, ${literal(`/${index}`)}) END`;
      return { value: cellAs(entry, JSON_VALUE, 'number') };
    });
    return { scores, text: cellText(value, column) };
  }
  const names = relation.columns.map(({ name }) => name);
  const found = classes.map((name) => {
    const own = [`${field}_${name}`, name].find((each) => names.includes(each));
    if (own === undefined) {
      throw new NoSuchColumn(
        `${relation.name}: has neither a column "${field}" nor one named "${field}_${name}" or "${name}"${didYouMean(name, names)}; it has ${names.join(', ')}`,
        field,
      );
    }
    return columnNamed(relation, own);
  });
  const text = joinSql(
    found.map((each) => sql`coalesce(${cellText(identifier(each.name), each)}, 'null')`),
    ' || ',
  );
  return { scores: found.map(numberOf), text };
}
