import { knownSizes } from '../kernels/memo';
import type { Group } from './columns';
import type { SliceConfig } from './config';

/** One slice: a value of a column, or the rows for which a condition holds. */
export interface Slice {
  readonly value: string;
  readonly code: number;
  readonly n: number;
}

/** Slices of a group with their sizes, in the order of their names; values without rows are none. */
export function slicesOf({ where, name }: Pick<SliceConfig, 'where' | 'name'>, group: Group): readonly Slice[] {
  const sizes = sizesOf(group);
  const all = group.names.map((value, code): Slice => ({ value, code, n: sizes[code] ?? 0 }));
  // A condition has the groups "false" and "true"; the slice is named by the configuration.
  if (where !== undefined) return all.slice(1, 2).map((slice) => ({ ...slice, value: name ?? where }));
  return all.filter(({ n }) => n > 0).sort((a, b) => (a.value < b.value ? -1 : 1));
}

function sizesOf({ codes, names }: Group): Uint32Array {
  const known = knownSizes(codes);
  if (known !== undefined)
    return Uint32Array.from(known.positives, (count, code) => count + (known.negatives[code] ?? 0));
  const sizes = new Uint32Array(names.length);
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row] as number;
    sizes[code] = (sizes[code] as number) + 1;
  }
  return sizes;
}

/** Row numbers by group, ascending; sorted once, when first asked for. */
export function rowsByCode(group: Group): (code: number) => Uint32Array {
  let sorted: { readonly rows: Uint32Array; readonly starts: Uint32Array } | undefined;
  return (code) => {
    sorted ??= countingSort(group);
    return sorted.rows.subarray(sorted.starts[code], sorted.starts[code + 1]);
  };
}

function countingSort(group: Group) {
  const { codes, names } = group;
  const starts = new Uint32Array(names.length + 1);
  for (const [code, size] of sizesOf(group).entries()) starts[code + 1] = (starts[code] as number) + size;
  const next = starts.slice();
  const rows = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row] as number;
    rows[next[code] as number] = row;
    next[code] = (next[code] as number) + 1;
  }
  return { rows, starts };
}
