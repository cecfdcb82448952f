/** Runs works in order, some at the same time. The first error ends it, after the works that run have ended. */
export async function parallel(limit: number, works: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = works.values();
  let failed: { readonly error: unknown } | undefined;
  const run = async (): Promise<void> => {
    for (const work of queue) {
      if (failed !== undefined) return;
      await work().catch((error: unknown) => {
        failed ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, works.length) }, run));
  if (failed !== undefined) throw failed.error;
}
