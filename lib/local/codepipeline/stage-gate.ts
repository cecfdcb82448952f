import type { ExecutionMode } from './definition';

/** A newer execution took this one's place in front of a stage. */
export class Superseded extends Error {
  constructor(readonly by: string) {
    super(`superseded by execution ${by}`);
    this.name = 'Superseded';
  }
}

interface Waiting {
  readonly executionId: string;
  readonly enter: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One execution at a time in a stage. QUEUED: the others wait in order. SUPERSEDED: of those that wait only the newest
 * stays. PARALLEL: no limit.
 */
export class StageGate {
  #held = false;
  #waiting: Waiting[] = [];

  constructor(private readonly mode: ExecutionMode) {}

  /** Resolves with a function that leaves the stage. Rejects with Superseded, or the signal's reason. */
  async enter(executionId: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.mode === 'PARALLEL') return () => undefined;
    if (this.#held) await this.#wait(executionId, signal);
    this.#held = true;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#next();
    };
  }

  async #wait(executionId: string, signal: AbortSignal): Promise<void> {
    if (this.mode === 'SUPERSEDED') {
      for (const older of this.#waiting.splice(0)) older.reject(new Superseded(executionId));
    }
    await new Promise<void>((enter, reject) => {
      const waiting = { executionId, enter, reject };
      this.#waiting.push(waiting);
      signal.addEventListener(
        'abort',
        () => {
          this.#waiting = this.#waiting.filter((other) => other !== waiting);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** The stage stays held while it passes from one execution to the next, so that nobody slips in between. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#held = false;
    else next.enter();
  }
}
