import type { Pair } from '../../core/drift/column';
import { countBins, quantileEdges } from '../../core/drift/edges';
import { EMPTY_VALUES, ladderOfValues } from '../../core/drift/ladder';
import { type OrderedEvidence, orderedEvidence } from '../../core/drift/ordered';
import { CellScan, type ScannedCells } from './cell-scan';
import type { Sides } from './cells';
import type { ColumnSide } from './side';
import { type CountedValues, countValues, glimpse, valuesOf } from './values';

export interface NumericCounts {
  readonly edges: readonly number[];
  readonly bins: Pair<Float64Array>;
  /** Rows that are NaN, beyond those that the profiles count as missing. */
  readonly nan: Pair<number>;
  readonly ordered?: OrderedEvidence;
}

/** Quantiles to take of the reference, or edges that are pinned already. */
export type Edges = { readonly quantiles: number } | { readonly pinned: readonly number[] };

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
  const { ladder, nan, solved } = await scanSides([reference, current], edges);
  const found = 'pinned' in edges ? edges.pinned : quantileEdges(ladder, edges.quantiles);
  const ordered = reference === undefined ? {} : { ordered: orderedEvidence(ladder, solved) };
  return { edges: found, bins: countBins(ladder, found), nan, ...ordered };
}

async function scanSides(sides: Sides, edges: Edges): Promise<ScannedCells> {
  const seen = sides.flatMap((side) => side?.seen ?? []);
  const look = seen.some(({ all }) => !all) ? glimpse(seen.map(({ numbers }) => numbers)) : undefined;
  const values = look?.fewValues === false ? undefined : await fewValues(sides);
  return values ?? new CellScan(sides, edges, look ?? glimpse([])).run();
}

/** The ladder of all values, where they are few. */
async function fewValues(sides: Sides): Promise<ScannedCells | undefined> {
  const counted: CountedValues[] = [];
  for (const side of sides) {
    const values = side === undefined ? NO_VALUES : await valuesOfSide(side);
    if (values === undefined) return undefined;
    counted.push(values);
  }
  const [reference = NO_VALUES, current = NO_VALUES] = counted;
  const nan = { reference: reference.nan, current: current.nan };
  return { ladder: ladderOfValues(reference, current), nan, solved: new Map() };
}

const NO_VALUES: CountedValues = { ...EMPTY_VALUES, nan: 0 };

async function valuesOfSide(side: ColumnSide): Promise<CountedValues | undefined> {
  return side.seen?.all === true ? valuesOf(side.seen.numbers, side.profile) : countValues(side);
}
