import type { Baseline } from '../drift/baseline';
import type { ColumnCounts } from '../drift/column';
import { type CapturedRequest, isOwn, isUnreadable, readCapture } from './capture';
import { type DecodeBase64, readInstances, readPredictions, type TrafficShape } from './payload';
import { isPrediction, predictionColumns } from './predictions';
import { BaselineTally } from './tally';

/** Where in the captures something is. */
export interface CapturePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One kind of trouble with captures: how often, and where first. */
export interface CaptureTrouble extends CapturePlace {
  readonly reason: string;
  readonly count: number;
}

/** Different reasons that are told apart: some name how many rows or fields there were. The rest counts together. */
const MOST_REASONS = 30;
const OTHER_REASONS = 'something else that could not be used';

/** What a window held. */
export interface TrafficCounts {
  /** Requests that count, and their rows. */
  readonly requests: number;
  readonly rows: number;
  /** Rows whose answer could be read. */
  readonly answered: number;
  /** Requests that Assay made itself; and those outside the window. */
  readonly own: number;
  readonly outside: number;
  readonly troubles: readonly CaptureTrouble[];
  /** Values of numeric columns that were no numbers, by column; they count as missing. */
  readonly strange: Readonly<Record<string, number>>;
}

export interface TrafficOptions {
  readonly baseline: Baseline;
  /** Columns to count. @default - all of the baseline */
  readonly columns?: readonly string[] | undefined;
  readonly shape: TrafficShape;
  /** Milliseconds since 1970, half open. */
  readonly from: number;
  readonly to: number;
  readonly decode: DecodeBase64;
}

/** Counts captured lines of one release into the bins of its baseline. Lines come in any order, and none is kept. */
export class Traffic {
  private readonly tally: BaselineTally;
  private readonly troubles = new Map<string, CaptureTrouble>();
  private readonly features: readonly string[];
  private readonly counts = { requests: 0, rows: 0, answered: 0, own: 0, outside: 0 };

  constructor(private readonly options: TrafficOptions) {
    this.tally = new BaselineTally(options.baseline, options.columns);
    this.features = this.tally.names.filter((name) => !isPrediction(name));
  }

  add(line: string, place: CapturePlace): void {
    const read = readCapture(line);
    if (isUnreadable(read)) {
      this.trouble(`a line ${read.problem}`, place);
      return;
    }
    if (isOwn(read)) {
      this.counts.own += 1;
      return;
    }
    if (read.time < this.options.from || read.time >= this.options.to) {
      this.counts.outside += 1;
      return;
    }
    this.request(read, place);
  }

  /** Something that kept lines from being read at all. */
  trouble(found: string, place: CapturePlace): void {
    const reason = this.troubles.has(found) || this.troubles.size < MOST_REASONS ? found : OTHER_REASONS;
    const before = this.troubles.get(reason);
    this.troubles.set(
      reason,
      before === undefined ? { reason, ...place, count: 1 } : { ...before, count: before.count + 1 },
    );
  }

  /** Both samples by column. */
  columns(): readonly ColumnCounts[] {
    return this.tally.columns();
  }

  found(): TrafficCounts {
    // By name: files are read in an order that says nothing.
    const troubles = [...this.troubles.values()].sort((a, b) => (a.reason < b.reason ? -1 : 1));
    return { ...this.counts, troubles, strange: this.tally.strange };
  }

  private request({ input, output }: CapturedRequest, place: CapturePlace): void {
    const { shape, decode } = this.options;
    if (input === undefined) {
      this.trouble('a request has no input', place);
      return;
    }
    const asked = readInstances(input, shape, decode);
    if ('problem' in asked) {
      this.trouble(`a request ${asked.problem}`, place);
      return;
    }
    this.counts.requests += 1;
    this.counts.rows += asked.rows.length;
    for (const row of asked.rows) for (const name of this.features) this.tally.add(name, row[name]);
    if (output === undefined) {
      this.trouble('a request has no answer', place);
      return;
    }
    const answered = readPredictions(output, asked.rows.length, shape, decode);
    if ('problem' in answered) {
      this.trouble(`an answer ${answered.problem}`, place);
      return;
    }
    this.counts.answered += answered.scores.length;
    for (const scores of answered.scores) {
      for (const [name, value] of Object.entries(predictionColumns(scores, shape))) this.tally.add(name, value);
    }
  }
}
