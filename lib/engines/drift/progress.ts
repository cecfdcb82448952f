import type { OnProgress } from '../duckdb/session';

/** How far a scan of many statements is, of which several run at a time. It never goes back. */
export class Progress {
  private done = 0;
  private told = 0;

  /** @param steps before the columns are known: samples that are opened */
  constructor(
    private readonly onProgress: OnProgress | undefined,
    private steps: number,
  ) {}

  /** Told of the statement that runs: part of a step. */
  readonly ofStatement: OnProgress = (share) => this.tell(this.done + share);

  /** More steps that turned up. */
  expect(steps: number): void {
    this.steps += steps;
  }

  async step<T>(work: () => Promise<T>): Promise<T> {
    const result = await work();
    this.done += 1;
    this.tell(this.done);
    return result;
  }

  private tell(steps: number): void {
    this.told = Math.max(this.told, Math.min(1, steps / this.steps));
    this.onProgress?.(this.told);
  }
}
