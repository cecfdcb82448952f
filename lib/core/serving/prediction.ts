/** Names of the fields in one prediction. */
export interface PredictionFields {
  readonly score: string;
  /** Multiclass. @default probabilities */
  readonly probabilities?: string | undefined;
}

export type Task = 'binary' | 'multiclass' | 'regression';

/** The numbers of one prediction, or what is wrong with it. */
export type ReadPrediction = { readonly scores: readonly number[] } | { readonly problem: string };

export interface ReadOptions {
  readonly task: Task;
  readonly fields: PredictionFields;
  /** Order of probabilities that come by name. @default sorted names */
  readonly classes?: readonly string[] | undefined;
  /** Where the prediction stands, for the words: `predictions[0].`. @default nothing */
  readonly at?: string;
  /** Takes a number or a list without an object around it, as batch transforms may answer. @default false */
  readonly bare?: boolean;
}

/**
 * One prediction as the contract has it: an object with a number as score, or with the probabilities of all classes, as a
 * list or by name. Every number must be finite. A problem completes the sentence "the answer …".
 */
export function readPrediction(prediction: unknown, options: ReadOptions): ReadPrediction {
  const { task, fields, classes, at = '', bare = false } = options;
  const name = task === 'multiclass' ? (fields.probabilities ?? 'probabilities') : fields.score;
  const named = isRecord(prediction) ? prediction[name] : undefined;
  const found = named ?? (bare && !isRecord(prediction) ? (prediction ?? undefined) : named);
  if (found === undefined) return { problem: `has no "${at}${name}": found ${excerpt(prediction)}` };
  const values = task === 'multiclass' ? probabilitiesOf(found, classes) : [found];
  const scores = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  if (scores.length === values.length && scores.length > 0) return { scores };
  const required = task === 'multiclass' ? 'a finite number for each class' : 'a finite number';
  return { problem: `has ${excerpt(found)} as "${at}${name}"; ${required} is required` };
}

function probabilitiesOf(found: unknown, classes: readonly string[] | undefined): readonly unknown[] {
  if (Array.isArray(found)) return found;
  if (!isRecord(found)) return [];
  return (classes ?? Object.keys(found).sort()).map((name) => found[name]);
}

const EXCERPT = 120;

/** JSON of a value, cut. */
function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT - 1)}…`;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
