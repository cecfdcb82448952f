import { identifier, sql } from '../../sql/sql';
import type { ArgumentSpecs, Arguments } from '../arguments';
import { ask, countFaults, type Example, examples, type Fault, missing, rows, type Steps } from '../plan';
import { EXAMPLES, judgeMap, NOTHING, type Outcome } from '../result';
import type { Context, Expectation } from './context';

export interface ColumnMap {
  readonly type: string;
  readonly arguments?: ArgumentSpecs;
  readonly check?: (args: Arguments) => string | undefined;
  /** What the arguments leave open when they ask for nothing: `value_set is null`. */
  readonly asksNothing?: (args: Arguments) => string | undefined;
  /** What a value does that breaks it, in plural: `are not in the set`. */
  readonly words: (args: Arguments) => string;
  /**
   * Rows that break it; the values of rows with a missing value are never looked at. May ask first, and say instead why
   * nothing can be told.
   */
  readonly fault: (context: Context) => Fault | Steps<Fault | string>;
}

/** An expectation about every value of one column; missing values are left out. */
export function columnMap({ type, arguments: specs, check, asksNothing, words, fault }: ColumnMap): Expectation {
  return {
    type,
    arguments: { column: { kind: 'column', required: true }, ...specs, mostly: { kind: 'mostly' } },
    ...(check === undefined ? {} : { check }),
    *run(context): Steps<Outcome> {
      const { args, where } = context;
      const vacuous = asksNothing?.(args);
      const made = vacuous === undefined ? fault(context) : noFault;
      const known = 'kind' in made ? made : yield* made;
      const open = vacuous === undefined ? (typeof known === 'string' ? known : undefined) : `${vacuous}: ${NOTHING}`;
      const broken = typeof known === 'string' ? noFault : known;
      const { column } = args;
      const [elements, gaps, unexpected] = yield* ask(rows(where), missing(column, where), countFaults(broken, where));
      const found = { elements, missing: gaps, unexpected };
      const outcome = yield* conclude(
        context,
        found,
        broken,
        [column],
        column,
        words(args),
        ([value]) => value ?? null,
      );
      return open === undefined ? outcome : { ...outcome, verdict: 'inconclusive', reason: `${column}: ${open}` };
    },
  };
}

const noFault: Fault = { kind: 'row', when: sql`FALSE`, columns: [] };

/** Expectations about the presence of values; unlike the others they count missing values themselves. */
export const presence = (type: string, wanted: 'present' | 'missing'): Expectation => ({
  type,
  arguments: { column: { kind: 'column', required: true }, mostly: { kind: 'mostly' } },
  *run(context): Steps<Outcome> {
    const { args, where } = context;
    const { column } = args;
    const [elements, gaps] = yield* ask(rows(where), missing(column, where));
    const name = identifier(column);
    const when = wanted === 'present' ? sql`${name} IS NULL` : sql`${name} IS NOT NULL`;
    const unexpected = wanted === 'present' ? gaps : elements - gaps;
    const words = wanted === 'present' ? 'are missing' : 'are not missing';
    const found = { elements, missing: undefined, unexpected };
    const fault: Fault = { kind: 'row', when, columns: [column] };
    return yield* conclude(context, found, fault, [column], column, words, ([value]) => value ?? null);
  },
});

/** The rows shown, then the verdict. Rows are fetched for an expectation that fails, or that was asked for all. */
export function* conclude(
  context: Context,
  counts: { readonly elements: number; readonly missing: number | undefined; readonly unexpected: number },
  fault: Fault,
  columns: readonly string[],
  subject: string,
  words: string,
  show: (values: Example['values']) => unknown,
): Steps<Outcome> {
  const { args, complete, table, where } = context;
  const judge = (shown: readonly Example[]): Outcome =>
    judgeMap(
      {
        ...counts,
        subject,
        fault: words,
        mostly: args.mostly,
        complete,
        shown: shown.map((example) => ({ value: show(example.values), example })),
      },
      table,
    );
  const first = judge([]);
  if (counts.unexpected === 0 || (first.success && !complete)) return first;
  const [found] = yield* ask(examples(fault, columns, complete ? Number.MAX_SAFE_INTEGER : EXAMPLES, where));
  return judge(found);
}
