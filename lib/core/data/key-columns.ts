import type { CompiledExpectation } from './compile';

/** Expectations that gaps, extremes, types, and whether values differ are enough for. */
const OF_A_KEY =
  /^expect_(table_|column_(to_exist$|values_to_(not_)?be_null$|values_to_be_unique$|(min|max)_to_be_between$|values_to_be_(of_type|in_type_list)$))/;

/** Columns that are asked about as a key is, in whole tables: for nothing that its values would have to be looked at for. */
export function keyColumns(names: readonly string[], compiled: readonly CompiledExpectation[]): readonly string[] {
  const others = compiled.filter(
    ({ expectation, kwargs }) => !OF_A_KEY.test(expectation.type) || (kwargs.row_condition ?? undefined) !== undefined,
  );
  const looked = new Set(others.flatMap(({ columns }) => columns));
  return names.filter((name) => !looked.has(name));
}
