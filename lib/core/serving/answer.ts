export interface AnswerFields {
  readonly instances: string;
  readonly predictions: string;
  readonly score: string;
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
export type Parsed =
  | { readonly scores: readonly { readonly key: string; readonly score: number }[] }
  | { readonly problem: string };

const EXCERPT = 120;

/** Reads an answer by the contract: JSON, one prediction for each row, in order, each with a finite number as score. */
export function parseAnswer({ keys, outcome }: Exchange, fields: AnswerFields): Parsed {
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
  return readScores(keys, predictions, fields);
}

function readScores(keys: readonly string[], predictions: readonly unknown[], fields: AnswerFields): Parsed {
  const scores: { key: string; score: number }[] = [];
  for (const [i, key] of keys.entries()) {
    const prediction = predictions[i];
    const name = `"${fields.predictions}[${i}].${fields.score}"`;
    const score = isRecord(prediction) ? prediction[fields.score] : undefined;
    if (score === undefined) {
      return { problem: `answer to row ${key} has no ${name}: found ${excerpt(JSON.stringify(prediction))}` };
    }
    if (typeof score !== 'number' || !Number.isFinite(score)) {
      return { problem: `answer to row ${key} has ${JSON.stringify(score)} as ${name}; a finite number is required` };
    }
    scores.push({ key, score });
  }
  return { scores };
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const excerpt = (text: string): string => (text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT - 1)}…`);
