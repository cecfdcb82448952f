/**
 * The three outcomes of a check. Missing evidence, NaN, too few rows and thrown errors are `inconclusive` or `fail`,
 * never `pass`.
 */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

const SEVERITY: Readonly<Record<Verdict, number>> = { pass: 0, inconclusive: 1, fail: 2 };

/**
 * The verdict of a gate from those of its checks: the worst of them.
 * A gate without checks has no evidence and is therefore `inconclusive`.
 */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'inconclusive';
  return verdicts.reduce((worst, next) => (SEVERITY[next] > SEVERITY[worst] ? next : worst));
}
