import type { StatisticName } from './config';

/** One statistic of the drift gate as documentation shows it. */
export interface DriftStatistic {
  readonly name: StatisticName;
  readonly title: string;
  /** Kinds of columns that it is taken of. */
  readonly columns: readonly ('numeric' | 'categorical')[];
  readonly formula: string;
  /** The distribution without drift that the estimate is held against. */
  readonly nullDistribution: string;
  readonly source: string;
  readonly defaults: string;
  /** An entry of `drift` in gates.yaml. */
  readonly example: string;
}

const PERMUTATION = 'over seeded random divisions of the pooled rows (999, more where many columns are tested)';

/** Every statistic of the drift gate, with what stands behind it. */
export const DRIFT_STATISTICS: readonly DriftStatistic[] = [
  {
    name: 'psi',
    title: 'Population stability index',
    columns: ['numeric', 'categorical'],
    formula:
      'Σ(q − p)·ln(q/p) over bins with shares p (reference) and q (current). A bin that is empty in one sample counts as half a row there. Numbers: bins (edge, next edge] between the reference’s quantiles, the outer ones open; equal quantiles are one edge; missing values (NULL, NaN) are a bin. Categories: the 50 most frequent, (other), (unseen), (missing).',
    nullDistribution: `(1/n + 1/m)·χ² with k − 1 degrees of freedom for k bins; ${PERMUTATION}, with the bins pinned anew each time, where a bin expects fewer than 20 rows`,
    source:
      'H. Jeffreys, Proc. R. Soc. A 186 (1946), pp. 453–461; N. Siddiqi, Credit risk scorecards (2006), chapter 10; B. Yurdakul, Statistical properties of population stability index (2018)',
    defaults: 'bins 10, warn 0.1, fail 0.2',
    example: 'drift: { bins: 20, thresholds: { psi: { warn: 0.1, fail: 0.25 } } }',
  },
  {
    name: 'ks',
    title: 'Kolmogorov–Smirnov distance',
    columns: ['numeric'],
    formula: 'sup|F(x) − G(x)| of both empirical distribution functions, exact; missing values are left out',
    nullDistribution: `exact, ties included, for small samples ((n + m)·min(n, m) up to 12 million); ${PERMUTATION}, for up to 256 distinct values; else Kolmogorov’s limit, which ties make conservative`,
    source:
      'N. V. Smirnov, Bulletin de l’Université de Moscou 2 (1939), pp. 3–14; ties: G. Schröer and D. Trenkler, Computational Statistics & Data Analysis 20 (1995), pp. 185–202',
    defaults: 'shown; decides where it has a threshold',
    example: 'drift: { thresholds: { ks: { fail: 0.1 } } }',
  },
  {
    name: 'jensen_shannon',
    title: 'Jensen–Shannon distance',
    columns: ['numeric', 'categorical'],
    formula: '√(½·KL(p‖h) + ½·KL(q‖h)), h = (p + q)/2, base 2, over the bins of the PSI: 0 to 1',
    nullDistribution: `root of (1/n + 1/m)/(8·ln 2)·χ² with k − 1 degrees of freedom; ${PERMUTATION}, where a bin expects fewer than 20 rows`,
    source: 'J. Lin, IEEE Transactions on Information Theory 37 (1991), pp. 145–151',
    defaults: 'shown; decides where it has a threshold',
    example: 'drift: { thresholds: { jensen_shannon: { fail: 0.1 } } }',
  },
  {
    name: 'wasserstein',
    title: 'Wasserstein-1 distance in standard deviations',
    columns: ['numeric'],
    formula:
      '∫|F(x) − G(x)|dx divided by the reference’s standard deviation (the distance itself is in the evidence, with the resolution to which it is known on large samples)',
    nullDistribution: `${PERMUTATION}, on up to 256 groups of neighbouring values`,
    source: 'S. S. Vallender, Theory of Probability and its Applications 18 (1974), pp. 784–786',
    defaults: 'shown; decides where it has a threshold',
    example: 'drift: { overrides: { monthly_spend: { wasserstein: { fail: 0.15 } } } }',
  },
  {
    name: 'l_infinity',
    title: 'Greatest difference of a share',
    columns: ['categorical'],
    formula: 'max|q − p| over the bins of the PSI: 0 to 1',
    nullDistribution: PERMUTATION,
    source: 'E. Breck et al., Data validation for machine learning, MLSys 2019, section 4',
    defaults: 'shown; decides where it has a threshold',
    example: 'drift: { thresholds: { l_infinity: { fail: 0.05 } } }',
  },
  {
    name: 'chi_squared',
    title: 'χ² of homogeneity, as Cramér’s V',
    columns: ['categorical'],
    formula: 'V = √(χ²/(n + m)) with Pearson’s χ² over the bins of the PSI; the threshold is for V',
    nullDistribution: `χ² with k − 1 degrees of freedom; ${PERMUTATION}, where a bin expects fewer than 5 rows`,
    source:
      'K. Pearson, Biometrika 8 (1911), pp. 250–254; H. Cramér, Mathematical methods of statistics (1946), § 21.9',
    defaults: 'shown; decides where it has a threshold',
    example: 'drift: { thresholds: { chi_squared: { fail: 0.1 } } }',
  },
];
