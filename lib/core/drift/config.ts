export const STATISTICS = ['psi', 'ks', 'jensen_shannon', 'wasserstein', 'l_infinity', 'chi_squared'] as const;
export type StatisticName = (typeof STATISTICS)[number];

/** Statistics by the kind of column they are taken of. */
export const STATISTICS_OF: Readonly<Record<'numeric' | 'categorical', readonly StatisticName[]>> = {
  numeric: ['psi', 'ks', 'jensen_shannon', 'wasserstein'],
  categorical: ['psi', 'jensen_shannon', 'l_infinity', 'chi_squared'],
};

/** Bounds of one statistic. A statistic without bounds is shown and decides nothing. */
export interface Threshold {
  /** Above this, and not by chance, the column has drifted. */
  readonly fail: number;
  /** Above this the reason says that the column is worth a look; the verdict stays `pass`. */
  readonly warn?: number | undefined;
}

export type Thresholds = Partial<Readonly<Record<StatisticName, Threshold | undefined>>>;

/** What the judge needs to know; the same shape as `drift` of gates.yaml. */
export interface DriftConfig {
  readonly thresholds: Thresholds;
  /** Bounds of single columns in place of `thresholds`, statistic by statistic. */
  readonly overrides: Readonly<Record<string, Thresholds>>;
  /** Rows that each sample must have. */
  readonly minRows: number;
  /** 1 − the probability that a gate without drift calls any column drifted by chance (Holm over the columns). */
  readonly confidence: number;
  /** Of the simulated null distributions. */
  readonly seed: number;
}

/** The bounds that apply to a column. */
export function thresholdsOf(config: DriftConfig, column: string): Thresholds {
  return { ...config.thresholds, ...config.overrides[column] };
}
