import type { Verdict } from '../verdict';
import type { ArgumentSpecs, Arguments } from './arguments';
import type { Row, TableInfo } from './table';

/** Shaped as the `result` of Great Expectations where the same thing is meant. */
export interface DataEvidence {
  readonly element_count?: number;
  readonly missing_count?: number;
  readonly unexpected_count?: number;
  /** Of the values that are not missing, 0 to 100. */
  readonly unexpected_percent?: number;
  /** At most 20. */
  readonly partial_unexpected_list?: readonly unknown[];
  readonly observed_value?: unknown;
  readonly [detail: string]: unknown;
}

export interface Outcome {
  readonly verdict: Verdict;
  /** Without the file's name, e.g. `contract_type: 3 of 6000 values are not in the set (first: …)`. */
  readonly reason: string;
  readonly evidence: DataEvidence;
}

/** Sees every row once, in order. */
export interface Collector<Statistics> {
  add(row: Row): void;
  statistics(): Statistics;
}

/**
 * One expectation. What must be known of the data (`collect`) is apart from what is concluded from it (`judge`):
 * another engine may gather the same statistics, with SQL for instance, and leave the judgement as it is.
 */
export interface Definition<Statistics = unknown> {
  readonly type: string;
  readonly arguments: ArgumentSpecs;
  /** Says what no single argument can: "needs min_value or max_value". */
  readonly check?: (args: Arguments) => string | undefined;
  readonly collect: (args: Arguments, table: TableInfo) => Collector<Statistics>;
  readonly judge: (args: Arguments, statistics: Statistics, table: TableInfo) => Outcome;
}

/** A definition whose statistics are its own affair, ready to run. */
export interface Expectation {
  readonly type: string;
  readonly arguments: ArgumentSpecs;
  readonly check: (args: Arguments) => string | undefined;
  readonly start: (args: Arguments, table: TableInfo) => { add(row: Row): void; outcome(): Outcome };
}

export function expectation<Statistics>(definition: Definition<Statistics>): Expectation {
  return {
    type: definition.type,
    arguments: definition.arguments,
    check: (args) => definition.check?.(args),
    start: (args, table) => {
      const collector = definition.collect(args, table);
      return {
        add: (row) => collector.add(row),
        outcome: () => definition.judge(args, collector.statistics(), table),
      };
    },
  };
}
