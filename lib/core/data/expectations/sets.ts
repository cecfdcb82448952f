import { parseMoment } from '../conditions/moment';
import { ask, distinct, missing, rows, type Steps, type ValueCount, values } from '../plan';
import { countsOfColumn, EXAMPLES, NOTHING, type Outcome, type Result } from '../result';
import type { Value } from '../table';
import { isIn } from './column-values';
import { type Context, columnOf, type Expectation } from './context';

/** Distinct values that the evidence lists; their number is always exact. */
const LISTED = 1000;

interface Found {
  readonly elements: number;
  readonly present: number;
  readonly distinct: number;
  /** Distinct values of the column that are in the set, and those that are not. */
  readonly inside: number;
  readonly listed: readonly ValueCount[];
  readonly wanted: number;
}

interface SetExpectation {
  readonly type: string;
  /** Whether no set, or an empty one, asks for nothing, as Great Expectations has it for some. */
  readonly vacuous?: boolean;
  readonly success: (found: Found) => boolean;
  readonly words: (found: Found) => string;
}

function setExpectation({ type, vacuous = false, success, words }: SetExpectation): Expectation {
  return {
    type,
    arguments: {
      column: { kind: 'column', required: true },
      value_set: { kind: 'values', required: true, nullable: vacuous },
    },
    *run(context): Steps<Outcome> {
      const { args, where } = context;
      const { column } = args;
      const given = args.values('value_set');
      const set = given.filter((value) => value !== null);
      const test = isIn(context, column, set);
      const [elements, gaps, all, inside, listed] = yield* ask(
        rows(where),
        missing(column, where),
        distinct(column, undefined, where),
        distinct(column, test, where),
        values(column, 'value', LISTED, where),
      );
      const present = elements - gaps;
      // A set that names one value twice, as 1 and true, wants it once; a missing value never occurs among the distinct.
      const wanted =
        new Set(set.map((value) => sameAs(context, column, value))).size + Number(set.length < given.length);
      const found = { elements, present, distinct: all, inside, listed, wanted };
      const asksNothing = vacuous && given.length === 0;
      const holds = asksNothing || success(found);
      const strange = listed.filter(({ value }) => !set.some((one) => same(context, column, one, value)));
      const result: Result = {
        ...countsOfColumn(elements, gaps),
        observed_value: listed.map(({ value }) => value),
        unexpected_count: all - inside,
        partial_unexpected_list: strange.slice(0, EXAMPLES).map(({ value }) => value),
        details: { value_counts: listed, distinct_values: all },
      };
      if (present === 0) {
        return { success: holds, verdict: 'inconclusive', reason: `${column}: there is no value to check`, result };
      }
      if (asksNothing) {
        return { success: true, verdict: 'inconclusive', reason: `${column}: value_set is empty: ${NOTHING}`, result };
      }
      const first = strange[0] === undefined || holds ? '' : ` (first: ${JSON.stringify(strange[0].value)})`;
      return { success: holds, verdict: holds ? 'pass' : 'fail', reason: `${column}: ${words(found)}${first}`, result };
    },
  };
}

/** A value as text that is equal for equal values of the column: 1 and true, or one moment written in two ways. */
function sameAs(context: Context, column: string, value: Value): string {
  const { type } = columnOf(context, column);
  if (type === 'date' || type === 'timestamp') return parseMoment(String(value)) ?? String(value);
  if (type === 'string' || type === 'other' || Number.isNaN(Number(value))) return String(value);
  return String(Number(value));
}

const same = (context: Context, column: string, a: Value, b: Value): boolean =>
  sameAs(context, column, a) === sameAs(context, column, b);

/** Most frequent values, several where they tie. */
function* modes(context: Context): Steps<readonly ValueCount[]> {
  const { args, where } = context;
  const [top] = yield* ask(values(args.column, 'count', LISTED, where));
  const most = top[0]?.count;
  return top.filter(({ count }) => count === most);
}

const mostCommon: Expectation = {
  type: 'expect_column_most_common_value_to_be_in_set',
  arguments: {
    column: { kind: 'column', required: true },
    value_set: { kind: 'values', required: true },
    ties_okay: { kind: 'flag' },
  },
  *run(context): Steps<Outcome> {
    const { args, where } = context;
    const { column } = args;
    columnOf(context, column);
    const [elements, gaps] = yield* ask(rows(where), missing(column, where));
    const found = yield* modes(context);
    const set = args.values('value_set');
    const inside = found.filter(({ value }) =>
      set.some((one) => one !== null && same(context, column, one, value)),
    ).length;
    const holds = args.flag('ties_okay') ? inside > 0 : found.length === 1 && inside === 1;
    const result: Result = {
      ...countsOfColumn(elements, gaps),
      observed_value: found.map(({ value }) => value),
    };
    if (found.length === 0) {
      return { success: holds, verdict: 'inconclusive', reason: `${column}: there is no value to check`, result };
    }
    const names = found
      .slice(0, 5)
      .map(({ value }) => JSON.stringify(value))
      .join(', ');
    const reason = `${column}: ${found.length === 1 ? 'the most common value is' : 'the most common values are'} ${names}${holds ? '' : '; it must be in the set'}`;
    return { success: holds, verdict: holds ? 'pass' : 'fail', reason, result };
  },
};

export const sets: readonly Expectation[] = [
  setExpectation({
    type: 'expect_column_distinct_values_to_be_in_set',
    vacuous: true,
    success: ({ distinct: all, inside }) => inside === all,
    words: ({ distinct: all, inside }) =>
      inside === all
        ? `all ${all} distinct values are in the set`
        : `${all - inside} of ${all} distinct values are not in the set`,
  }),
  setExpectation({
    type: 'expect_column_distinct_values_to_contain_set',
    success: ({ inside, wanted }) => inside === wanted,
    words: ({ inside, wanted }) => `${inside} of the ${wanted} values of the set occur`,
  }),
  setExpectation({
    type: 'expect_column_distinct_values_to_equal_set',
    success: ({ distinct: all, inside, wanted }) => inside === wanted && inside === all,
    words: ({ distinct: all, inside, wanted }) =>
      `${inside} of the ${wanted} values of the set occur, and ${inside === all ? 'no' : all - inside} others`,
  }),
  mostCommon,
];
