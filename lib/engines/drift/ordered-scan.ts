import type { KsPoint } from '../../core/drift/kolmogorov-smirnov';
import { sql } from '../../core/sql/sql';
import { readBlocks } from './read';
import { type ColumnSide, numberOf } from './side';

/**
 * The greatest difference between both distribution functions, over all rows: DuckDB sorts each sample, within its memory
 * limit, and both are read side by side. For samples so alike that hardly any cell can be left out.
 *
 * @param n rows with a number in the reference, and `m` in the current sample
 */
export async function ksOfAll(
  [reference, current]: readonly [ColumnSide, ColumnSide],
  n: number,
  m: number,
): Promise<KsPoint> {
  const [x, y] = [new Ascending(reference), new Ascending(current)];
  try {
    await x.fill();
    await y.fill();
    let [difference, at] = [0, Number.NaN];
    for (let value = Math.min(x.head, y.head); value < Number.POSITIVE_INFINITY; value = Math.min(x.head, y.head)) {
      while (x.head === value) if (x.isLastOfBlock()) await x.fill();
      while (y.head === value) if (y.isLastOfBlock()) await y.fill();
      const here = Math.abs(x.passed / n - y.passed / m);
      if (here > difference) [difference, at] = [here, value];
    }
    return { difference, at };
  } finally {
    await x.close();
    await y.close();
  }
}

const NONE = new Float64Array(0);

/** The values of a sample in ascending order. Infinity, at which nothing differs any more, is also the end, and NaN. */
class Ascending {
  head = Number.POSITIVE_INFINITY;
  /** Rows before the head. */
  passed = 0;
  private block = NONE;
  private next = 0;
  private readonly blocks: AsyncGenerator<readonly Float64Array[]>;

  constructor(side: ColumnSide) {
    const number = numberOf(side);
    this.blocks = readBlocks(side.session, [number], sql`FROM ${side.from} WHERE ${side.filter} ORDER BY ${number}`);
  }

  /** Goes on to the next row. @returns true when its block has to be fetched */
  isLastOfBlock(): boolean {
    this.passed += 1;
    this.next += 1;
    if (this.next === this.block.length) return true;
    this.look();
    return false;
  }

  async fill(): Promise<void> {
    const block = await this.blocks.next();
    this.block = block.done === true ? NONE : (block.value[0]?.slice() ?? NONE);
    this.next = 0;
    this.look();
  }

  private look(): void {
    const value = this.block[this.next] ?? Number.NaN;
    this.head = Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  }

  async close(): Promise<void> {
    await this.blocks.return(undefined);
  }
}
