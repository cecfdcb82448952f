import type { StatisticName } from './config';
import type { NullDistribution } from './null-distribution';

/** One statistic of one column with what chance alone would give. */
export interface Measured {
  readonly name: StatisticName;
  /** What a threshold is compared with. NaN when it cannot be computed. */
  readonly estimate: number;
  readonly null?: NullDistribution;
  /** Further figures, e.g. χ² beside Cramér's V. */
  readonly detail?: Readonly<Record<string, number>>;
  /** Why there is no estimate. */
  readonly unknown?: string;
}

export interface SimulationOptions {
  /** Divisions of the pooled rows. */
  readonly replicates: number;
  readonly seed: number;
}
