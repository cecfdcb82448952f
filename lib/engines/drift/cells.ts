import {
  EMPTY_VALUES,
  emptyLadder,
  type Ladder,
  ladderOfValues,
  shorten,
  type ValueCounts,
} from '../../core/drift/ladder';
import { joinSql, literal, sql } from '../../core/sql/sql';
import { CELLS, cellOfStep, type Grid, stepOf, withinSql } from './grid';
import { mergeEqual, readNumbers } from './read';
import { type ColumnSide, numberOf } from './side';

/** Reference and current; the reference is absent where its edges are pinned. */
export type Sides = readonly (ColumnSide | undefined)[];

/** Counts both samples by cell: one scan of one column each. */
export async function countCells(grid: Grid, sides: Sides): Promise<Ladder> {
  const counts: Float64Array[] = [];
  for (const side of sides) {
    const ofSide = new Float64Array(CELLS);
    counts.push(ofSide);
    if (side === undefined) continue;
    const [cells = new Float64Array(0), rows] = await readNumbers(
      side.session,
      [sql`cell`, sql`count(*)`],
      sql`FROM (
        SELECT ${grid.cell(numberOf(side))} AS cell FROM ${side.from} WHERE ${withinSql(grid, side)}
      ) GROUP BY cell`,
    );
    for (let i = 0; i < cells.length; i += 1) ofSide[cells[i] ?? 0] = rows?.[i] ?? 0;
  }
  return ladderOfCells(grid, counts[0] ?? new Float64Array(CELLS), counts[1] ?? new Float64Array(CELLS));
}

function ladderOfCells(grid: Grid, reference: Float64Array, current: Float64Array): Ladder {
  const ladder = emptyLadder(CELLS);
  let size = 0;
  for (let cell = 0; cell < CELLS; cell += 1) {
    const [r, c] = [reference[cell] ?? 0, current[cell] ?? 0];
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

/** Steps of one grid with the rows that each sample has in them. */
export interface StepRows {
  /** By number of the step. */
  readonly step: number;
  readonly rows: readonly number[];
}

/**
 * The values of some cells of one grid, by number of the step.
 *
 * @throws RangeError when the files hold other rows than were counted
 */
export async function fetchCells(
  grid: Grid,
  steps: readonly StepRows[],
  sides: Sides,
): Promise<ReadonlyMap<number, Ladder>> {
  const ascending = [...steps].sort((a, b) => a.step - b.step);
  const found: (readonly ValueCounts[])[] = [];
  for (const [index, side] of sides.entries()) {
    const rows = ascending.map((step) => step.rows[index] ?? 0);
    found.push(side === undefined ? [] : await valuesOf(grid, ascending, rows, side));
  }
  const [reference = [], current = []] = found;
  return new Map(
    ascending.map(({ step }, i) => [step, ladderOfValues(reference[i] ?? EMPTY_VALUES, current[i] ?? EMPTY_VALUES)]),
  );
}

/** Cells are monotone in the value: in ascending order of the value, each has the next of its rows. */
async function valuesOf(
  grid: Grid,
  steps: readonly StepRows[],
  rows: readonly number[],
  side: ColumnSide,
): Promise<readonly ValueCounts[]> {
  const cells = joinSql(
    steps.map(({ step }) => literal(cellOfStep(step))),
    ', ',
  );
  const number = numberOf(side);
  const [values = new Float64Array(0)] = await readNumbers(
    side.session,
    [number],
    sql`FROM ${side.from} WHERE ${withinSql(grid, side)} AND ${grid.cell(number)} IN (${cells}) ORDER BY ${number}`,
  );
  const counted = rows.reduce((sum, count) => sum + count, 0);
  if (values.length !== counted) throw new RangeError(`cells of ${counted} rows now have ${values.length} rows`);
  let start = 0;
  return rows.map((count) => {
    start += count;
    return mergeEqual(values.slice(start - count, start), new Float64Array(count).fill(1));
  });
}
