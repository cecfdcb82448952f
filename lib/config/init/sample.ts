import { Random } from '../../golden-data/random';

const SIZE = 2000;
const SEED = 1;

/** A seeded uniform sample of numbers seen one after the other (Vitter's algorithm R, ACM TOMS 11, 1985). */
export class Sample {
  private readonly kept: number[] = [];
  private readonly random = new Random(SEED);
  private seen = 0;

  add(value: number): void {
    this.seen += 1;
    if (this.kept.length < SIZE) {
      this.kept.push(value);
      return;
    }
    const place = Math.floor((this.random.uint32() / 2 ** 32) * this.seen);
    if (place < SIZE) this.kept[place] = value;
  }

  sorted(): readonly number[] {
    return [...this.kept].sort((a, b) => a - b);
  }
}

/** The value below which a share of a sorted sample lies: one of its own, so that it reads as the data does. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
