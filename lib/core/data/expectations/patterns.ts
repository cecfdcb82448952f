import { joinSql, literal, type Sql, sql } from '../../sql/sql';
import type { ArgumentSpecs, Arguments } from '../arguments';
import type { Fault } from '../plan';
import { pythonRegex } from '../regex';
import { type Context, type Expectation, textual } from './context';
import { columnMap } from './map';

const required = true;

interface Patterns {
  readonly type: string;
  readonly arguments: ArgumentSpecs;
  readonly patterns: (args: Arguments) => readonly string[];
  /** Whether a value must match, or must not. */
  readonly wanted: boolean;
  /** Whether one pattern decides, or all of them must hold. */
  readonly on: (args: Arguments) => 'any' | 'all';
  readonly language: 'regex' | 'like';
}

/**
 * Texts against patterns: regular expressions are searched for, as Python's `re.search` does; LIKE patterns must cover
 * the whole text. What the engine's own expressions cannot say (look-around, back references) is decided in JavaScript.
 */
function patternExpectation({ type, arguments: specs, patterns, wanted, on, language }: Patterns): Expectation {
  return columnMap({
    type,
    arguments: specs,
    words: (args) => {
      const list = patterns(args);
      const names = list.length === 1 ? list[0] : `${on(args)} of ${list.join(', ')}`;
      return `${wanted ? 'do not match' : 'match'} ${names}`;
    },
    fault: (context): Fault => {
      const { args, dialect } = context;
      const list = patterns(args);
      const { column } = args;
      if (list.length === 0) return { kind: 'row', when: sql`FALSE`, columns: [column] };
      const all = on(args) === 'all';
      if (language === 'regex' && !list.every((pattern) => dialect.reads(pattern))) {
        return decidedInScript(column, list, all, wanted);
      }
      const value = textual(context, column);
      const tests = list.map((pattern) => test(context, value, pattern, language));
      const holds = sql`(${joinSql(tests, all ? ' AND ' : ' OR ')})`;
      return { kind: 'row', when: wanted ? sql`(NOT ${holds})` : holds, columns: [column] };
    },
  });
}

function test({ dialect }: Context, value: Sql, pattern: string, language: 'regex' | 'like'): Sql {
  return language === 'regex' ? dialect.matches(value, pattern) : sql`${value} LIKE ${literal(pattern)}`;
}

function decidedInScript(column: string, patterns: readonly string[], all: boolean, wanted: boolean): Fault {
  const expressions = patterns.map(pythonRegex);
  return {
    kind: 'decided',
    column,
    name: `regex ${all} ${wanted} ${JSON.stringify(patterns)}`,
    breaks: (value) => {
      const text = String(value);
      const matches = (expression: RegExp): boolean => expression.test(text);
      return (all ? expressions.every(matches) : expressions.some(matches)) !== wanted;
    },
  };
}

const matchOn = (args: Arguments): 'any' | 'all' => (args.text('match_on') === 'all' ? 'all' : 'any');
const one = (): 'any' => 'any';

export const patterns: readonly Expectation[] = (['regex', 'like'] as const).flatMap((language) => {
  const name = language === 'regex' ? 'regex' : 'like_pattern';
  const single: ArgumentSpecs = { [name]: { kind: language === 'regex' ? 'regex' : 'text', required } };
  const list: ArgumentSpecs = { [`${name}_list`]: { kind: language === 'regex' ? 'regexes' : 'texts', required } };
  const match: ArgumentSpecs = { match_on: { kind: ['any', 'all'] } };
  const ofOne = (args: Arguments): readonly string[] => [args.text(name) ?? ''];
  const ofList = (args: Arguments): readonly string[] => args.texts(`${name}_list`);
  const shared = { language } as const;
  return [
    {
      type: `expect_column_values_to_match_${name}`,
      arguments: single,
      patterns: ofOne,
      wanted: true,
      on: one,
      ...shared,
    },
    {
      type: `expect_column_values_to_not_match_${name}`,
      arguments: single,
      patterns: ofOne,
      wanted: false,
      on: one,
      ...shared,
    },
    {
      type: `expect_column_values_to_match_${name}_list`,
      arguments: { ...list, ...match },
      patterns: ofList,
      wanted: true,
      on: matchOn,
      ...shared,
    },
    {
      type: `expect_column_values_to_not_match_${name}_list`,
      arguments: list,
      patterns: ofList,
      wanted: false,
      on: one,
      ...shared,
    },
  ].map((entry) => patternExpectation(entry));
});
