import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../lib/local/engine/ports';

const START = new Date('2026-01-01T00:00:00.000Z');

/**
 * Time that passes only in waits, and then at once: an hour of baking takes no time, and every run has the same times.
 * `Date` follows it everywhere in the process; timers stay real.
 */
export class VirtualClock implements Clock {
  readonly scale = 1;
  /** What happens in the world during a wait of so many seconds. */
  during: (seconds: number) => Promise<void> = async () => undefined;

  start(): void {
    jest.useFakeTimers({ now: START, doNotFake: [...REAL] });
  }

  /** Gives the process its own time back. */
  stop(): void {
    jest.useRealTimers();
  }

  now(): Date {
    return new Date();
  }

  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.during(seconds);
    jest.setSystemTime(Date.now() + seconds * 1000);
    await setImmediate();
    signal?.throwIfAborted();
  }
}

const REAL = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
