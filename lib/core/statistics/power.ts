import { normalQuantile } from './normal';

export interface PowerOptions {
  /** Of the two-sided interval that decides by one end: 0.95 is a one-sided test at 2.5 %. */
  readonly confidence: number;
  /** Probability of telling a difference that is there. @default 0.8 */
  readonly power?: number;
}

/**
 * Smallest true difference that a one-sided test with this standard error shows with the given probability:
 * (z_{(1+c)/2} + z_power)·se.
 *
 * Source: J. M. Lachin, "Introduction to sample size determination and power analysis for clinical trials", Controlled Clinical
 * Trials 2 (1981), pp. 93–113. For a paired AUC difference `standardError` is DeLong's, as in N. A. Obuchowski, "Sample size
 * calculations in studies of test accuracy", Statistical Methods in Medical Research 7 (1998), pp. 371–392.
 *
 * @param standardError of the difference on the rows at hand; it falls as 1/√rows
 */
export const detectableDifference = (standardError: number, { confidence, power = 0.8 }: PowerOptions): number =>
  (normalQuantile((1 + confidence) / 2) + normalQuantile(power)) * standardError;

/**
 * Rows, of the same kind and class shares as the `rows` that gave the standard error, that show a difference of `margin` with
 * the given probability: rows·(detectable/margin)², rounded up. ∞ for a margin of 0.
 *
 * @returns `null` where the standard error is 0 or unknown: these rows do not say how much chance there is
 */
export function rowsNeeded(rows: number, standardError: number, margin: number, options: PowerOptions): number | null {
  if (!(standardError > 0 && Number.isFinite(standardError))) return null;
  return Math.ceil(rows * (detectableDifference(standardError, options) / Math.abs(margin)) ** 2 - 1e-9);
}

/**
 * Standard error of a difference of proportions on the same rows under no difference: √(share of discordant rows / n), each
 * discordance counted at least once so that full agreement is not taken for certainty.
 *
 * Source: R. J. Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43
 * (1987), pp. 207–211.
 */
export const pairedProportionsError = (discordant: number, n: number): number => Math.sqrt(Math.max(1, discordant)) / n;

/** Standard error behind an interval that is symmetric on its own scale, as wide as ±z·se. */
export const standardErrorOf = ([low, high]: readonly [number, number], confidence: number): number =>
  (high - low) / (2 * normalQuantile((1 + confidence) / 2));
