import { isRecord } from '../serving/prediction';

/** One prediction that production gave and what it turned out to be. Times are ISO 8601, UTC. */
export interface JoinedRow {
  readonly inferenceId: string;
  /** Of the request, from 0. */
  readonly row: number;
  /** When the endpoint answered. */
  readonly predictedAt: string;
  /** The check that took the label. */
  readonly labelledAt: string;
  readonly label: string;
  /** Score, or the probability of each class. */
  readonly scores: readonly number[];
  /** Values of the columns that slices and clusters look at, as text; null where the request had none. */
  readonly columns: Readonly<Record<string, string | null>>;
}

/** Names a prediction among those of all releases. */
export const rowKey = ({ inferenceId, row }: Pick<JoinedRow, 'inferenceId' | 'row'>): string => `${row}:${inferenceId}`;

export const writeJoinedRow = (row: JoinedRow): string => `${JSON.stringify(row)}\n`;

/** @throws Error for a line that `writeJoinedRow` did not write */
export function readJoinedRow(line: string): JoinedRow {
  const value: unknown = JSON.parse(line);
  if (isRecord(value) && typeof value.inferenceId === 'string' && Array.isArray(value.scores)) {
    return value as unknown as JoinedRow;
  }
  throw new Error(`is no joined prediction: ${line.slice(0, 100)}`);
}

export interface Retention {
  /** Milliseconds since 1970. */
  readonly labelledSince: number;
  readonly predictedSince: number;
}

/** Whether a row is judged still, or counts among the predictions that have a label. */
export const isKept = ({ labelledAt, predictedAt }: JoinedRow, { labelledSince, predictedSince }: Retention): boolean =>
  Date.parse(labelledAt) >= labelledSince || Date.parse(predictedAt) >= predictedSince;
