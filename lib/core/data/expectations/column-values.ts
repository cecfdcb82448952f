import { identifier, joinSql, literal, type Sql, sql } from '../../sql/sql';
import { parseMoment } from '../conditions/moment';
import { strptime } from '../conditions/strptime';
import type { Fault } from '../plan';
import { isOfType } from '../type-names';
import { boundSpecs, boundWords, needsBound, outside, outsideColumn } from './bounds';
import { type Context, columnOf, comparison, type Expectation, ExpectationError, fits, textual } from './context';
import { columnMap, presence } from './map';

const required = true;

const ofColumn = ({ args }: Context, when: Sql): Fault => ({ kind: 'row', when, columns: [args.column] });

/** SQL that is true where the column's value is one of these; `FALSE` for none. */
export function isIn(context: Context, column: string, values: readonly unknown[]): Sql {
  const { type } = columnOf(context, column);
  const usable = values.filter((value) => fits(type, value as string)) as (string | number | boolean)[];
  const tests = usable.map((value) => comparison(context, column, value, true));
  const lefts = new Map(tests.map(({ left }) => [left.text, left]));
  const parts = [...lefts.values()].map((left) => {
    const list = tests.filter((test) => test.left.text === left.text).map(({ right }) => right);
    return sql`${left} IN (${joinSql(list, ', ')})`;
  });
  return parts.length === 0 ? sql`FALSE` : sql`(${joinSql(parts, ' OR ')})`;
}

const lengths = (context: Context): Sql => context.dialect.length(textual(context, context.args.column));

/** Values of a column that must hold texts. */
function decided(context: Context, name: string, accepts: (text: string) => boolean): Fault {
  const { args } = context;
  const { type, stored } = columnOf(context, args.column);
  if (type !== 'string' && type !== 'other') {
    throw new ExpectationError(`Values passed to ${name} must be of type string; ${args.column} is ${stored}`);
  }
  return { kind: 'decided', column: args.column, name, breaks: (value) => !accepts(String(value)) };
}

export const columnValues: readonly Expectation[] = [
  presence('expect_column_values_to_not_be_null', 'present'),
  presence('expect_column_values_to_be_null', 'missing'),
  columnMap({
    type: 'expect_column_values_to_be_in_set',
    arguments: { value_set: { kind: 'values', required, nullable: true } },
    asksNothing: (args) => (args.value('value_set') === undefined ? 'value_set is null' : undefined),
    words: () => 'are not in the set',
    fault: (context) =>
      ofColumn(
        context,
        sql`(NOT ${isIn(context, context.args.column, context.args.values('value_set'))} AND ${identifier(context.args.column)} IS NOT NULL)`,
      ),
  }),
  columnMap({
    type: 'expect_column_values_to_not_be_in_set',
    arguments: { value_set: { kind: 'values', required } },
    words: () => 'are in the forbidden set',
    fault: (context) => ofColumn(context, isIn(context, context.args.column, context.args.values('value_set'))),
  }),
  columnMap({
    type: 'expect_column_values_to_be_between',
    arguments: boundSpecs('bound'),
    check: needsBound,
    words: (args) => `are not ${boundWords(args)}`,
    fault: (context) => ofColumn(context, outsideColumn(context)),
  }),
  columnMap({
    type: 'expect_column_value_lengths_to_be_between',
    arguments: boundSpecs('count'),
    check: needsBound,
    words: (args) => `do not have a length ${boundWords(args)}`,
    fault: (context) =>
      ofColumn(
        context,
        outside(context.args, (bound) => ({ left: lengths(context), right: literal(Number(bound)) })),
      ),
  }),
  columnMap({
    type: 'expect_column_value_lengths_to_equal',
    arguments: { value: { kind: 'number', required } },
    words: (args) => `do not have the length ${args.number('value')}`,
    fault: (context) => ofColumn(context, sql`${lengths(context)} <> ${literal(context.args.number('value') ?? 0)}`),
  }),
  columnMap({
    type: 'expect_column_values_to_match_strftime_format',
    arguments: { strftime_format: { kind: 'strptime', required } },
    words: (args) => `do not have the format ${args.text('strftime_format')}`,
    fault: (context) => {
      const format = context.args.text('strftime_format') ?? '';
      return decided(context, `expect_column_values_to_match_strftime_format ${format}`, strptime(format));
    },
  }),
  columnMap({
    type: 'expect_column_values_to_be_dateutil_parseable',
    words: () => 'are no dates',
    fault: (context) =>
      decided(context, 'expect_column_values_to_be_dateutil_parseable', (text) => parseMoment(text) !== undefined),
  }),
  columnMap({
    type: 'expect_column_values_to_be_json_parseable',
    words: () => 'are no JSON',
    fault: (context) => {
      const { column } = context.args;
      const name = identifier(column);
      // Python's json.loads takes texts only; a number is no JSON text.
      const text = columnOf(context, column).type === 'string';
      return ofColumn(context, text ? sql`(NOT ${context.dialect.isJson(name)})` : sql`(${name} IS NOT NULL)`);
    },
  }),
  columnMap({
    type: 'expect_column_values_to_match_json_schema',
    arguments: { json_schema: { kind: 'record', required } },
    words: () => 'do not match the JSON schema',
    fault: (context) => {
      const schema = context.args.kwargs.json_schema as Readonly<Record<string, unknown>>;
      const accepts = context.tools.jsonSchema(schema);
      const { column } = context.args;
      const name = `json schema ${JSON.stringify(schema)}`;
      return { kind: 'decided', column, name, breaks: (value) => !accepts(String(value)) };
    },
  }),
  columnMap({
    type: 'expect_column_values_to_be_of_type',
    arguments: { type_: { kind: 'typeName', required } },
    words: (args) => `are not of type ${args.text('type_')}`,
    fault: (context) => ofTypes(context, [context.args.text('type_') ?? '']),
  }),
  columnMap({
    type: 'expect_column_values_to_be_in_type_list',
    arguments: { type_list: { kind: 'typeNames' } },
    asksNothing: (args) => (args.texts('type_list').length === 0 ? 'type_list is empty' : undefined),
    words: (args) => `are not of type ${args.texts('type_list').join(' or ')}`,
    fault: (context) => ofTypes(context, context.args.texts('type_list')),
  }),
];

/** A column has one type, so either all of its values are of a named type or none is. */
function ofTypes(context: Context, names: readonly string[]): Fault {
  const column = columnOf(context, context.args.column);
  const right = names.some((name) => isOfType(column, name));
  return ofColumn(context, right ? sql`FALSE` : sql`(${identifier(column.name)} IS NOT NULL)`);
}
