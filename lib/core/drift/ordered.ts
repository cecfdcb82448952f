import { EXACT_KS_STEPS, exactKsSteps } from '../statistics/drift-kolmogorov';
import { gather, type ValueGroups } from './groups';
import { type KsPoint, ksBounds } from './kolmogorov-smirnov';
import { isValue, type Ladder } from './ladder';
import { rowsOf } from './measures';
import { type Wasserstein, wasserstein } from './wasserstein';

/** What is known of the order of the values of two samples. */
export interface OrderedEvidence {
  /** Rows with a value. */
  readonly n: number;
  readonly m: number;
  readonly ks: { readonly estimate: number; readonly at: number };
  readonly wasserstein: Wasserstein | null;
  readonly groups: ValueGroups;
  /** Sizes of the groups of equal values where the samples are small enough for the exact distribution of D. */
  readonly ties?: Float64Array;
}

/** Groups on which null distributions are simulated. */
const MOST_GROUPS = 256;

/**
 * @param ladder without a cell that could still change D
 * @throws RangeError when such a cell is open
 */
export function orderedEvidence(ladder: Ladder, solved: ReadonlyMap<number, KsPoint> = new Map()): OrderedEvidence {
  const { lower, upper, at } = ksBounds(ladder, solved);
  if (upper > lower) throw new RangeError(`D is only known to lie between ${lower} and ${upper}`);
  const [n, m] = [rowsOf(ladder.reference), rowsOf(ladder.current)];
  const small = exactKsSteps(n, m) <= EXACT_KS_STEPS && ladder.low.every((_, step) => isValue(ladder, step));
  return {
    n,
    m,
    ks: { estimate: lower, at },
    wasserstein: wasserstein(ladder),
    groups: gather(ladder, MOST_GROUPS),
    ...(small ? { ties: ladder.reference.map((count, step) => count + (ladder.current[step] ?? 0)) } : {}),
  };
}
