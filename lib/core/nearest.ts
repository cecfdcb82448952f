/**
 * Number of single-character edits (insert, delete, replace, swap of neighbours) between two words:
 * optimal string alignment, R. W. Hamming's and F. J. Damerau's edits in Wagner and Fischer's table (J. ACM 21, 1974).
 */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replace = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : replace;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replace, swap));
    }
  }
  return at(a.length, b.length);
}

/** The candidate that a mistyped word most likely meant, or undefined when none is close (more than a third of its letters differ). */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const fold = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  const limit = Math.min(Math.ceil(word.length / 3), word.length - 1);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(fold(word), fold(candidate));
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? '' : ` (did you mean "${candidate}"?)`;
}
