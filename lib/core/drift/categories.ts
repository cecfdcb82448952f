import { type CategoricalColumn, type Pair, SHOWN_CATEGORIES } from './column';
import type { Counts } from './measures';

/**
 * The rows of a column by category, and the bins that would have been pinned had they been divided otherwise: the most
 * frequent categories of that reference, its other ones together, those that it lacks together, missing rows.
 */
export function pinCategoriesAgain({ categories, unseen, missing }: CategoricalColumn): {
  readonly rows: Pair<Counts>;
  readonly pin: (reference: Counts, current: Counts) => Pair<Counts>;
} {
  const listed = categories.length + unseen.counts.length;
  const rows = {
    reference: Float64Array.of(
      ...categories.map(({ reference }) => reference),
      ...unseen.counts.map(() => 0),
      missing.reference,
    ),
    current: Float64Array.of(...categories.map(({ current }) => current), ...unseen.counts, missing.current),
  };
  return { rows, pin: (reference, current) => pin(reference, current, listed) };
}

function pin(reference: Counts, current: Counts, listed: number): Pair<Counts> {
  const shown = shownCategories(reference, listed);
  // After the shown ones: other, unseen, missing.
  const bins = { reference: new Float64Array(shown.length + 3), current: new Float64Array(shown.length + 3) };
  const add = (bin: number, i: number): void => {
    bins.reference[bin] = (bins.reference[bin] ?? 0) + (reference[i] ?? 0);
    bins.current[bin] = (bins.current[bin] ?? 0) + (current[i] ?? 0);
  };
  for (const [bin, i] of shown.entries()) add(bin, i);
  const known = new Set(shown);
  for (let i = 0; i < listed; i += 1) {
    if (!known.has(i)) add(shown.length + (reference[i] === 0 ? 1 : 0), i);
  }
  add(shown.length + 2, listed);
  return bins;
}

/** The categories with a bin of their own: all there are, or the most frequent. */
function shownCategories(reference: Counts, listed: number): readonly number[] {
  const there: number[] = [];
  for (let i = 0; i < listed; i += 1) if ((reference[i] ?? 0) > 0) there.push(i);
  if (there.length <= SHOWN_CATEGORIES + 1) return there;
  const least = Float64Array.from(there, (i) => reference[i] ?? 0).sort()[there.length - SHOWN_CATEGORIES] ?? 0;
  const above = there.filter((i) => (reference[i] ?? 0) > least);
  const at = there.filter((i) => reference[i] === least);
  return [...above, ...at.slice(0, SHOWN_CATEGORIES - above.length)];
}
