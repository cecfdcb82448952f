import type { Pair } from '../../core/drift/column';
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

/** Both samples in cells, and how many rows of each are NaN. */
export interface CountedCells {
  readonly ladder: Ladder;
  readonly nan: Pair<number>;
}

/** Counts both samples by cell: one scan of one column each. */
export async function countCells(grid: Grid, [reference, current]: Sides): Promise<CountedCells> {
  const [ofReference, ofCurrent] = [await countSide(grid, reference), await countSide(grid, current)];
  const ladder = ladderOfCells(grid, ofReference.cells, ofCurrent.cells);
  return { ladder, nan: { reference: ofReference.nan, current: ofCurrent.nan } };
}

async function countSide(
  grid: Grid,
  side: ColumnSide | undefined,
): Promise<{ readonly cells: Float64Array; readonly nan: number }> {
  const cells = new Float64Array(CELLS);
  if (side === undefined) return { cells, nan: 0 };
  const paged = grid.inside === undefined ? await side.pages?.countCells(grid.formula) : undefined;
  if (paged?.outside === 0) return paged;
  const [numbers = new Float64Array(0), rows] = await readNumbers(
    side.session,
    [sql`cell`, sql`count(*)`],
    sql`FROM (
      SELECT ${grid.cell(numberOf(side))} AS cell FROM ${side.from} WHERE ${withinSql(grid, side)}
    ) GROUP BY cell`,
  );
  let nan = 0;
  for (const [i, cell] of numbers.entries()) {
    if (Number.isNaN(cell)) nan = rows?.[i] ?? 0;
    else cells[cell] = rows?.[i] ?? 0;
  }
  if (nan > 0) await checkNaN(side, nan);
  return { cells, nan };
}

/** @throws RangeError where statistics of a file gave other extremes than its values have: such values are in no cell */
async function checkNaN({ session, from, column, kind }: ColumnSide, expected: number): Promise<void> {
  const nan = sql`FROM ${from} WHERE ${kind.floating === true ? sql`isnan(${column})` : sql`FALSE`}`;
  const found = (await readNumbers(session, [sql`count(*)`], nan))[0]?.[0] ?? 0;
  if (found === expected) return;
  throw new RangeError(`${column}: ${expected - found} values lie beyond the extremes that the file's statistics give`);
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
  const cells = steps.map(({ step }) => cellOfStep(step));
  const paged = grid.inside === undefined ? await side.pages?.pickCells(grid.formula, cells) : undefined;
  const values = paged?.sort() ?? (await selectCells(grid, cells, side));
  const counted = rows.reduce((sum, count) => sum + count, 0);
  if (values.length !== counted) throw new RangeError(`cells of ${counted} rows now have ${values.length} rows`);
  let start = 0;
  return rows.map((count) => {
    start += count;
    return mergeEqual(values.slice(start - count, start), new Float64Array(count).fill(1));
  });
}

/** Values in cells, ascending. */
async function selectCells(grid: Grid, cells: readonly number[], side: ColumnSide): Promise<Float64Array> {
  const number = numberOf(side);
  const list = joinSql(cells.map(literal), ', ');
  const [values = new Float64Array(0)] = await readNumbers(
    side.session,
    [number],
    sql`FROM ${side.from} WHERE ${withinSql(grid, side)} AND ${grid.cell(number)} IN (${list}) ORDER BY ${number}`,
  );
  return values;
}
