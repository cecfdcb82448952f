import type { Gates } from '../../config/gates';
import type { Answer, Decisions, ProbeRow } from '../../core/behaviour';
import { isRecord, readPrediction } from '../../core/serving/prediction';
import { keyOf } from '../../core/serving/sample';
import { TableError } from '../rows';

/** Where batch transform puts the model's answer when it joins it to the input. */
const JOINED = 'SageMakerOutput';

export type AnswerFormat = Pick<Gates, 'dataset' | 'serving'>;

/**
 * Answers to rows that were sent in this order: one JSON value a line, either the prediction alone or the row joined with it
 * as `SageMakerOutput`; a joined row must be the one that was sent.
 *
 * @param name for errors
 * @throws TableError when there are more or fewer lines than rows, or a line answers another row
 */
export function answersInOrder(
  name: string,
  text: string,
  rows: readonly ProbeRow[],
  format: AnswerFormat,
  { classes }: Pick<Decisions, 'classes'>,
): readonly Answer[] {
  const lines = linesOf(text);
  if (lines.length !== rows.length) {
    throw new TableError(`${name}: has ${lines.length} answers; ${rows.length} rows were sent`);
  }
  return lines.map((line, i) => {
    const where = `${name}:${i + 1}`;
    const value = parseLine(where, line);
    if (!isRecord(value) || !(JOINED in value)) return toAnswer(value, format, classes);
    const { [JOINED]: prediction, ...echoed } = value;
    const differing = differs(rows[i] ?? {}, echoed);
    if (differing !== undefined) throw new TableError(`${where}: answers another row than was sent: ${differing}`);
    return toAnswer(prediction, format, classes);
  });
}

/** Answers by key: lines of the holdout joined with its predictions. @throws TableError at a line that is neither */
export function answersByKey(
  name: string,
  text: string,
  format: AnswerFormat,
  { classes }: Pick<Decisions, 'classes'>,
): ReadonlyMap<string, Answer> {
  const { key } = format.dataset;
  return new Map(
    linesOf(text).map((line, i) => {
      const row = parseLine(`${name}:${i + 1}`, line);
      if (!isRecord(row) || !(key in row) || !(JOINED in row)) {
        throw new TableError(
          `${name}:${i + 1}: each line is an object with the key "${key}" and the answer "${JOINED}", found ${line.slice(0, 80)}`,
        );
      }
      return [keyOf(row[key], key, i), toAnswer(row[JOINED], format, classes)] as const;
    }),
  );
}

/** One prediction as an answer; `{"error": "..."}` stands for a row that was refused. */
function toAnswer(
  prediction: unknown,
  { dataset, serving }: AnswerFormat,
  classes: readonly string[],
): NonNullable<Answer> {
  const { task } = dataset;
  if (isRecord(prediction) && typeof prediction.error === 'string' && Object.keys(prediction).length === 1) {
    return { problem: `refused: ${prediction.error}` };
  }
  const read = readPrediction(prediction, {
    task,
    fields: serving.fields,
    bare: true,
    ...(task === 'multiclass' ? { classes } : {}),
  });
  return 'problem' in read ? { problem: `the answer ${read.problem}` } : read;
}

/** Lines of a text; a final line break does not make an empty one. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function parseLine(where: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new TableError(`${where}: is no JSON: ${line.slice(0, 80)}`, { cause: error });
  }
}

/** The first column in which two rows differ, with both values. */
function differs(sent: ProbeRow, echoed: Readonly<Record<string, unknown>>): string | undefined {
  const columns = [...new Set([...Object.keys(sent), ...Object.keys(echoed)])];
  const column = columns.find((each) => (sent[each] ?? null) !== (echoed[each] ?? null));
  if (column === undefined) return undefined;
  return `${column} is ${JSON.stringify(echoed[column] ?? null)}, sent was ${JSON.stringify(sent[column] ?? null)}`;
}
