import { dividedSteps, quantileEdges, quantileSteps } from '../../core/drift/edges';
import { type KsPoint, ksBounds, ksWithin } from '../../core/drift/kolmogorov-smirnov';
import { cumulate, EMPTY_VALUES, isValue, type Ladder, ladderOfValues, splice } from '../../core/drift/ladder';
import { rowsOf } from '../../core/drift/measures';
import { type CountedCells, countCells, fetchCells, type Sides } from './cells';
import { cellOfStep, type Grid, gridOfStep, gridOver, innerGrid, isDivisible, withinSql } from './grid';
import type { Edges } from './numeric-scan';
import { ksOfAll } from './ordered-scan';
import { countValues, type Glimpse } from './values';

/** 32 MB of values and counts. */
const BATCH = 2_000_000;
/** Cells that one statement names. */
const MOST_CELLS = 2000;
/** Cells wider than this share of the spread are wide. */
const WIDE = 1e-3;
/** Rows of wide cells whose values are read. */
const TAIL_ROWS = 100_000;

/** All that is known of both samples when nothing is left to decide. */
export interface ScannedCells extends CountedCells {
  /** The greatest difference in cells that were looked into, by cell. */
  readonly solved: ReadonlyMap<number, KsPoint>;
}

/** The way over cells: count, then look into the cells that matter until nothing is left to decide. */
export class CellScan {
  private readonly grids: Grid[] = [];
  private readonly solved = new Map<number, KsPoint>();

  /**
   * @param seen some rows of the samples: they place the cells, and decide nothing else
   * @param batch rows whose values are held at a time
   */
  constructor(
    private readonly sides: Sides,
    private readonly edges: Edges,
    private readonly seen: Glimpse,
    private readonly batch = BATCH,
  ) {}

  async run(): Promise<ScannedCells> {
    const ordered = this.sides[0] !== undefined;
    const { nan, ladder: counted } = await countCells(this.firstGrid(), this.sides);
    let ladder = counted;
    let tails = ordered ? this.tails(ladder) : [];
    for (let rounds = 0; ; rounds += 1) {
      const replaced = [...new Set([...this.edgeSteps(ladder), ...tails])];
      const known = new Set(replaced);
      const searched = ordered ? ksBounds(ladder, this.solved).candidates.filter((step) => !known.has(step)) : [];
      if (replaced.length + searched.length === 0) return { ladder, nan, solved: this.solved };
      if (replaced.length === 0 && rounds > 0 && this.areMany(ladder, searched)) await this.solveAll(ladder, searched);
      else ladder = await this.resolve(ladder, replaced, searched);
      tails = [];
    }
  }

  /** Steps that must become values, because an edge lies there. */
  private edgeSteps(ladder: Ladder): readonly number[] {
    if ('pinned' in this.edges) return dividedSteps(ladder, this.edges.pinned);
    const open = quantileSteps(ladder, this.edges.quantiles).filter((step) => !isValue(ladder, step));
    return open.length > 0 ? open : dividedSteps(ladder, quantileEdges(ladder, this.edges.quantiles));
  }

  /** Wide cells with few rows: their middle says little about where the rows stand, and their values are soon read. */
  private tails(ladder: Ladder): readonly number[] {
    const width = (step: number) => (ladder.high[step] ?? 0) - (ladder.low[step] ?? 0);
    const wide = [...ladder.low.keys()].filter((step) => width(step) > WIDE * this.seen.spread);
    wide.sort((a, b) => width(b) - width(a));
    let rows = 0;
    return wide.slice(0, MOST_CELLS / 2).filter((step) => {
      rows += (ladder.reference[step] ?? 0) + (ladder.current[step] ?? 0);
      return rows <= TAIL_ROWS && Number.isFinite(width(step));
    });
  }

  /** Whether looking into these cells is more work than reading all rows in order. */
  private areMany(ladder: Ladder, steps: readonly number[]): boolean {
    const rows = steps.reduce((sum, step) => sum + (ladder.reference[step] ?? 0) + (ladder.current[step] ?? 0), 0);
    return steps.length > MOST_CELLS || rows > this.batch;
  }

