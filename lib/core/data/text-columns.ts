import type { CompiledExpectation } from './compile';
import type { Column } from './table';

/** Expectations about the very characters of a text. */
const CHARACTERS =
  /^expect_column_(values_to_(not_)?match_|value_lengths_|values_to_be_(dateutil_parseable|json_parseable))/;

/** Expectations that are as happy with text as with any other type. */
const INDIFFERENT =
  /^expect_column_(values_to_(not_)?be_null|values_to_be_unique|to_exist|unique_value_count|proportion_of_unique)|^expect_table_|^expect_compound_/;

/**
 * Columns to read as text from files that do not say types, although their values look like numbers or dates: those
 * asked about by their characters and not as anything else. `007` as a number would have lost what a pattern asks for.
 */
export function textColumns(compiled: readonly CompiledExpectation[]): readonly Column[] {
  const characters = new Set<string>();
  const otherwise = new Set<string>();
  for (const { expectation, kwargs, columns } of compiled) {
    const own = CHARACTERS.test(expectation.type)
      ? characters
      : INDIFFERENT.test(expectation.type)
        ? undefined
        : otherwise;
    for (const column of columns) (column === kwargs.column || own === undefined ? own : otherwise)?.add(column);
  }
  return [...characters].filter((name) => !otherwise.has(name)).map((name) => ({ name, type: 'string' }));
}
