import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gates } from '../../config/gates';
import { type ChurnMarket, churnExtract } from '../../golden-data/generate';
import { transformInput } from '../../release/transform-input';

/** Rows of one request. */
const ROWS_PER_REQUEST = 10;

/** Different customers that are asked about before the first comes again. */
const CUSTOMERS = 6000;

/** Callers of the churn endpoint who ask about customers of one market. */
export class Customers {
  private next = 0;

  private constructor(private readonly bodies: readonly string[]) {}

  /** @param seed another one than that of the data which the release was trained on */
  static async of(market: ChurnMarket, { dataset, serving }: Gates, seed: number): Promise<Customers> {
    const folder = mkdtempSync(join(tmpdir(), 'assay-customers-'));
    try {
      const file = join(folder, dataset.holdout);
      writeFileSync(file, churnExtract(CUSTOMERS, seed, market));
      const rows = (await transformInput(file, dataset)).trimEnd().split('\n');
      const bodies: string[] = [];
      for (let i = 0; i < rows.length; i += ROWS_PER_REQUEST) {
        const instances = rows.slice(i, i + ROWS_PER_REQUEST).map((row) => JSON.parse(row) as unknown);
        bodies.push(JSON.stringify({ [serving.fields.instances]: instances }));
      }
      return new Customers(bodies);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** The next requests, as the endpoint takes them. */
  take(requests: number): readonly string[] {
    return Array.from({ length: requests }, () => {
      const body = this.bodies[this.next % this.bodies.length] ?? '';
      this.next += 1;
      return body;
    });
  }
}
