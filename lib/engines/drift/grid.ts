import { literal, type Sql, sql } from '../../core/sql/sql';
import { type ColumnSide, numberOf } from './side';

/** Cells of a grid. */
export const CELLS = 131_072;
/** Cell numbers of one grid, from −1 to CELLS: keeps numbers of several grids apart. */
export const STRIDE = CELLS + 2;

/**
 * Numbers in cells. Cells only have to be in the order of the values, which holds in floating point too: each operation
 * of their SQL is monotone and correctly rounded.
 */
export interface Grid {
  readonly id: number;
  /** Cell number of a value, −1 to CELLS. */
  readonly cell: (value: Sql) => Sql;
  /** Where a cell begins, to rounding. */
  readonly border: (cell: number) => number;
  /** Least and greatest value there is. */
  readonly least: number;
  readonly greatest: number;
  /** The cell of another grid that this one divides. */
  readonly inside?: { readonly grid: Grid; readonly cell: number };
}

/**
 * Cells over all numbers, narrow around `centre` and wide far from it: with u = (x − centre)/spread, equal cells of
 * u/(1 + |u|). Heavy tails and a stray 1e300 cost nothing but a few cells.
 */
export function openGrid(at: { centre: number; spread: number; least: number; greatest: number }): Omit<Grid, 'id'> {
  const { centre, spread, least, greatest } = at;
  const half = CELLS / 2;
  return {
    least,
    greatest,
    cell: (value) => {
      const u = sql`((${value} - ${literal(centre)}) * ${literal(1 / spread)})`;
      // Not u/(1 + |u|): that quotient is not monotone to the last bit.
      return sql`CAST(floor((1 + sign(${u}) * (1 - 1 / (1 + abs(${u})))) * ${literal(half)}) AS INTEGER)`;
    },
    border: (cell) => {
      const t = (cell - half) / half;
      if (Math.abs(t) >= 1) return t < 0 ? least : greatest;
      return centre + (spread * t) / (1 - Math.abs(t));
    },
  };
}

/** Equal cells over one cell of another grid. */
export function innerGrid(low: number, high: number, inside: NonNullable<Grid['inside']>): Omit<Grid, 'id'> {
  const width = (high - low) / CELLS;
  return {
    least: low,
    greatest: high,
    inside,
    cell: (value) => {
      const position = sql`floor((${value} - ${literal(low)}) * ${literal(1 / width)})`;
      return sql`CAST(least(greatest(${position}, -1), ${literal(CELLS)}) AS INTEGER)`;
    },
    border: (cell) => low + Math.min(Math.max(cell, 0), CELLS) * width,
  };
}

/** Whether a range can be divided: neither empty nor too wide or too narrow for a double. */
export function isDivisible(low: number, high: number): boolean {
  const scale = CELLS / (high - low);
  return high > low && Number.isFinite(scale) && scale > 0;
}

export const gridOfStep = (step: number): number => Math.floor(step / STRIDE);
export const cellOfStep = (step: number): number => (step % STRIDE) - 1;
export const stepOf = (grid: Grid, cell: number): number => grid.id * STRIDE + cell + 1;

/** Rows that a grid divides. */
export function withinSql(grid: Grid, side: ColumnSide): Sql {
  if (grid.inside === undefined) return side.filter;
  const { grid: outer, cell } = grid.inside;
  return sql`${withinSql(outer, side)} AND ${outer.cell(numberOf(side))} = ${literal(cell)}`;
}
