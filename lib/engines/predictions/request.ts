import type { Column } from '../../core/data/table';
import type { Task } from '../../core/model';
import type { ModelColumns } from '../../core/model/columns';
import type { AnswerTally, HoldoutTally } from '../../core/model/input';

/** Files of one table. */
export interface TableFiles {
  readonly paths: readonly string[];
  /** For people; tells the format. @default the first path */
  readonly name?: string;
}

/** Rows with labels, and what they are grouped by. */
export interface GoldenRequest extends TableFiles {
  /** Declared types; other columns are inferred. */
  readonly types?: readonly Column[];
  readonly key: string;
  readonly label: string;
  /** Binary: the label's value that counts as positive; every other value is negative. @default 1 */
  readonly positive?: string | number | boolean;
  /** Multiclass: values of the label, in the order of probability lists. @default the labels that occur, sorted */
  readonly classes?: readonly string[];
  readonly weights?: string;
  readonly clusters?: string;
  /** Become `ModelColumns.groups`, in this order. */
  readonly groups?: readonly GroupRequest[];
}

/** All values of a column, or the rows for which a SQL condition over the golden columns holds. */
export type GroupRequest =
  | { readonly name: string; readonly column: string }
  | { readonly name: string; readonly where: string };

/** One model's answers by key: columns of their own, or joined to the input row as `SageMakerOutput`. */
export interface AnswersRequest extends TableFiles {
  /** Name of the key there. @default the golden one */
  readonly key?: string;
  /** Binary and regression: the field that holds the number. */
  readonly score: string;
  /**
   * Multiclass: the field that holds a list in the order of the classes, or an object by class. A table may hold a column a
   * class instead, named `<probabilities>_<class>` or as the class. @default probabilities
   */
  readonly probabilities?: string;
}

export interface PredictionsRequest {
  readonly task: Task;
  readonly golden: GoldenRequest;
  readonly challenger: AnswersRequest;
  readonly champion?: AnswersRequest;
  /** Largest difference between two answers to one row that is none. @default 0 */
  readonly tolerance?: number;
  /** Binary: score at or above which a row counts as predicted positive; rows are counted by it in advance. @default 0.5 */
  readonly threshold?: number;
  /** Binary: whether the champion is ranked within groups in advance. @default true */
  readonly compareGroups?: boolean;
  /** Binary: whether log loss and Brier score of the champion are added up in advance. @default true */
  readonly compareLosses?: boolean;
}

/** What was read. Fits `ModelGateInput`. */
export interface ReadPredictions {
  readonly holdout: HoldoutTally;
  readonly challenger: AnswerTally;
  readonly champion?: AnswerTally;
  /**
   * Absent unless every golden row has a key of its own, a label, and a finite answer of the challenger. Without the champion
   * where its answers are not as complete.
   */
  readonly columns?: ModelColumns;
}
