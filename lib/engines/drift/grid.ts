import { CELLS, type CellFormula } from '../../core/drift/page-counts';
import { literal, type Sql, sql } from '../../core/sql/sql';
import { type ColumnSide, numberOf } from './side';

export { CELLS };

/**
 * Numbers in cells. Cells only have to be in the order of the values, which holds in floating point too: each operation
 * of their SQL is monotone and correctly rounded.
 */
export interface Grid {
  readonly id: number;
  /** Cell number of a value, 0 to CELLS − 1; NULL of NaN. */
  readonly cell: (value: Sql) => Sql;
  /** The same for a kernel. */
  readonly formula: CellFormula;
  /** Where a cell begins, to rounding. */
  readonly border: (cell: number) => number;
  /** Least and greatest value there is. */
  readonly least: number;
  readonly greatest: number;
  /** The cell of another grid that this one divides. */
  readonly inside?: { readonly grid: Grid; readonly cell: number };
}

/** Where numbers stand. */
export interface Place {
  readonly centre: number;
  readonly spread: number;
  /** Nearly all of them lie between these. */
  readonly low: number;
  readonly high: number;
  /** All of them lie between these. */
  readonly least: number;
  readonly greatest: number;
}

/** Where all numbers lie in so many times the range of nearly all, equal cells are narrow enough, and cheapest to number. */
const ROOMY = 2;
/** Where nearly all numbers lie within so many spreads, equal cells between these are. */
const NARROW = 8;

export function gridOver({ centre, spread, low, high, least, greatest }: Place): Omit<Grid, 'id'> {
  const range = { least, greatest };
  if (greatest - least <= ROOMY * (high - low) && isDivisible(least, greatest)) {
    const cell = (value: Sql) => cast(downTo(value, least, greatest));
    const formula = { form: 'equal', origin: least, scale: scaleOf(least, greatest) } as const;
    return { ...range, cell, formula, border: equalBorders(least, greatest) };
  }
  if (high - low <= NARROW * spread && isDivisible(low, high)) return { ...range, ...clampedCells(low, high) };
  return { ...range, ...openCells(centre, spread, range) };
}

type Cells = Pick<Grid, 'cell' | 'formula' | 'border'>;

/** To the nearest, which is as monotone as down; NULL of what lies beyond, and of NaN, which files have without telling. */
const cast = (position: Sql): Sql => sql`TRY_CAST(${position} AS USMALLINT)`;

const scaleOf = (low: number, high: number): number => (CELLS - 1) / (high - low);

/** Rounded down before it is cast: DuckDB takes 65535.6 for a USMALLINT, and makes it 0. */
const downTo = (value: Sql, low: number, high: number): Sql =>
  sql`floor((${value} - ${literal(low)}) * ${literal(scaleOf(low, high))})`;

/** The outer cells have no end of their own. */
function equalBorders(low: number, high: number): Grid['border'] {
  return (cell) => {
    if (cell <= 0) return Number.NEGATIVE_INFINITY;
    return cell >= CELLS ? Number.POSITIVE_INFINITY : low + cell / scaleOf(low, high);
  };
}

/** Equal cells between two numbers; what lies beyond is of the outer cells. */
function clampedCells(low: number, high: number): Cells {
  return {
    // Not least() and greatest(), nor a CASE around the cast: they double the time of a scan.
    cell: (value) => {
      const above = sql`WHEN ${value} <= ${literal(Number.POSITIVE_INFINITY)} THEN ${literal(CELLS - 1)}`;
      const beyond = sql`CASE WHEN ${value} < ${literal(low)} THEN 0 ${above} END`;
      return sql`coalesce(${cast(downTo(value, low, high))}, CAST(${beyond} AS USMALLINT))`;
    },
    formula: { form: 'clamped', origin: low, scale: scaleOf(low, high) },
    border: equalBorders(low, high),
  };
}

/**
 * Cells over all numbers, narrow around `centre` and wide far from it: with u = (x − centre)/spread, equal cells of
 * u/(1 + |u|). Heavy tails and a stray 1e300 cost nothing but a few cells.
 */
function openCells(centre: number, spread: number, range: Pick<Place, 'least' | 'greatest'>): Cells {
  const half = (CELLS - 2) / 2;
  return {
    cell: (value) => {
      const u = sql`((${value} - ${literal(centre)}) * ${literal(1 / spread)})`;
      // Not u/(1 + |u|): that quotient is not monotone to the last bit.
      return cast(sql`(1 + sign(${u}) * (1 - 1 / (1 + abs(${u})))) * ${literal(half)}`);
    },
    formula: { form: 'open', origin: centre, scale: 1 / spread },
    border: (cell) => {
      const t = (cell - 0.5 - half) / half;
      if (Math.abs(t) >= 1) return t < 0 ? range.least : range.greatest;
      return centre + (spread * t) / (1 - Math.abs(t));
    },
  };
}

/** Equal cells over one cell of another grid, whose borders are known to rounding only. */
export function innerGrid(low: number, high: number, inside: NonNullable<Grid['inside']>): Omit<Grid, 'id'> {
  return { least: low, greatest: high, inside, ...clampedCells(low, high) };
}

/** Whether a range can be divided: neither empty nor too wide or too narrow for a double. */
export function isDivisible(low: number, high: number): boolean {
  const scale = CELLS / (high - low);
  return high > low && Number.isFinite(scale) && scale > 0;
}

export const gridOfStep = (step: number): number => Math.floor(step / CELLS);
export const cellOfStep = (step: number): number => step % CELLS;
export const stepOf = (grid: Grid, cell: number): number => grid.id * CELLS + cell;

/** Rows that a grid divides. */
export function withinSql(grid: Grid, side: ColumnSide): Sql {
  if (grid.inside === undefined) return side.filter;
  const { grid: outer, cell } = grid.inside;
  return sql`${withinSql(outer, side)} AND ${outer.cell(numberOf(side))} = ${literal(cell)}`;
}
