/**
 * Share of a release's probability of a false alarm that its k-th look may spend: α/(k(k + 1)). As Σ 1/(k(k + 1)) = 1, all
 * looks together spend α, however many there are and however the rows of one look overlap with those of another
 * (Bonferroni's inequality asks nothing of the dependence). So a person or a schedule may look as often as they like.
 *
 * The same division of α over infinitely many tests is that of alpha-spending: D. P. Foster and R. A. Stine, "α-investing",
 * Journal of the Royal Statistical Society B 70 (2008), pp. 429–444, section 2.
 *
 * @param alpha over all looks at one release, between 0 and 1
 * @param look from 1
 * @throws RangeError otherwise
 */
export function levelOfLook(alpha: number, look: number): number {
  if (!(alpha > 0 && alpha < 1 && Number.isInteger(look) && look >= 1)) {
    throw new RangeError(`look ${look} at ${alpha}: a look is a whole number from 1, its α lies between 0 and 1`);
  }
  return alpha / (look * (look + 1));
}

/** What a look found out about one bound. */
export type Finding =
  /** The rows prove that the bound is missed. */
  | 'breach'
  /** The rows prove no breach, and do not show what `decide` asks for. */
  | 'unproven'
  /** As `decide` asks for. */
  | 'met'
  /** Too few rows, or no value. */
  | 'unknown';

/** What the monitor remembers of one bound of a release. */
export interface Watch {
  /** Looks in a row that proved a breach. */
  readonly breaches: number;
  /** The alarm was raised, and the bound has not been met since. */
  readonly raised: boolean;
}

export const AT_REST: Watch = { breaches: 0, raised: false };

/**
 * One alarm for one breach: it is raised after `consecutive` looks that prove it, and armed again once the bound is met.
 * A look that knows nothing leaves everything as it is.
 */
export function watch(
  before: Watch,
  finding: Finding,
  consecutive: number,
): { readonly watch: Watch; readonly raise: boolean } {
  switch (finding) {
    case 'unknown':
      return { watch: before, raise: false };
    case 'met':
      return { watch: AT_REST, raise: false };
    case 'unproven':
      return { watch: { ...before, breaches: 0 }, raise: false };
    case 'breach': {
      const breaches = before.breaches + 1;
      const raise = !before.raised && breaches >= consecutive;
      return { watch: { breaches, raised: before.raised || raise }, raise };
    }
  }
}
