/**
 * Sorts names so that each comes after its dependencies, otherwise in the given order.
 * Dependencies on names outside the list are ignored.
 * @throws Error naming one cycle: `a → b → a`.
 */
export function inDependencyOrder(
  names: readonly string[],
  dependencies: (name: string) => Iterable<string>,
  describe: (cycle: string) => string,
): readonly string[] {
  const known = new Set(names);
  const sorted = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (sorted.has(name) || !known.has(name)) return;
    const start = path.indexOf(name);
    if (start >= 0) throw new Error(describe([...path.slice(start), name].join(' → ')));
    for (const dependency of dependencies(name)) visit(dependency, [...path, name]);
    sorted.add(name);
  };
  for (const name of names) visit(name, []);
  return [...sorted];
}