  /** The greatest difference over all rows stands for those within each cell. */
  private async solveAll(ladder: Ladder, steps: readonly number[]): Promise<void> {
    const [reference, current] = this.sides;
    if (reference === undefined || current === undefined) throw new RangeError('one sample has no order');
    const greatest = await ksOfAll([reference, current], rowsOf(ladder.reference), rowsOf(ladder.current));
    for (const step of steps) this.solved.set(ladder.cell[step] ?? -1, greatest);
  }

  private firstGrid(): Grid {
    const present = this.sides
      .filter((side) => side !== undefined)
      .filter(({ profile }) => profile.rows > profile.missing);
    const least = Math.min(...present.map(({ profile }) => profile.low));
    const greatest = Math.max(...present.map(({ profile }) => profile.high));
    return this.grid(gridOver({ ...this.seen, least, greatest }));
  }

  private grid(range: Omit<Grid, 'id'>): Grid {
    const grid = { ...range, id: this.grids.length };
    this.grids.push(grid);
    return grid;
  }

  /**
   * @param replaced steps to put values in place of
   * @param searched steps to find the greatest difference in, the most promising first; their values are not kept
   */
  private async resolve(ladder: Ladder, replaced: readonly number[], searched: readonly number[]): Promise<Ladder> {
    const rows = (step: number) => (ladder.reference[step] ?? 0) + (ladder.current[step] ?? 0);
    const batch: number[] = [];
    let total = 0;
    for (const step of [...replaced, ...searched]) {
      total += rows(step);
      if (total > this.batch || batch.length === MOST_CELLS) break;
      batch.push(step);
    }
    const [first] = replaced;
    if (batch.length === 0) {
      return first === undefined ? ladder : splice(ladder, new Map([[first, await this.divide(ladder, first)]]));
    }
    const values = await this.fetch(ladder, batch);
    const below = cumulate(ladder);
    const [n = 0, m = 0] = [below.reference.at(-1), below.current.at(-1)];
    const kept = new Set(replaced);
    const finer = new Map<number, Ladder>();
    for (const [step, found] of values) {
      if (kept.has(step)) finer.set(step, found);
      else {
        const start = { reference: below.reference[step] ?? 0, current: below.current[step] ?? 0, n, m };
        this.solved.set(ladder.cell[step] ?? -1, ksWithin(found, start));
      }
    }
    return splice(ladder, finer);
  }

  private async fetch(ladder: Ladder, steps: readonly number[]): Promise<ReadonlyMap<number, Ladder>> {
    const byGrid = new Map<Grid, number[]>();
    for (const step of steps) {
      const grid = this.gridOf(ladder, step);
      const own = byGrid.get(grid);
      if (own === undefined) byGrid.set(grid, [step]);
      else own.push(step);
    }
    const result = new Map<number, Ladder>();
    for (const [grid, own] of byGrid) {
      const cells = own.map((step) => ({
        step: ladder.cell[step] ?? 0,
        rows: [ladder.reference[step] ?? 0, ladder.current[step] ?? 0],
      }));
      const found = await fetchCells(grid, cells, this.sides);
      for (const step of own) {
        const values = found.get(ladder.cell[step] ?? 0);
        if (values !== undefined) result.set(step, values);
      }
    }
    return result;
  }

  /** A cell with more rows than are held at a time: its values where they are few, else cells of its own. */
  private async divide(ladder: Ladder, step: number): Promise<Ladder> {
    const outer = this.gridOf(ladder, step);
    const [low = 0, high = 0] = [ladder.low[step], ladder.high[step]];
    const inside = { grid: outer, cell: cellOfStep(ladder.cell[step] ?? 0) };
    const inner = this.grid(innerGrid(low, high, inside));
    const counted = [];
    for (const side of this.sides) {
      counted.push(side === undefined ? EMPTY_VALUES : await countValues({ ...side, filter: withinSql(inner, side) }));
    }
    const [reference, current] = counted;
    if (reference !== undefined && current !== undefined) return ladderOfValues(reference, current);
    if (isDivisible(low, high)) return (await countCells(inner, this.sides)).ladder;
    return (await this.fetch(ladder, [step])).get(step) ?? ladderOfValues(EMPTY_VALUES, EMPTY_VALUES);
  }

  private gridOf(ladder: Ladder, step: number): Grid {
    const grid = this.grids[gridOfStep(ladder.cell[step] ?? 0)];
    if (grid === undefined) throw new RangeError(`step ${step} belongs to no grid`);
    return grid;
  }
}
