import type { ColumnType, Value } from '../data/table';
import { createRandom, drawNormal, type Random } from '../statistics/random';
import type { BehaviourTest, Perturbation, ProbeRow } from './config';

export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** Most variants of one row: lists that are swapped multiply. */
const MAX_VARIANTS = 64;

/**
 * The perturbed forms of a row, without those that are equal to it: a change that changes nothing proves nothing.
 * The same test, seed and key always draw the same.
 */
export function variantsOf(
  row: ProbeRow,
  key: string,
  test: Pick<BehaviourTest, 'name' | 'perturb' | 'draws'>,
  seed: number,
  types: ColumnTypes,
): readonly ProbeRow[] {
  if (test.perturb.length === 0) return [];
  const random = createRandom(hashText(`${seed}\n${test.name}\n${key}`));
  const variants = new Map<string, ProbeRow>();
  const original = JSON.stringify(row);
  for (let draw = 0; draw < test.draws; draw += 1) {
    for (const variant of perturbed(row, test.perturb, random, types)) {
      const text = JSON.stringify(variant);
      if (text !== original && variants.size < MAX_VARIANTS) variants.set(text, variant);
    }
  }
  return [...variants.values()];
}

function perturbed(
  row: ProbeRow,
  steps: readonly Perturbation[],
  random: Random,
  types: ColumnTypes,
): readonly ProbeRow[] {
  return steps.reduce<readonly ProbeRow[]>(
    (rows, step) => rows.flatMap((current) => apply(current, step, random, types)),
    [row],
  );
}

function apply(row: ProbeRow, step: Perturbation, random: Random, types: ColumnTypes): readonly ProbeRow[] {
  const { set, scale, add, noise, swap, typo, missing } = step;
  if (set !== undefined) return [{ ...row, [set.column]: set.value }];
  if (missing !== undefined) return [{ ...row, [missing.column]: null }];
  if (swap !== undefined) return swapped(row, swap);
  if (typo !== undefined) return [change(row, typo.column, (value) => mistyped(value, typo.edits, random))];
  const numeric = scale ?? add ?? noise;
  if (numeric === undefined) return [row];
  const { column, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = numeric;
  const moved = (value: number): number => {
    if (scale !== undefined) return value * scale.by;
    if (add !== undefined) return value + add.by;
    return value + drawNormal(random) * (noise?.sd ?? (noise?.share ?? 0) * Math.abs(value));
  };
  const whole = types[column] === 'integer';
  return [
    change(row, column, (value) => {
      if (typeof value !== 'number') return value;
      const next = moved(value);
      // `+ 0` makes of −0, which JSON does not have, a 0.
      return Math.min(max, Math.max(min, whole ? Math.round(next) : next)) + 0;
    }),
  ];
}

function change(row: ProbeRow, column: string, next: (value: Value) => Value): ProbeRow {
  return { ...row, [column]: next(row[column] ?? null) };
}

function swapped(
  row: ProbeRow,
  { column, values, with: other }: NonNullable<Perturbation['swap']>,
): readonly ProbeRow[] {
  if (other !== undefined) return [{ ...row, [column]: row[other] ?? null, [other]: row[column] ?? null }];
  const held = row[column] ?? null;
  if (values?.includes(held) !== true) return [row];
  return values.filter((value) => value !== held).map((value) => ({ ...row, [column]: value }));
}

function mistyped(value: Value, edits: number, random: Random): Value {
  if (typeof value !== 'string') return value;
  const letters = [...value];
  for (let edit = 0; edit < edits; edit += 1) {
    const places = letters.slice(1).flatMap((letter, i) => (letter === letters[i] ? [] : [i]));
    const place = places[Math.floor(random() * places.length)];
    if (place === undefined) return value;
    const [left = '', right = ''] = letters.slice(place, place + 2);
    letters.splice(place, 2, right, left);
  }
  return letters.join('');
}

/** FNV-1a, 32 bits, of the UTF-16 code units (G. Fowler, L. C. Noll, K.-P. Vo; IETF draft-eastlake-fnv). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
