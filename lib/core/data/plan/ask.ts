import type { Sql } from '../../sql/sql';
import type { Value } from '../table';

/**
 * A statistic that an expectation needs. Expectations say *what*; the engine says *from where*: file statistics, value
 * counts, one scan with many counters, or a sort. Equal asks of several expectations are answered once.
 */
export interface Ask<Answer = unknown> {
  readonly statistic: Statistic;
  /** Rows that count; absent for all. Columns that it reads are part of `columns`. */
  readonly where?: Filter;
  /** Never set: it carries the type of the answer. */
  readonly answer?: Answer;
}

/** A condition on rows. */
export interface Filter {
  readonly sql: Sql;
  readonly columns: readonly string[];
}

export type Statistic = Count | Extreme | Total | Values | Distinct | Ranks | Examples | Query;

/** Which rows break an expectation. */
export type Fault = RowFault | RepeatFault | StepFault | DecidedFault;

/** Decided by the row alone. NULL counts as no fault. */
export interface RowFault {
  readonly kind: 'row';
  readonly when: Sql;
  readonly columns: readonly string[];
}

/** Rows whose values in `columns` occur in another row too, among the rows where `among` holds. */
export interface RepeatFault {
  readonly kind: 'repeat';
  readonly columns: readonly string[];
  readonly among: Sql;
}

/** Rows whose value stands wrongly to the value before it in the file's order; missing values are skipped. */
export interface StepFault {
  readonly kind: 'step';
  readonly column: string;
  readonly broken: (current: Sql, previous: Sql) => Sql;
}

/** Decided by a function, because SQL cannot; called once for each distinct present value. */
export interface DecidedFault {
  readonly kind: 'decided';
  readonly column: string;
  /** Equal names mean equal functions. */
  readonly name: string;
  readonly breaks: (value: Exclude<Value, null>) => boolean;
}

/** Number of rows with the fault. */
export interface Count {
  readonly kind: 'count';
  readonly fault: Fault;
}

/** Smallest or greatest present value; null without one. */
export interface Extreme {
  readonly kind: 'extreme';
  readonly side: 'min' | 'max';
  readonly column: string;
}

/** Exact sum of an expression of whole numbers; rows where it is NULL are skipped. */
export interface Total {
  readonly kind: 'total';
  readonly of: Sql;
  readonly columns: readonly string[];
}

/** Present values with their counts, at most `limit` of them: by value ascending, or by count descending, then value. */
export interface Values {
  readonly kind: 'values';
  readonly column: string;
  readonly by: 'value' | 'count';
  readonly limit: number;
}

/** Number of distinct present values, of those where `when` holds if it is given. */
export interface Distinct {
  readonly kind: 'distinct';
  readonly column: string;
  readonly when?: Sql;
}

/** Present values at these places of the ascending order, counted from 0. */
export interface Ranks {
  readonly kind: 'ranks';
  readonly column: string;
  readonly ranks: readonly number[];
}

/** The first rows with the fault, in the file's order: their values in `columns` and where they are. */
export interface Examples {
  readonly kind: 'examples';
  readonly fault: Fault;
  readonly columns: readonly string[];
  readonly limit: number;
}

/** Rows that a person's query returns: their number, and the first ones. */
export interface Query {
  readonly kind: 'query';
  readonly text: string;
  readonly limit: number;
}

export interface ValueCount {
  readonly value: Exclude<Value, null>;
  readonly count: number;
}

export interface Example {
  /** In the order of `columns`. */
  readonly values: readonly Value[];
  /** Place in the table, counted from 1; absent where the engine knows no order of rows. */
  readonly row?: number;
  /** Line of the file at which the record starts, where the file has lines. */
  readonly line?: number;
  /** Of a table of several files: which one. */
  readonly file?: string;
  readonly key: Value;
}

export interface QueryRows {
  readonly count: number;
  readonly rows: readonly Readonly<Record<string, Value>>[];
}

/** Which source gave an answer; shown in the evidence. */
export type Source =
  | 'file statistics'
  | 'value counts'
  | 'scan'
  | 'sort'
  | 'key check'
  | 'group by'
  | 'distinct values'
  | 'rows'
  | 'query';

export interface Answered {
  readonly value: unknown;
  readonly source: Source;
}

/** Where answers come from. */
export interface Answerer {
  answer(asks: readonly Ask[]): Promise<readonly (Answered | Error)[]>;
}

/** Two asks with one key have one answer. */
export function askKey({ statistic, where }: Ask): string {
  const plain = JSON.stringify(statistic, (_name, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const fault = 'fault' in statistic ? faultKey(statistic.fault) : '';
  return [plain, fault, where?.sql.text ?? ''].join('\n');
}

function faultKey(fault: Fault): string {
  if (fault.kind !== 'step') return '';
  // A function has no text of its own: what it writes tells it.
  const hole = (text: string): Sql => ({ text, toString: () => text });
  return fault.broken(hole('a'), hole('b')).text;
}
