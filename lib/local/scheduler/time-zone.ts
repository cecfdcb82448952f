/** Milliseconds; longer than any change between summer and winter time. */
const AROUND_CHANGE = 3 * 3_600_000;
const DAY = 24 * 3_600_000;

/**
 * Wall-clock times of one IANA time zone. They are held as dates whose UTC members are those of the zone, so that a
 * calendar without summer time can be computed with.
 */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError if the zone is not known */
  constructor(readonly name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What clocks in the zone show at an instant, to the second. */
  wall(instant: Date): Date {
    const parts = this.#format.formatToParts(instant);
    const part = (name: Intl.DateTimeFormatPartTypes): number =>
      Number(parts.find(({ type }) => type === name)?.value ?? Number.NaN);
    const [year, month, day] = [part('year'), part('month') - 1, part('day')];
    return new Date(Date.UTC(year, month, day, part('hour'), part('minute'), part('second')));
  }

  /** The first instant at which clocks show a time; undefined if they skip it when summer time begins. */
  instant(wall: Date): Date | undefined {
    const offsets = [-DAY, DAY].map((shift) => this.#offset(new Date(wall.getTime() + shift)));
    return offsets
      .map((offset) => new Date(wall.getTime() - offset))
      .filter((candidate) => this.wall(candidate).getTime() === wall.getTime())
      .sort((a, b) => a.getTime() - b.getTime())[0];
  }

  /** A wall-clock time such that every later instant shows a later one: earlier than `instant`'s where clocks are set back. */
  wallBefore(instant: Date): Date {
    const changes = this.#offset(new Date(instant.getTime() - AROUND_CHANGE)) !== this.#offset(instant);
    return new Date(this.wall(instant).getTime() - (changes ? AROUND_CHANGE : 0));
  }

  #offset(instant: Date): number {
    const whole = Math.floor(instant.getTime() / 1000) * 1000;
    return this.wall(instant).getTime() - whole;
  }
}
