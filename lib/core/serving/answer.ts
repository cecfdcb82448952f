import { isRecord, type PredictionFields, readPrediction, type Task } from './prediction';

export interface AnswerFields extends PredictionFields {
  readonly instances: string;
  readonly predictions: string;
}

/** The numbers of one row: its score, or the probability of every class. */
export interface Scored {
  readonly key: string;
  readonly scores: readonly number[];
}

/** One request to the endpoint and what came back. */
export interface Exchange {
  /** Keys of the rows sent, in order. */
  readonly keys: readonly string[];
  /** Time from sending the request to having the whole answer. */
  readonly milliseconds: number;
  readonly outcome:
    | { readonly kind: 'answer'; readonly contentType: string; readonly body: string }
    /** The endpoint or its model refused; one line. */
    | { readonly kind: 'error'; readonly message: string };
}

/** The scores of an exchange by row, or why there are none. */
export type Parsed = { readonly rows: readonly Scored[] } | { readonly problem: string };

const EXCERPT = 120;

/** How the predictions of a workload look. */
export interface AnswerShape {
  readonly task: Task;
  readonly fields: AnswerFields;
  /** Multiclass. @default sorted names */
  readonly classes?: readonly string[] | undefined;
}

/**
 * Reads an answer by the contract: JSON, one prediction for each row, in order, each with a finite number as score
 * (multiclass: one for each class).
 */
export function parseAnswer({ keys, outcome }: Exchange, shape: AnswerShape): Parsed {
  const { fields } = shape;
  const rows = keys.length === 1 ? `row ${keys[0]}` : `rows ${keys[0]} to ${keys.at(-1)}`;
  if (outcome.kind === 'error') return { problem: `${rows} got an error: ${outcome.message}` };
  const { contentType, body } = outcome;
  if (!/^application\/json\b/i.test(contentType)) {
    return { problem: `answer to ${rows} has content type "${contentType}"; application/json is required` };
  }
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return { problem: `answer to ${rows} is not JSON: ${excerpt(body)}` };
  }
  const predictions = isRecord(answer) ? answer[fields.predictions] : undefined;
  if (!Array.isArray(predictions)) {
    return { problem: `answer to ${rows} has no list "${fields.predictions}": found ${excerpt(body)}` };
  }
  if (predictions.length !== keys.length) {
    return {
      problem: `answer to ${rows} has ${predictions.length} predictions; ${keys.length} ${keys.length === 1 ? 'is' : 'are'} required`,
    };
  }
  return readRows(keys, predictions, shape);
}

function readRows(keys: readonly string[], predictions: readonly unknown[], shape: AnswerShape): Parsed {
  const rows: Scored[] = [];
  for (const [i, key] of keys.entries()) {
    const read = readPrediction(predictions[i], { ...shape, at: `${shape.fields.predictions}[${i}].` });
    if ('problem' in read) return { problem: `answer to row ${key} ${read.problem}` };
    rows.push({ key, scores: read.scores });
  }
  return { rows };
}

const excerpt = (text: string): string => (text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT - 1)}…`);
