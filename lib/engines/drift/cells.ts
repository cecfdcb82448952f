import {
  EMPTY_VALUES,
  emptyLadder,
  type Ladder,
  ladderOfValues,
  shorten,
  type ValueCounts,
} from '../../core/drift/ladder';
import { joinSql, literal, sql } from '../../core/sql/sql';
import { CELLS, cellOfStep, type Grid, STRIDE, stepOf, withinSql } from './grid';
import { mergeEqual, readNumbers } from './read';
import { type ColumnSide, numberOf } from './side';

/** Reference and current; the reference is absent where its edges are pinned. */
export type Sides = readonly (ColumnSide | undefined)[];

/** Counts both samples by cell: one scan of one column each. */
export async function countCells(grid: Grid, sides: Sides): Promise<Ladder> {
  const counts: Float64Array[] = [];
  for (const side of sides) {
    const ofSide = new Float64Array(STRIDE);
    counts.push(ofSide);
    if (side === undefined) continue;
    const [cells = new Float64Array(0), rows] = await readNumbers(
      side.session,
      [sql`cell`, sql`count(*)`],
      sql`FROM (
        SELECT ${grid.cell(numberOf(side))} AS cell FROM ${side.from} WHERE ${withinSql(grid, side)}
      ) GROUP BY cell`,
    );
    for (let i = 0; i < cells.length; i += 1) ofSide[(cells[i] ?? 0) + 1] = rows?.[i] ?? 0;
  }
  return ladderOfCells(grid, counts[0] ?? new Float64Array(STRIDE), counts[1] ?? new Float64Array(STRIDE));
}

function ladderOfCells(grid: Grid, reference: Float64Array, current: Float64Array): Ladder {
  const ladder = emptyLadder(STRIDE);
  let size = 0;
  for (let cell = -1; cell <= CELLS; cell += 1) {
    const [r, c] = [reference[cell + 1] ?? 0, current[cell + 1] ?? 0];
    if (r + c === 0) continue;
    const low = Math.max(grid.least, grid.border(cell));
    const high = Math.min(grid.greatest, grid.border(cell + 1));
    // A value may fall beside its cell by rounding: a cell is never a single value, even where it has no width.
    const slack = 8 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE / Number.EPSILON);
    ladder.low[size] = low - slack;
    ladder.high[size] = high + slack;
    ladder.reference[size] = r;
    ladder.current[size] = c;
    ladder.cell[size] = stepOf(grid, cell);
    size += 1;
  }
  return shorten(ladder, size);
}

/** The values of some cells of one grid, by number of the step. */
export async function fetchCells(
  grid: Grid,
  steps: readonly number[],
  sides: Sides,
): Promise<ReadonlyMap<number, Ladder>> {
  const found: ReadonlyMap<number, ValueCounts>[] = [];
  for (const side of sides) found.push(side === undefined ? new Map() : await valuesOf(grid, steps, side));
  const [reference, current] = found;
  return new Map(
    steps.map((step) => {
      const cell = cellOfStep(step);
      return [step, ladderOfValues(reference?.get(cell) ?? EMPTY_VALUES, current?.get(cell) ?? EMPTY_VALUES)] as const;
    }),
  );
}

async function valuesOf(
  grid: Grid,
  steps: readonly number[],
  side: ColumnSide,
): Promise<ReadonlyMap<number, ValueCounts>> {
  const cells = joinSql(
    steps.map((step) => literal(cellOfStep(step))),
    ', ',
  );
  const [cell = new Float64Array(0), values = new Float64Array(0), counts = new Float64Array(0)] = await readNumbers(
    side.session,
    [sql`cell`, sql`number`, sql`count(*)`],
    sql`FROM (
      SELECT ${grid.cell(numberOf(side))} AS cell, ${numberOf(side)} AS number
      FROM ${side.from} WHERE ${withinSql(grid, side)}
    ) WHERE cell IN (${cells}) GROUP BY cell, number ORDER BY number`,
  );
  const result = new Map<number, ValueCounts>();
  // In ascending order of the value the rows of a cell stand together, because cells are monotone in the value.
  for (let start = 0; start < cell.length; ) {
    let end = start;
    while (end < cell.length && cell[end] === cell[start]) end += 1;
    result.set(cell[start] ?? 0, mergeEqual(values.slice(start, end), counts.slice(start, end)));
    start = end;
  }
  return result;
}
