import { type RankOrder, ROW_MASK, TIE_START } from './ranking';

/** Rows of both classes, and optionally which of `count` groups each belongs to. */
export interface Classes {
  /** 1 for positives, 0 for negatives. */
  readonly labels: Uint8Array;
  /** Row i belongs to group `codes[i]` < `count`. Absent: all rows are group 0. */
  readonly codes?: Uint16Array;
  readonly count: number;
}

/** Class sizes of each group. */
export interface ClassSizes {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** Integers, so that they are exact and the same however the work was divided. */
export interface Placements {
  /**
   * Of each positive: twice the negatives of its group below it, plus those tied. Of each negative: the same of the positives
   * of its group above it. At most 2·rows.
   */
  readonly doubled: Uint32Array;
  /** Of each group: the sum over its positives, 2·m·n·AUC. */
  readonly wins: Float64Array;
}

export function classSizes({ labels, codes, count }: Classes): ClassSizes {
  const [positives, all] = [new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < labels.length; row += 1) {
    const code = codes === undefined ? 0 : (codes[row] as number);
    all[code] = (all[code] as number) + 1;
    positives[code] = (positives[code] as number) + (labels[row] as number);
  }
  return { positives, negatives: all.map((size, code) => size - (positives[code] as number)) };
}

/**
 * One walk over the rows in order of score. The sum stays below 2⁵³, hence exact, up to 2²⁶ rows of each class.
 *
 * Source: X. Sun and W. Xu, "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters 21 (2014),
 * pp. 1389–1393, with counts in place of mid-ranks.
 */
export function placementsOf(order: RankOrder, classes: Classes, sizes: ClassSizes): Placements {
  return classes.codes === undefined
    ? placementsOfAll(order, classes.labels, sizes)
    : placementsWithin(order, classes.labels, classes.codes, sizes);
}

function placementsOfAll(order: RankOrder, labels: Uint8Array, sizes: ClassSizes): Placements {
  const { length } = order;
  const doubled = new Uint32Array(length);
  const m = sizes.positives[0] as number;
  let [below, seen, wins] = [0, 0, 0];
  for (let start = 0; start < length; ) {
    let end = start + 1;
    let tied = labels[(order[start] as number) & ROW_MASK] as number;
    while (end < length && (order[end] as number) < TIE_START) {
      tied += labels[order[end] as number] as number;
      end += 1;
    }
    const others = end - start - tied;
    const ofPositive = 2 * below + others;
    const ofNegative = 2 * (m - seen) - tied;
    for (let index = start; index < end; index += 1) {
      const row = (order[index] as number) & ROW_MASK;
      doubled[row] = (labels[row] as number) === 1 ? ofPositive : ofNegative;
    }
    wins += tied * ofPositive;
    below += others;
    seen += tied;
    start = end;
  }
  return { doubled, wins: Float64Array.of(wins) };
}

function placementsWithin(order: RankOrder, labels: Uint8Array, codes: Uint16Array, sizes: ClassSizes): Placements {
  const { length } = order;
  const count = sizes.positives.length;
  const doubled = new Uint32Array(length);
  const wins = new Float64Array(count);
  // Before the run of ties: negatives seen, positives not yet seen. Within it: the same at its end.
  const [below, above] = [new Float64Array(count), sizes.positives.slice()];
  const [tiedNegatives, tiedPositives] = [new Float64Array(count), new Float64Array(count)];
  for (let start = 0; start < length; ) {
    let end = start;
    do {
      const row = (order[end] as number) & ROW_MASK;
      const tied = (labels[row] as number) === 1 ? tiedPositives : tiedNegatives;
      const code = codes[row] as number;
      tied[code] = (tied[code] as number) + 1;
      end += 1;
    } while (end < length && (order[end] as number) < TIE_START);
    for (let index = start; index < end; index += 1) {
      const row = (order[index] as number) & ROW_MASK;
      const code = codes[row] as number;
      if ((labels[row] as number) === 1) {
        const placement = 2 * (below[code] as number) + (tiedNegatives[code] as number);
        doubled[row] = placement;
        wins[code] = (wins[code] as number) + placement;
      } else doubled[row] = 2 * (above[code] as number) - (tiedPositives[code] as number);
    }
    for (let index = start; index < end; index += 1) {
      const code = codes[(order[index] as number) & ROW_MASK] as number;
      below[code] = (below[code] as number) + (tiedNegatives[code] as number);
      above[code] = (above[code] as number) - (tiedPositives[code] as number);
      tiedNegatives[code] = 0;
      tiedPositives[code] = 0;
    }
    start = end;
  }
  return { doubled, wins };
}
