import { aggregates } from './aggregates';
import { columnValues } from './column-values';
import type { Expectation } from './definition';
import { pairs } from './pairs';
import { sets } from './sets';
import { tables } from './tables';
import { uniqueness } from './uniqueness';

/** Every expectation by its Great Expectations name, one file per family. */
export const CATALOG: ReadonlyMap<string, Expectation> = new Map(
  [...tables, ...columnValues, ...uniqueness, ...aggregates, ...sets, ...pairs].map((entry) => [entry.type, entry]),
);
