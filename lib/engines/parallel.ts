/**
 * Runs works in order, some at the same time. The first error ends it, after the works that run have ended.
 *
 * @returns what each work returned, in their order
 */
export async function parallel<T>(limit: number, works: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results = new Array<T>(works.length);
  const queue = works.entries();
  let failed: { readonly error: unknown } | undefined;
  const run = async (): Promise<void> => {
    for (const [index, work] of queue) {
      if (failed !== undefined) return;
      try {
        results[index] = await work();
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, works.length) }, run));
  if (failed !== undefined) throw failed.error;
  return results;
}
