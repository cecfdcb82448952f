import type { EngineContext } from '../engine/ports';
import { compileExpression } from './expression';
import type { Timetable } from './timetable';

export interface ScheduleTimes {
  /** `rate(…)`, `cron(…)` or `at(…)` */
  readonly expression: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly start?: Date;
  readonly end?: Date;
  /** Whether a rate without a start is due as soon as the schedule exists, or one interval later. */
  readonly firstAtOnce: boolean;
}

/** What outlives the engine of each schedule: a rate counts from its creation. Times in ISO 8601. */
interface SavedSchedule {
  readonly expression: string;
  readonly start?: string;
  readonly created: string;
  /** When it was last due. */
  readonly last?: string;
}

const DOCUMENT = 'schedules';

/** The schedules of the app, by ARN. What fell due while no engine ran is not made up for, but told in the log. */
export class Schedules {
  constructor(
    private readonly timetable: Timetable,
    private readonly context: Pick<EngineContext, 'state' | 'calendar' | 'log'>,
  ) {}

  /** @throws Error saying what is wrong with the expression */
  put(arn: string, times: ScheduleTimes, keep: (at: Date) => Promise<void>): void {
    const now = this.context.calendar.now();
    const saved = this.#saved(arn, times) ?? this.#create(arn, times, now);
    const created = new Date(saved.created);
    const next = compileExpression({ ...times, anchor: times.start ?? created });
    const before = times.firstAtOnce ? new Date(created.getTime() - 1) : created;
    const last = saved.last === undefined ? before : new Date(saved.last);
    const isNew = saved.created === now.toISOString();
    const missed = isNew ? undefined : next(last);
    if (missed !== undefined && missed <= now) this.#tellMissed(arn, missed, next(now));
    const appointment = {
      next,
      keep: (at: Date) => {
        this.#write(arn, { ...saved, last: at.toISOString() });
        return keep(at);
      },
    };
    this.timetable.put(arn, appointment, isNew ? last : now);
  }

  /** @throws Error saying what is wrong with the expression of a schedule that is off */
  check(times: ScheduleTimes): void {
    compileExpression({ ...times, anchor: this.context.calendar.now() });
  }

  /** The schedule's start counts as much as its expression: with another one it is a new schedule. */
  #saved(arn: string, { expression, start }: ScheduleTimes): SavedSchedule | undefined {
    const saved = this.#all()[arn];
    return saved?.expression === expression && saved.start === start?.toISOString() ? saved : undefined;
  }

  #create(arn: string, { expression, start }: ScheduleTimes, now: Date): SavedSchedule {
    const created = {
      expression,
      created: now.toISOString(),
      ...(start !== undefined && { start: start.toISOString() }),
    };
    this.#write(arn, created);
    return created;
  }

  #tellMissed(arn: string, missed: Date, next: Date | undefined): void {
    const again = next === undefined ? 'it will not be again' : `the next time is ${next.toISOString()}`;
    this.context.log(`${arn} was due at ${missed.toISOString()} while no engine ran; ${again}`);
  }

  #all(): Readonly<Record<string, SavedSchedule>> {
    return this.context.state.read<Readonly<Record<string, SavedSchedule>>>(DOCUMENT) ?? {};
  }

  #write(arn: string, schedule: SavedSchedule): void {
    this.context.state.write(DOCUMENT, { ...this.#all(), [arn]: schedule });
  }
}
