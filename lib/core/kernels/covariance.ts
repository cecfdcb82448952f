import type { Classes, ClassSizes, Placements } from './placements';

/** Rows whose squares are added before the sum joins the total: keeps rounding at about 1e-15 and the order fixed. */
const BLOCK = 2048;

/**
 * DeLong's covariances of two models' areas, per group: [var a, cov(a, b), var b] one after another, each
 * Σ₊(Vᵃ − θᵃ)(Vᵇ − θᵇ)/(m(m − 1)) + Σ₋ …/(n(n − 1)) with V = placement share of the other class. NaN for a class of fewer than
 * two rows.
 *
 * Source: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, Biometrics 44 (1988), pp. 837–845.
 */
export function areaCovariances(a: Placements, b: Placements, classes: Classes, sizes: ClassSizes): Float64Array {
  const { labels, codes, count } = classes;
  // Two cells a group: negatives, then positives. A doubled placement is the share times 2·(rows of the other class).
  const centreA = centresOf(a, sizes, count);
  const centreB = centresOf(b, sizes, count);
  const totals = new Float64Array(6 * count);
  const block = new Float64Array(6 * count);
  for (let start = 0; start < labels.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, labels.length);
    for (let row = start; row < end; row += 1) {
      const cell = 2 * (codes === undefined ? 0 : (codes[row] as number)) + (labels[row] as number);
      const da = (a.doubled[row] as number) - (centreA[cell] as number);
      const db = (b.doubled[row] as number) - (centreB[cell] as number);
      const at = 3 * cell;
      block[at] = (block[at] as number) + da * da;
      block[at + 1] = (block[at + 1] as number) + da * db;
      block[at + 2] = (block[at + 2] as number) + db * db;
    }
    for (let index = 0; index < block.length; index += 1) {
      totals[index] = (totals[index] as number) + (block[index] as number);
      block[index] = 0;
    }
  }
  return combine(totals, sizes, count);
}

/** Mean doubled placement of each class: 2·m·n·AUC divided by its rows. */
function centresOf({ wins }: Placements, { positives, negatives }: ClassSizes, count: number): Float64Array {
  const centres = new Float64Array(2 * count);
  for (let code = 0; code < count; code += 1) {
    centres[2 * code] = (wins[code] as number) / (negatives[code] as number);
    centres[2 * code + 1] = (wins[code] as number) / (positives[code] as number);
  }
  return centres;
}

function combine(totals: Float64Array, { positives, negatives }: ClassSizes, count: number): Float64Array {
  const covariances = new Float64Array(3 * count);
  for (let code = 0; code < count; code += 1) {
    const [m, n] = [positives[code] as number, negatives[code] as number];
    for (let pair = 0; pair < 3; pair += 1) {
      const ofNegatives = (totals[6 * code + pair] as number) / (4 * m * m * n * (n - 1));
      const ofPositives = (totals[6 * code + 3 + pair] as number) / (4 * n * n * m * (m - 1));
      covariances[3 * code + pair] = m < 2 || n < 2 ? Number.NaN : ofPositives + ofNegatives;
    }
  }
  return covariances;
}
