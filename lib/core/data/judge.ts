import { didYouMean } from '../nearest';
import type { Check } from '../report/report';
import type { Dialect } from '../sql/dialect';
import { Arguments } from './arguments';
import type { CompiledExpectation } from './compile';
import { parseRowCondition } from './conditions/row-condition';
import { type Context, ExpectationError, type Tools } from './expectations';
import { type Answerer, type Finished, runTogether } from './plan';
import { type Outcome, place } from './result';
import type { TableInfo } from './table';

/** Where a table is, and what judges it. */
export interface Judged {
  readonly table: TableInfo;
  readonly engine: Answerer;
  readonly dialect: Dialect;
  readonly tools: Tools;
  /** All unexpected values instead of 20 of failing expectations. @default false */
  readonly complete?: boolean;
}

/**
 * Answers every expectation about a table together.
 *
 * @param prefix of the check ids, e.g. `data.train`; none for the bare ids
 * @returns one check per expectation, in order; an expectation that throws fails its check
 */
export async function judgeTable(
  prefix: string,
  judged: Judged,
  expectations: readonly CompiledExpectation[],
): Promise<readonly Check[]> {
  const { table } = judged;
  const blocked = expectations.map((compiled) => obstacle(compiled, table));
  const running = expectations.filter((_compiled, i) => blocked[i] === undefined);
  const finished = await runTogether(
    running.map((compiled) => () => compiled.expectation.run(contextOf(compiled, judged))),
    judged.engine,
  );
  const outcomes = finished[Symbol.iterator]();
  return expectations.map((compiled, i) => {
    const found = blocked[i] ?? (outcomes.next().value as Finished<Outcome>);
    return checkOf(prefix, compiled, found, table);
  });
}

function contextOf({ kwargs }: CompiledExpectation, { table, dialect, tools, complete = false }: Judged): Context {
  const condition = kwargs.row_condition ?? undefined;
  const names = table.columns.map(({ name }) => name);
  return {
    args: new Arguments(kwargs, table.columns),
    table,
    dialect,
    tools,
    complete,
    ...(condition === undefined ? {} : { where: parseRowCondition(condition, names) }),
  };
}

/** Why an expectation cannot be judged at all: a column is not there, or its values cannot be read. */
function obstacle({ columns }: CompiledExpectation, table: TableInfo): Finished<Outcome> | undefined {
  const absent = columns.filter((column) => !table.columns.some(({ name }) => name === column));
  if (absent.length > 0) {
    const hint = didYouMean(
      absent[0] ?? '',
      table.columns.map(({ name }) => name),
    );
    const reason = `${absent.join(', ')}: there is no such column${hint}`;
    return broken(reason, { details: { missing_columns: absent } });
  }
  const fault = table.unreadable?.find(({ column }) => columns.includes(column));
  if (fault === undefined) return undefined;
  const { column, type, count, first } = fault;
  const reason = `${column}: cannot be told: ${count === 1 ? '1 value' : `${count} values`} cannot be read as ${type} (first: ${JSON.stringify(first.text)} ${place(first, table)})`;
  return broken(reason, { unexpected_count: count, partial_unexpected_list: [first.text] });
}

const broken = (reason: string, result: Outcome['result']): Finished<Outcome> => ({
  result: { success: false, verdict: 'fail', reason, result },
  sources: [],
});

/** Characters of a reason; a value of a megabyte, or a list of a thousand patterns, would be no line for people. */
const LONGEST = 600;

const brief = (reason: string): string =>
  reason.length <= LONGEST ? reason : `${reason.slice(0, LONGEST - 120)} … ${reason.slice(-100)}`;

function checkOf(prefix: string, compiled: CompiledExpectation, found: Finished<Outcome>, table: TableInfo): Check {
  const { id, expectation, kwargs } = compiled;
  const outcome = 'error' in found ? thrown(found.error) : found.result;
  return {
    id: prefix === '' ? id : `${prefix}.${id}`,
    verdict: outcome.verdict,
    reason: brief(`${table.name}: ${outcome.reason}`),
    evidence: {
      success: outcome.success,
      expectation_config: { type: expectation.type, kwargs },
      result: outcome.result,
      ...('error' in found ? { exception_info: exceptionInfo(found.error) } : {}),
      ...(found.sources.length === 0 ? {} : { source: found.sources.join(', ') }),
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function thrown(error: unknown): Outcome {
  const [line = ''] = messageOf(error).split('\n');
  return { success: false, verdict: 'fail', reason: `could not be evaluated: ${line}`, result: {} };
}

export interface ExceptionInfo {
  readonly raised_exception: boolean;
  readonly exception_message: string;
  readonly exception_traceback: string;
}

/** As Great Expectations tells an exception; the traceback is the kind of error and its message. */
export function exceptionInfo(error: unknown): ExceptionInfo {
  const message = messageOf(error);
  const kind = error instanceof ExpectationError ? error.kind : error instanceof RangeError ? 'ValueError' : 'Error';
  return { raised_exception: true, exception_message: message, exception_traceback: `${kind}: ${message}` };
}
