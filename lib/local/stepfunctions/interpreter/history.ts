import { StateError } from '../language/errors';
import type { JsonObject } from '../language/json';

/** An event of GetExecutionHistory: type, id, previousEventId, timestamp in seconds since 1970, and its details. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: number;
  readonly type: string;
  readonly [details: `${string}EventDetails`]: JsonObject;
}

/** The event that the next one of a flow follows; branches and iterations have one of their own. */
export class Trace {
  constructor(public previous = 0) {}

  fork(): Trace {
    return new Trace(this.previous);
  }
}

/** Step Functions ends an execution that has written this many events. */
export const EVENT_LIMIT = 25_000;

/** Numbers the events of one execution and hands each to `append` as it happens. */
export class History {
  private last = 0;

  constructor(
    private readonly now: () => Date,
    private readonly append: (event: HistoryEvent) => void,
  ) {}

  /** Fails an execution that goes round in circles. */
  checkLimit(): void {
    if (this.last < EVENT_LIMIT) return;
    throw new StateError('States.Runtime', `the execution reached the maximum of ${EVENT_LIMIT} history events`);
  }

  record(trace: Trace, type: string, details: Readonly<Record<`${string}EventDetails`, JsonObject>> = {}): void {
    this.last += 1;
    this.append({
      id: this.last,
      previousEventId: trace.previous,
      timestamp: this.now().getTime() / 1000,
      type,
      ...details,
    });
    trace.previous = this.last;
  }
}
