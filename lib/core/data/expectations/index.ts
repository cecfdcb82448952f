import { aggregates } from './aggregates';
import { columnValues } from './column-values';
import type { Expectation } from './context';
import { divergence } from './divergence';
import { orderAndScores } from './order-and-scores';
import { patterns } from './patterns';
import { quantileExpectation } from './quantiles';
import { unexpectedRows } from './query';
import { records } from './records';
import { sets } from './sets';
import { tables } from './tables';
import { uniqueness } from './uniqueness';

export { type Context, type Expectation, ExpectationError, type Tools } from './context';

const ALL: readonly Expectation[] = [
  ...tables,
  ...columnValues,
  ...patterns,
  ...orderAndScores,
  ...uniqueness,
  ...aggregates,
  quantileExpectation,
  ...sets,
  divergence,
  ...records,
  unexpectedRows,
];

/** Every expectation by its Great Expectations name, one file per family. */
export const CATALOG: ReadonlyMap<string, Expectation> = new Map(ALL.map((entry) => [entry.type, entry]));

/** By name; older suites write `…_pair_values_A_to_be_greater_than_B`. */
export const findExpectation = (type: string): Expectation | undefined =>
  CATALOG.get(type) ?? CATALOG.get(type.toLowerCase());
