import type { Clock } from './ports';

/** Node cannot set a timer beyond 2^31 - 1 ms; longer waits are cut into pieces. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Real time; waits are multiplied by `scale` so that a bake of minutes takes seconds on one machine. */
export class SystemClock implements Clock {
  /** @param scale greater than 0; 1 is real time, 0.01 makes a minute 0.6 seconds. */
  constructor(readonly scale: number = 1) {
    if (!Number.isFinite(scale) || scale <= 0) {
      throw new Error(
        `Time scale must be a number above 0 (1 is real time, 0.01 is a hundred times faster); found ${scale}.`,
      );
    }
  }

  now(): Date {
    return new Date();
  }

  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    if (!Number.isFinite(seconds) || seconds < 0) throw new Error(`Cannot wait ${seconds} seconds.`);
    const end = Date.now() + seconds * 1000 * this.scale;
    do {
      await pause(Math.min(Math.max(0, end - Date.now()), LONGEST_TIMER_MS), signal);
    } while (Date.now() < end);
  }
}

/** Waits unscaled milliseconds; rejects with the signal's reason when aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
