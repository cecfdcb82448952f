import { identifier, sql } from '../../sql/sql';
import type { Expectation } from './context';
import { columnMap } from './map';

/** Every member of a group of equal values is unexpected, as Great Expectations counts. */
export const uniqueness: readonly Expectation[] = [
  columnMap({
    type: 'expect_column_values_to_be_unique',
    words: () => 'are not unique',
    fault: ({ args }) => ({
      kind: 'repeat',
      columns: [args.column],
      among: sql`(${identifier(args.column)} IS NOT NULL)`,
    }),
  }),
];
