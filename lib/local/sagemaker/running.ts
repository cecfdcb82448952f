/** Why a job ends when nobody asked for it: found in the record instead of a job that stays InProgress. */
export const ENGINE_STOPPED = 'InternalServerError: the engine stopped before the work was done';

/** Reason of the abort signal when the engine closes, as opposed to a Stop request. */
export class EngineStopped extends Error {}

/** Jobs at work in this process, by name. */
export class Running {
  private readonly jobs = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();

  /** `work` must record every outcome itself and not reject. */
  start(name: string, work: (stop: AbortSignal) => Promise<void>): void {
    const stop = new AbortController();
    const done = work(stop.signal).finally(() => this.jobs.delete(name));
    this.jobs.set(name, { stop, done });
  }

  /** False if no such job is at work. */
  stop(name: string): boolean {
    const job = this.jobs.get(name);
    job?.stop.abort();
    return job !== undefined;
  }

  async close(): Promise<void> {
    const jobs = [...this.jobs.values()];
    for (const { stop } of jobs) stop.abort(new EngineStopped(ENGINE_STOPPED));
    await Promise.all(jobs.map(({ done }) => done));
  }
}
