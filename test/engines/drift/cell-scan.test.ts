import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countBins, quantileEdges } from '../../../lib/core/drift/edges';
import { ksBounds } from '../../../lib/core/drift/kolmogorov-smirnov';
import { orderedEvidence } from '../../../lib/core/drift/ordered';
import { wasserstein } from '../../../lib/core/drift/wasserstein';
import { sql } from '../../../lib/core/sql/sql';
import { createRandom, drawNormal, type Random } from '../../../lib/core/statistics';
import { CellScan } from '../../../lib/engines/drift/cell-scan';
import { type ColumnSide, openSample, profileSides } from '../../../lib/engines/drift/side';
import { glimpse } from '../../../lib/engines/drift/values';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { ladderOf, naiveKs } from '../../core/drift/samples';

const folder = mkdtempSync(join(tmpdir(), 'assay-cells-'));
let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

let files = 0;
async function sideOf(values: readonly number[]): Promise<ColumnSide> {
  files += 1;
  const path = join(folder, `s${files}.csv`);
  writeFileSync(path, `x\n${values.join('\n')}\n`);
  const sample = await openSample(
    session,
    { paths: [path], types: [{ name: 'x', type: 'number' }] },
    `t${files}`,
    () => true,
  );
  const side = (await profileSides(session, sample, ['x'])).get('x');
  if (side === undefined) throw new Error('the column is there');
  return side;
}

const DISTRIBUTIONS: Readonly<Record<string, (random: Random) => number>> = {
  normal: drawNormal,
  'heavy tails': (random) => Math.tan(Math.PI * (random() - 0.5)),
  'one stray giant': (random) => (random() < 0.001 ? 1e300 : drawNormal(random)),
  uniform: (random) => random(),
  'half zeros': (random) => (random() < 0.5 ? 0 : -Math.log(1 - random())),
  'close doubles': (random) => 1e9 + Math.floor(random() * 40) * 2 ** -22,
  'one value': () => 4.5,
};

describe('cells decide exactly what all values decide', () => {
  test.each(Object.keys(DISTRIBUTIONS))(
    '%s',
    async (name) => {
      const draw = DISTRIBUTIONS[name] ?? drawNormal;
      const random = createRandom(3);
      const reference = Array.from({ length: 1500 }, () => draw(random));
      const current = Array.from({ length: 900 }, () => draw(random) * 1.05);
      const sides = [await sideOf(reference), await sideOf(current)];
      const seen = glimpse([reference, current].map((values) => Float64Array.from(values)));
      const known = ladderOf(reference, current);
      // A batch of 40 rows makes the scan go in many steps and divide heavy cells again.
      for (const batch of [2_000_000, 40]) {
        const { ladder, solved } = await new CellScan(sides, { quantiles: 10 }, seen, batch).run();
        const edges = quantileEdges(ladder, 10);
        expect(edges).toEqual(quantileEdges(known, 10));
        expect(countBins(ladder, edges)).toEqual(countBins(known, edges));
        const { ks, n, m } = orderedEvidence(ladder, solved);
        expect([ks.estimate, n, m]).toEqual([ksBounds(known).lower, 1500, 900]);
        const [found, exact] = [wasserstein(ladder), wasserstein(known)];
        expect(Math.abs((found?.distance ?? NaN) - (exact?.distance ?? NaN))).toBeLessThanOrEqual(
          (found?.resolution ?? NaN) * 1.001 + 1e-12 * (exact?.distance ?? 0),
        );
      }
      expect(Math.abs(ksBounds(known).lower - naiveKs(reference, current))).toBeLessThan(1e-12);
    },
    20_000,
  );

  test('equal samples have a distance of 0, found out cell by cell', async () => {
    const random = createRandom(4);
    const values = Array.from({ length: 500 }, () => drawNormal(random));
    const sides = [await sideOf(values), await sideOf(values)];
    const { ladder, solved } = await new CellScan(
      sides,
      { quantiles: 4 },
      glimpse([Float64Array.from(values)]),
      200,
    ).run();
    expect(orderedEvidence(ladder, solved).ks.estimate).toBe(0);
  });

  test.each(['normal', 'heavy tails', 'uniform'])(
    'NaN that statistics do not tell of is counted apart: %s',
    async (name) => {
      const draw = DISTRIBUTIONS[name] ?? drawNormal;
      const random = createRandom(6);
      const values = Array.from({ length: 600 }, () => draw(random));
      const side = await sideOf([...values, Number.NaN, Number.NaN, Number.NaN]);
      const { low, high } = side.profile;
      const untold = { ...side, filter: sql`TRUE`, profile: { rows: 603, missing: 0, low, high } };
      const seen = glimpse([Float64Array.from(values)]);
      const { ladder, nan } = await new CellScan([untold, untold], { quantiles: 5 }, seen, 50).run();
      expect(nan).toEqual({ reference: 3, current: 3 });
      expect(quantileEdges(ladder, 5)).toEqual(quantileEdges(ladderOf(values, values), 5));
    },
  );

  test('values beyond the extremes that statistics tell are no NaN, but an error', async () => {
    const side = await sideOf(Array.from({ length: 100 }, (_, i) => i));
    const wrong = { ...side, profile: { ...side.profile, high: 50 } };
    const seen = glimpse([Float64Array.from({ length: 50 }, (_, i) => i)]);
    await expect(new CellScan([wrong, wrong], { quantiles: 5 }, seen).run()).rejects.toThrow(
      "49 values lie beyond the extremes that the file's statistics give",
    );
  });

  test('pinned edges are counted on the current sample alone', async () => {
    const random = createRandom(5);
    const current = Array.from({ length: 700 }, () => drawNormal(random));
    const pinned = [-1, current[3] ?? 0, 2.5].sort((a, b) => a - b);
    const side = await sideOf(current);
    const { ladder } = await new CellScan([undefined, side], { pinned }, glimpse([Float64Array.from(current)])).run();
    expect(countBins(ladder, pinned).current).toEqual(countBins(ladderOf([], current), pinned).current);
  });
});
