import { checkExpectation, compileTable } from '../../../core/data/compile';
import { ExpectationError } from '../../../core/data/expectations';
import { type ExceptionInfo, exceptionInfo, type Judged, judgeTable } from '../../../core/data/judge';
import type { Result } from '../../../core/data/result';
import { DUCKDB } from '../../../core/sql/dialect';
import type { DuckDbSession } from '../../duckdb/session';
import { DuckDbAnswerer } from '../answerer';
import type { Base } from '../base';
import { TOOLS } from '../tools';
import { bagDifference, difference } from './compare';

/** What a case says that must come out. */
export interface Expected {
  readonly success?: boolean;
  readonly observed_value?: unknown;
  readonly unexpected_list?: readonly unknown[];
  readonly result?: Readonly<Record<string, unknown>>;
  readonly traceback_substring?: string;
  readonly [detail: string]: unknown;
}

export interface Case {
  readonly title: string;
  readonly in: Readonly<Record<string, unknown>>;
  /** Null where the case names no outcome: it is about an error of some back ends, others answer. */
  readonly out: Expected | null;
}

/** What comes of an expectation, as Great Expectations tells it. */
export interface Came {
  readonly success: boolean;
  readonly result: Result;
  readonly exception?: ExceptionInfo;
}

/** What judges cases: a table, and where its answers come from. */
export type CaseEngine = Pick<Judged, 'table' | 'engine' | 'dialect'>;

export const duckDbCase = (session: DuckDbSession, base: Base): CaseEngine => ({
  table: base.info,
  engine: new DuckDbAnswerer(session, base),
  dialect: DUCKDB,
});

/** Why a case does not come out as it must; undefined when it does. */
export async function runCase(engine: CaseEngine, type: string, test: Case): Promise<string | undefined> {
  const [came] = await judgeCases(engine, type, [test.in]);
  return came === undefined ? 'gave no result' : caseProblem(came, test);
}

/** What differs between a result and the one that a case wants. */
export function caseProblem(came: Came, { out }: Case): string | undefined {
  if (out === null) return unjudged(came);
  if (out.traceback_substring !== undefined) {
    const text = came.exception?.exception_traceback;
    if (text === undefined)
      return `is not refused; expected is an error with ${JSON.stringify(out.traceback_substring)}`;
    return text.includes(out.traceback_substring)
      ? undefined
      : `is refused with ${JSON.stringify(text)}; expected is ${JSON.stringify(out.traceback_substring)}`;
  }
  if (came.exception !== undefined) return `is refused: ${came.exception.exception_message}`;
  return Object.entries(out)
    .map(([name, wanted]) => fieldDifference(came, name, wanted))
    .find((one) => one !== undefined);
}

/** Where nothing says what must come out: a refusal in words or a judged result, and neither a fault of ours nor nothing. */
function unjudged({ success, result, exception }: Came): string | undefined {
  if (exception !== undefined) {
    return exception.exception_traceback.startsWith('Error:')
      ? `is no refusal but a fault: ${exception.exception_message}`
      : undefined;
  }
  const judged = [result.observed_value, result.unexpected_count].some((found) => (found ?? null) !== null);
  return typeof success === 'boolean' && judged ? undefined : 'is neither refused nor judged';
}

function fieldDifference({ success, result }: Came, name: string, wanted: unknown): string | undefined {
  if (name === 'success')
    return success === wanted ? undefined : `success is ${success}, expected is ${String(wanted)}`;
  if (name === 'unexpected_list')
    return bagDifference(result.unexpected_list ?? [], wanted as readonly unknown[], name);
  if (name === 'unexpected_index_list') return undefined;
  if (name === 'result') return resultDifference(result, wanted as Readonly<Record<string, unknown>>);
  const fields = result as Readonly<Record<string, unknown>>;
  return difference(fields[name] === undefined ? result.details?.[name] : fields[name], wanted, name);
}

const BAGS: readonly string[] = ['unexpected_list', 'partial_unexpected_list', 'partial_unexpected_counts'];

function resultDifference(result: Result, wanted: Readonly<Record<string, unknown>>): string | undefined {
  const fields = result as Readonly<Record<string, unknown>>;
  return Object.entries(wanted)
    .map(([name, one]) =>
      BAGS.includes(name) && Array.isArray(one)
        ? bagDifference(fields[name] ?? [], one, `result.${name}`)
        : difference({ [name]: fields[name] }, { [name]: one }, 'result'),
    )
    .find((one) => one !== undefined);
}

/** What comes of expectations of one type, judged together. */
export async function judgeCases(
  engine: CaseEngine,
  type: string,
  all: readonly Case['in'][],
): Promise<readonly Came[]> {
  const inputs = all.map((args) => {
    const kwargs = Object.fromEntries(Object.entries(args).filter(([name]) => name !== 'catch_exceptions'));
    const input = { type, kwargs };
    return { input, problem: checkExpectation(input, [])[0] };
  });
  const compiled = compileTable(inputs.filter(({ problem }) => problem === undefined).map(({ input }) => input));
  const checks = (await judgeTable('', { ...engine, tools: TOOLS, complete: true }, compiled)).values();
  return inputs.map(({ problem }): Came => {
    if (problem !== undefined) {
      return { success: false, result: {}, exception: exceptionInfo(new ExpectationError(problem, 'ValueError')) };
    }
    const { evidence } = checks.next().value ?? {};
    const { success, result, exception_info: exception } = evidence as unknown as Evidence;
    return { success, result, ...(exception === undefined ? {} : { exception }) };
  });
}

interface Evidence {
  readonly success: boolean;
  readonly result: Result;
  readonly exception_info?: ExceptionInfo;
}
