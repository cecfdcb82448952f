import type { EngineCalendar } from '../engine/calendar';
import { pause } from '../engine/clock';

/** Something that happens at certain instants. */
export interface Appointment {
  /** The earliest instant after another one; undefined if there is none. */
  next(after: Date): Date | undefined;
  /** Resolves when it was carried out; a rejection is logged. */
  keep(at: Date): Promise<void>;
}

interface Entry {
  readonly id: string;
  readonly appointment: Appointment;
  due: Date | undefined;
}

export interface TimetableOptions {
  readonly calendar: EngineCalendar;
  readonly log: (line: string) => void;
}

/** Carries out appointments when the calendar reaches them: by itself while it runs, at once when it is advanced. */
export class Timetable {
  readonly #entries = new Map<string, Entry>();
  readonly #underway = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #timer: AbortController | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #started = false;

  constructor(private readonly options: TimetableOptions) {}

  /** Adds an appointment, or puts it in the place of another. @param after the first instant lies after this one */
  put(id: string, appointment: Appointment, after: Date): void {
    this.#entries.set(id, { id, appointment, due: appointment.next(after) });
    if (this.#started) this.#arm();
  }

  remove(id: string): void {
    this.#entries.delete(id);
  }

  /** When the appointment is next due; undefined if never. */
  due(id: string): Date | undefined {
    return this.#entries.get(id)?.due;
  }

  /** What is being carried out. */
  underway(): readonly Promise<unknown>[] {
    return [...this.#underway];
  }

  /** Keeps what is due, and from now on each appointment when it is. */
  start(): void {
    this.#started = true;
    this.#keepDue();
  }

  /**
   * Moves the calendar on, keeping what becomes due in order. It stands still at each instant until `settled` resolves.
   * A second call waits for the first.
   * @throws Error if the duration is negative or not finite
   */
  async advance(milliseconds: number, settled: () => Promise<void>): Promise<void> {
    if (!Number.isFinite(milliseconds) || milliseconds < 0)
      throw new Error(`Time can be advanced by 0 milliseconds or more; found ${milliseconds}.`);
    const advanced = this.#turn.then(() => this.#advance(milliseconds, settled));
    this.#turn = advanced.catch(() => undefined);
    await advanced;
  }

  /** Keeps no more appointments. What is being carried out ends with the services that do it. */
  close(): void {
    this.#started = false;
    this.#closing.abort(new Error('The engine is stopping.'));
    this.#timer?.abort();
    this.options.calendar.now();
    this.options.calendar.save();
  }

  async #advance(milliseconds: number, settled: () => Promise<void>): Promise<void> {
    const { calendar } = this.options;
    const running = this.#started;
    this.#started = false;
    this.#timer?.abort();
    const end = new Date(calendar.now().getTime() + milliseconds);
    try {
      calendar.standAt(calendar.now());
      for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
        this.#closing.signal.throwIfAborted();
        calendar.standAt(next.due);
        await this.#keep(next.entry, next.due);
        await settled();
      }
      calendar.standAt(end);
    } finally {
      calendar.resume();
      if (running && !this.#closing.signal.aborted) this.start();
    }
  }

  #earliest(end: Date): { readonly entry: Entry; readonly due: Date } | undefined {
    let found: { readonly entry: Entry; readonly due: Date } | undefined;
    for (const entry of this.#entries.values()) {
      const { due } = entry;
      if (due !== undefined && due <= end && (found === undefined || due < found.due)) found = { entry, due };
    }
    return found;
  }

  /** Waits for the next instant in the background, in calendar time, which runs as fast as the machine's. */
  #arm(): void {
    this.#timer?.abort();
    const due = [...this.#entries.values()].flatMap((entry) => entry.due?.getTime() ?? []);
    if (due.length === 0) return;
    const timer = new AbortController();
    this.#timer = timer;
    const wait = Math.max(0, Math.min(...due) - this.options.calendar.now().getTime());
    pause(Math.min(wait, LONGEST_WAIT_MS), timer.signal).then(
      () => this.#keepDue(),
      () => undefined,
    );
  }

  #keepDue(): void {
    const now = this.options.calendar.now();
    for (let next = this.#earliest(now); next !== undefined; next = this.#earliest(now))
      void this.#keep(next.entry, next.due);
    this.#arm();
  }

  #keep(entry: Entry, due: Date): Promise<void> {
    entry.due = entry.appointment.next(due);
    const kept: Promise<void> = entry.appointment
      .keep(due)
      .catch((error: unknown) => this.options.log(`${entry.id} at ${due.toISOString()}: ${String(error)}`))
      .finally(() => this.#underway.delete(kept));
    this.#underway.add(kept);
    return kept;
  }
}

/** The machine may sleep, and its clock may be set: the calendar is looked at again after an hour at the latest. */
const LONGEST_WAIT_MS = 3_600_000;
