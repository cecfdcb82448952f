import type { Calendar, StateStore } from './ports';

/** How far the calendar is ahead of the machine's clock, and the last instant it showed; both in milliseconds. */
interface SavedCalendar {
  readonly offset: number;
  readonly shown: number;
}

const DOCUMENT = 'calendar';

/**
 * The date as the deployed app sees it. It runs at the machine's speed, ahead of it by as much as it was ever advanced,
 * and never backwards, whether engines end in between or the machine's clock is set back.
 */
export class EngineCalendar implements Calendar {
  #offset: number;
  #shown: number;
  #standing = false;

  /** @param real the machine's clock, milliseconds since 1970 */
  constructor(
    private readonly state: StateStore,
    private readonly real: () => number = Date.now,
  ) {
    const saved = state.read<SavedCalendar>(DOCUMENT);
    this.#shown = saved?.shown ?? 0;
    this.#offset = Math.max(saved?.offset ?? 0, this.#shown - real());
  }

  now(): Date {
    if (!this.#standing) this.#shown = Math.max(this.#shown, this.real() + this.#offset);
    return new Date(this.#shown);
  }

  /** Moves on to an instant, unless it is past, and stands still there. */
  standAt(instant: Date): void {
    this.now();
    this.#shown = Math.max(this.#shown, instant.getTime());
    this.#standing = true;
    this.save();
  }

  /** Goes on from where it stands; where the machine's clock took longer than the advance, from there. */
  resume(): void {
    this.#standing = false;
    this.#offset = Math.max(this.#offset, this.#shown - this.real());
    this.save();
  }

  /** Keeps the date for the next engine. */
  save(): void {
    const { offset, shown } = { offset: Math.max(this.#offset, this.#shown - this.real()), shown: this.#shown };
    this.state.write(DOCUMENT, { offset, shown } satisfies SavedCalendar);
  }
}
