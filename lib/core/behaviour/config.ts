import type { Value } from '../data/table';

/** A row as the model sees it: by column, without the label. */
export type ProbeRow = Readonly<Record<string, Value>>;

interface OnColumn {
  readonly column: string;
}

/** Keeps a changed number where the data can be. */
interface Clipped {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** One change of a row; exactly one of the fields is there. A null stays null, except under `set` and `swap`. */
export interface Perturbation {
  /** The same value for every row. */
  readonly set?: (OnColumn & { readonly value: Value }) | undefined;
  /** Times `by`. */
  readonly scale?: (OnColumn & Clipped & { readonly by: number }) | undefined;
  /** Plus `by`. */
  readonly add?: (OnColumn & Clipped & { readonly by: number }) | undefined;
  /** Plus a draw from a normal of mean 0 and standard deviation `sd`, or `share` of the value's size. */
  readonly noise?:
    | (OnColumn & Clipped & { readonly sd?: number | undefined; readonly share?: number | undefined })
    | undefined;
  /** Every other value of a list in turn, for rows that hold one of them; or the value of another column. */
  readonly swap?:
    | (OnColumn & { readonly values?: readonly Value[] | undefined; readonly with?: string | undefined })
    | undefined;
  /** Swaps of neighbouring characters, as fingers make them. */
  readonly typo?: (OnColumn & { readonly edits: number }) | undefined;
  /** No value. */
  readonly missing?: OnColumn | undefined;
}

export type TestType = 'minimum-functionality' | 'invariance' | 'directional';

/** What must hold for a row; which fields a test may have follows from its type. */
export interface Expectation {
  /** The answered score lies in [min, max]. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** The decision: the label's value for a classifier. */
  readonly label?: string | number | boolean | undefined;
  /** Greatest change of the score, either way. */
  readonly tolerance?: number | undefined;
  /** `same`: the decision does not flip. */
  readonly decision?: 'same' | undefined;
  /** Where the score goes. */
  readonly direction?: 'up' | 'down' | undefined;
  /** Least and greatest move in that direction; a negative least allows that much the other way. */
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

export interface BehaviourTest {
  readonly name: string;
  readonly type: TestType;
  /** SQL over the columns of the holdout. @default every row */
  readonly where?: string | undefined;
  /** Rows that are tried, drawn by seed. */
  readonly sampleRows: number;
  /** Rows that must be left to judge. */
  readonly minRows: number;
  /** Steps, one after the other. */
  readonly perturb: readonly Perturbation[];
  /** How often noise and typos are drawn for a row, which holds when all of them hold. */
  readonly draws: number;
  readonly expect: Expectation;
  /** The class whose probability is the score (multiclass). */
  readonly class?: string | number | boolean | undefined;
  readonly minPassRate: number;
  readonly decide: 'point' | 'lower-bound';
}

export interface BehaviourConfig {
  readonly seed: number;
  readonly confidence: number;
  /** The same row twice. */
  readonly determinism: { readonly rows: number; readonly tolerance: number };
  readonly tests: readonly BehaviourTest[];
}

/** `long contracts stay` → `long-contracts-stay`, for the id of the check. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');

/** The first field that a perturbation has, and the column that it changes; undefined when it has none. */
export function stepOf(step: Perturbation): { readonly kind: keyof Perturbation; readonly column: string } | undefined {
  for (const [kind, argument] of Object.entries(step) as [keyof Perturbation, OnColumn | undefined][]) {
    if (argument !== undefined) return { kind, column: argument.column };
  }
  return undefined;
}
