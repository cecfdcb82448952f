import { hasRepeatedKey, KeyCheck, type KeySpan, keyCheckBytes } from '../../core/kernels/keys';
import type { Block } from './stream';

/** Bytes by which a table may be ahead of another before it waits. */
const MOST_AHEAD = 2 ** 20;

/**
 * Whether tables have the same keys, whole numbers of 64 bits, in the same order, and no key twice: told while they are read side
 * by side, so that keys need not be kept.
 */
export class RowKeys {
  private readonly followers: readonly Follower[];
  private readonly check: KeyCheck | undefined;
  /** Those of the first table, where it is not known how many there will be. */
  private readonly kept: Uint8Array[] = [];
  private sound = true;

  /**
   * @param others tables beside the first one
   * @param span what is known of the keys
   */
  constructor(others: number, span?: KeySpan) {
    this.followers = Array.from({ length: others }, () => new Follower());
    if (span !== undefined && keyCheckBytes(span) < Number.POSITIVE_INFINITY) this.check = new KeyCheck(span);
  }

  /**
   * Takes the next keys of a table, 0 being the first.
   *
   * @returns what to wait for before more are taken
   */
  look(table: number, { bytes, hasNull }: Block): Promise<unknown> | undefined {
    if (hasNull) this.giveUp();
    if (!this.sound) return undefined;
    if (table > 0) return this.compare(this.followers[table - 1], bytes, 'follower');
    if (this.check === undefined) this.kept.push(new Uint8Array(bytes));
    // What the check cannot prove is looked at otherwise.
    else if (!this.check.add(bytes)) this.giveUp();
    const waiting = this.followers.flatMap((follower) => this.compare(follower, bytes, 'first') ?? []);
    return waiting.length === 0 ? undefined : Promise.all(waiting);
  }

  private compare(follower: Follower | undefined, bytes: Uint8Array, side: Side): Promise<void> | undefined {
    if (follower === undefined || !this.sound) return undefined;
    if (!follower.take(bytes, side)) {
      this.giveUp();
      return undefined;
    }
    return follower.isFarAhead(side) ? follower.caughtUp() : undefined;
  }

  /** A table has no more keys: nobody may wait for it. */
  end(table: number): void {
    for (const follower of table === 0 ? this.followers : this.followers.slice(table - 1, table)) follower.release();
  }

  private giveUp(): void {
    this.sound = false;
    for (const follower of this.followers) follower.release();
  }

  /** Once all have ended. False if it cannot be told. */
  areAlike(): boolean {
    return this.sound && this.followers.every(({ ahead }) => ahead === 0) && this.allDiffer();
  }

  private allDiffer(): boolean {
    if (this.check !== undefined) return this.check.allDiffer();
    return !hasRepeatedKey(new BigInt64Array(new Uint8Array(Buffer.concat(this.kept)).buffer));
  }
}

type Side = 'first' | 'follower';

/** Keys that one of two tables has had, and the other not yet. */
class Follower {
  private readonly waiting: Uint8Array[] = [];
  private owner: Side = 'first';
  private wake: (() => void) | undefined;
  private released = false;
  /** Bytes that wait. */
  ahead = 0;

  /** @returns false if keys differ */
  take(bytes: Uint8Array, side: Side): boolean {
    let rest = bytes;
    while (rest.length > 0 && this.ahead > 0 && this.owner !== side) {
      const [next = rest] = this.waiting;
      const length = Math.min(next.length, rest.length);
      if (Buffer.compare(next.subarray(0, length), rest.subarray(0, length)) !== 0) return false;
      rest = rest.subarray(length);
      this.ahead -= length;
      if (length === next.length) this.waiting.shift();
      else this.waiting[0] = next.subarray(length);
    }
    if (this.ahead <= MOST_AHEAD) this.wake?.();
    if (rest.length === 0) return true;
    this.owner = side;
    // The block's memory is used again.
    this.waiting.push(new Uint8Array(rest));
    this.ahead += rest.length;
    return true;
  }

  isFarAhead(side: Side): boolean {
    return !this.released && this.owner === side && this.ahead > MOST_AHEAD;
  }

  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  release(): void {
    this.released = true;
    this.wake?.();
  }
}
