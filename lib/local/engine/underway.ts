/** Work that was begun and has not ended; asked again and again, as work leads to more work. */
export type Underway = () => readonly Promise<unknown>[];

/** Resolves when nothing is under way any more, however it ended. */
export async function whenDone(...sources: readonly Underway[]): Promise<void> {
  for (;;) {
    const work = sources.flatMap((source) => source());
    if (work.length === 0) return;
    await Promise.allSettled(work);
    // What ended takes itself off its list, and what it began puts itself on one, in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
