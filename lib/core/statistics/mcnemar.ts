import { binomialProbability, binomialTail, chiSquareUpperTail } from './distributions';

/** Rows on which two yes-or-no answers differ; those on which they agree say nothing about the difference. */
export interface Discordant {
  /** Yes of the first alone. */
  readonly onlyFirst: number;
  /** Yes of the second alone. */
  readonly onlySecond: number;
}

export interface McNemar {
  /** Two-sided p-values of the hypothesis that both say yes equally often. */
  readonly exact: number;
  /** Between exact, which is conservative, and asymptotic, which is not: Fagerland's recommendation, and what the gate uses. */
  readonly midP: number;
  readonly asymptotic: number;
  /** One-sided mid-p of the hypothesis that the first says yes at most as often; small if it does more often. */
  readonly midPAbove: number;
}

/**
 * McNemar's test of two proportions on the same rows. With n = b + c discordant rows, b ~ Bin(n, ½) under the hypothesis:
 * exact = 2·P(X ≥ max), mid-p = exact − P(X = b), asymptotic = P(χ²₁ ≥ (b − c)²/(b + c)). No discordant row: p = 1.
 *
 * Sources: Q. McNemar, Psychometrika 12 (1947), pp. 153–157; M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar test for
 * binary matched-pairs data: mid-p and asymptotic are better than exact conditional", BMC Medical Research Methodology 13:91
 * (2013).
 *
 * @throws RangeError unless both are whole numbers of at least 0
 */
export function mcNemar({ onlyFirst, onlySecond }: Discordant): McNemar {
  for (const count of [onlyFirst, onlySecond]) {
    if (!(Number.isInteger(count) && count >= 0)) throw new RangeError(`McNemar's test counts rows; got ${count}`);
  }
  const n = onlyFirst + onlySecond;
  if (n === 0) return { exact: 1, midP: 1, asymptotic: 1, midPAbove: 0.5 };
  const equal = binomialProbability(onlyFirst, n, 0.5);
  const exact = Math.min(1, 2 * binomialTail(Math.max(onlyFirst, onlySecond), n, 0.5));
  return {
    exact,
    // Where both are equal the two tails overlap, and the whole probability is 1.
    midP: onlyFirst === onlySecond ? 1 - equal : exact - equal,
    asymptotic: chiSquareUpperTail((onlyFirst - onlySecond) ** 2 / n, 1),
    midPAbove: binomialTail(onlyFirst, n, 0.5) - equal / 2,
  };
}
