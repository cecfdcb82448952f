/** A value of a document, addressed by the names on its way. */
export type Leaf = string | number | boolean | null;

/** One value that two documents do not share. */
export interface ValueChange {
  /** e.g. `model.metrics.roc_auc.min`, `model.slices[contract_type].minRows`. */
  readonly path: string;
  /** Absent: only the second document has it. */
  readonly before?: Leaf | readonly Leaf[];
  readonly after?: Leaf | readonly Leaf[];
}

type Values = ReadonlyMap<string, Leaf | readonly Leaf[]>;

/** What differs between two documents, by meaning: order of keys and of named entries does not count. */
export function changedValues(before: unknown, after: unknown): readonly ValueChange[] {
  const [a, b] = [flatten(before), flatten(after)];
  const paths = [...new Set([...a.keys(), ...b.keys()])];
  return paths.flatMap((path) => {
    const [old, now] = [a.get(path), b.get(path)];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    return [{ path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
  });
}

/** Every value by its path. Lists of plain values are one value; empty objects and lists of objects are none. */
export function flatten(document: unknown): Values {
  const values = new Map<string, Leaf | readonly Leaf[]>();
  const visit = (path: string, value: unknown): void => {
    if (value === undefined) return;
    if (isLeaf(value)) {
      values.set(path, value);
      return;
    }
    if (Array.isArray(value)) {
      if (value.length === 0) return;
      if (value.every(isLeaf)) values.set(path, value);
      else for (const [name, entry] of named(value)) visit(`${path}[${name}]`, entry);
      return;
    }
    for (const [key, entry] of Object.entries(value as object)) visit(path === '' ? key : `${path}.${key}`, entry);
  };
  visit('', document);
  return values;
}

const isLeaf = (value: unknown): value is Leaf =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Entries by what tells them apart, so that an inserted one does not change all that follow. */
function named(entries: readonly unknown[]): readonly (readonly [string, unknown])[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const name = nameOf(entry);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return [times === 1 ? name : `${name} #${times}`, entry] as const;
  });
}

/** Members of gates.yaml's lists that say which entry it is, e.g. the column of a slice, the type of an expectation. */
const IDENTIFYING = ['name', 'type', 'column', 'metric', 'key', 'on'] as const;

function nameOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return JSON.stringify(entry);
  const members = entry as Readonly<Record<string, unknown>>;
  const own = IDENTIFYING.map((key) => members[key]).find((value) => typeof value === 'string');
  const of = (members.kwargs as Readonly<Record<string, unknown>> | undefined)?.column ?? members.metric;
  const [only] = Object.keys(members);
  const name = typeof own === 'string' ? own : (only ?? 'entry');
  return typeof of === 'string' && of !== name ? `${name} ${of}` : name;
}
