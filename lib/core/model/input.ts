import type { ModelColumns } from './columns';
import type { Task } from './config';

/** Rows of one kind: how many, and the keys of a few. */
export interface Tally {
  readonly count: number;
  readonly examples: readonly string[];
}

/** What the golden holdout is like before anything is judged on it. */
export interface HoldoutTally {
  readonly rows: number;
  readonly keyless: number;
  /** Keys on several rows. */
  readonly repeated: Tally;
  /** Rows without a label that the task can use. */
  readonly unlabelled: Tally;
  /** Binary: the positive value where no label is that, and what labels are instead. */
  readonly neverPositive?: NeverPositive;
}

export interface NeverPositive {
  readonly positive: string;
  /** Values of the label, the most frequent first; a few where there are many. */
  readonly labels: readonly { readonly value: string; readonly rows: number }[];
}

/** How one model's answers fit the golden rows. Examples of `invalid` say what was found: `C-3: "abc"`. */
export interface AnswerTally {
  readonly answers: number;
  /** Golden rows without an answer. */
  readonly missing: Tally;
  /** Answers without a golden row. */
  readonly unknown: Tally;
  /** Golden rows that were answered more than once, whatever the answers. */
  readonly repeated: Tally;
  /** Of these, the rows whose answers differ by more than the tolerance. */
  readonly differing: Tally;
  /** Answers that are no finite number. */
  readonly invalid: Tally;
}

/** How well one feature alone separates the label. */
export interface FeatureArea {
  readonly column: string;
  /** Area under the ROC curve, the better of both directions: 0.5 to 1. */
  readonly auc: number;
}

export interface ModelGateInput {
  readonly task: Task;
  readonly holdout: HoldoutTally;
  readonly challenger: AnswerTally;
  /** Absent if production serves nothing yet. */
  readonly champion?: ChampionInput;
  /** Absent if holdout or answers cannot be matched: then nothing but that is told. */
  readonly columns?: ModelColumns;
  /** Which of `columns.groups` a slice or a comparison of groups looks at, by the index of its entry. */
  readonly groupOf?: { readonly slices: readonly number[]; readonly fairness: readonly number[] };
  /** Features of the golden data; absent: none is known. */
  readonly features?: readonly FeatureArea[];
  /** How often the holdout has been used, this time included; or why that is not known. */
  readonly uses?: number | { readonly unknown: string };
}

/** The model in production. One whose predictions could not be read makes the promotion inconclusive. */
export type ChampionInput =
  | { readonly name: string; readonly tally: AnswerTally }
  | { readonly name: string; readonly unreadable: string };
