import type { Pair } from '../../core/drift/column';
import { countBins, quantileEdges } from '../../core/drift/edges';
import type { KsPoint } from '../../core/drift/kolmogorov-smirnov';
import { EMPTY_VALUES, type Ladder, ladderOfValues } from '../../core/drift/ladder';
import { type OrderedEvidence, orderedEvidence } from '../../core/drift/ordered';
import { CellScan } from './cell-scan';
import type { Sides } from './cells';
import type { ColumnSide } from './side';
import { countValues, glimpse, MOST_VALUES } from './values';

export interface NumericCounts {
  readonly edges: readonly number[];
  readonly bins: Pair<Float64Array>;
  readonly ordered?: OrderedEvidence;
}

/** Quantiles to take of the reference, or edges that are pinned already. */
export type Edges = { readonly quantiles: number } | { readonly pinned: readonly number[] };

/** Samples up to this size are counted value by value without a look at their first rows. */
const SMALL = 200_000;

/**
 * Counts one column of numbers. `reference` is absent where the edges are those of a baseline.
 *
 * Few distinct values are counted one by one; of many, both samples are counted in equal cells, and only the cells that
 * hold an edge or may hold a greater difference than is known elsewhere are read value by value: edges, bins and D are
 * exact, whatever the cells are.
 */
export async function scanNumeric(
  reference: ColumnSide | undefined,
  current: ColumnSide,
  edges: Edges,
): Promise<NumericCounts> {
  const sides = [reference, current];
  const present = sides.filter((side) => side !== undefined).filter(({ profile }) => profile.rows > profile.missing);
  const seen = present.some(({ profile }) => profile.rows > SMALL) ? await glimpse(present) : undefined;
  const values = seen?.fewValues === false ? undefined : await fewValues(sides);
  const { ladder, solved } =
    values === undefined
      ? await new CellScan(sides, edges, seen ?? (await glimpse(present))).run()
      : { ladder: values, solved: new Map<number, KsPoint>() };
  const found = 'pinned' in edges ? edges.pinned : quantileEdges(ladder, edges.quantiles);
  const ordered = reference === undefined ? {} : { ordered: orderedEvidence(ladder, solved) };
  return { edges: found, bins: countBins(ladder, found), ...ordered };
}

/** The ladder of all values, where they are few. */
async function fewValues(sides: Sides): Promise<Ladder | undefined> {
  const counted = [];
  for (const side of sides) {
    const most = side !== undefined && side.profile.rows <= SMALL ? SMALL : MOST_VALUES;
    const values = side === undefined ? EMPTY_VALUES : await countValues(side, most);
    if (values === undefined) return undefined;
    counted.push(values);
  }
  return ladderOfValues(counted[0] ?? EMPTY_VALUES, counted[1] ?? EMPTY_VALUES);
}
