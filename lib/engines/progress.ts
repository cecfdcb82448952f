import type { OnProgress } from './duckdb/session';

/** How far work of many statements is, of which several may run at a time. It never goes back. */
export class Progress {
  private done = 0;
  private told = 0;
  /** Of the step that began last. */
  private weight = 1;

  /** @param steps that are known to come, by their weight; whoever makes the first one expects some */
  constructor(
    private readonly onProgress?: OnProgress,
    private steps = 0,
  ) {}

  /** For a session: tells of the statement that runs, part of a step. Nobody where nobody watches. */
  get watcher(): { readonly onProgress?: OnProgress } {
    if (this.onProgress === undefined) return {};
    return { onProgress: (share) => this.tell(this.done + this.weight * share) };
  }

  /** More steps that turned up, by their weight. */
  expect(steps: number): void {
    this.steps += steps;
  }

  /** @param weight beside other steps: how long it takes */
  async step<T>(work: () => Promise<T>, weight = 1): Promise<T> {
    this.weight = weight;
    const result = await work();
    this.done += weight;
    this.tell(this.done);
    return result;
  }

  private tell(steps: number): void {
    if (this.steps === 0) return;
    this.told = Math.max(this.told, Math.min(1, steps / this.steps));
    this.onProgress?.(this.told);
  }
}
