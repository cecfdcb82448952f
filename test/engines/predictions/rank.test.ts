import { knownAreas, knownTally } from '../../../lib/core/kernels/memo';
import type { Phases } from '../../../lib/core/kernels/phases';
import { BinaryRoom } from '../../../lib/core/kernels/room';
import type { ModelColumns } from '../../../lib/core/model/columns';
import { areasByGroup, areasOf, createRandom, drawNormal } from '../../../lib/core/statistics';
import { Crew } from '../../../lib/engines/crew';
import { rankModels } from '../../../lib/engines/predictions/rank';

const ROWS = 60_000;

type Columns = ModelColumns & { readonly labels: Float64Array };

/** The same rows in arrays of their own: results are remembered by array. One of three groups has nearly all rows. */
function columns(decimals = 1): Columns {
  const random = createRandom(8);
  const labels = Float64Array.from({ length: ROWS }, () => (random() < 0.2 ? 1 : 0));
  const challenger = labels.map((label) => label + drawNormal(random));
  const champion = challenger.map((score, row) =>
    row < 50_000 ? 0.5 : Math.round(score * 10 ** decimals) / 10 ** decimals,
  );
  const codes = Uint16Array.from(labels, () => (random() < 0.98 ? 0 : random() < 0.5 ? 1 : 2));
  const groups = [
    { name: 'plan', names: ['a', 'b', 'c'], codes },
    { name: 'parity', names: ['even', 'odd'], codes: Uint16Array.from(labels, (_, row) => row % 2) },
  ];
  return { rows: ROWS, labels, challenger: { columns: [challenger] }, champion: { columns: [champion] }, groups };
}

const figures = ({ labels, challenger, champion, groups }: Columns) => {
  const rows = { labels, scores: challenger.columns[0] ?? labels, champion: champion?.columns[0] };
  return { overall: areasOf(rows), groups: groups.map((group) => areasByGroup(rows, group)) };
};

/** Areas are whole numbers divided once; covariances are rounded differently, in the last digits. */
function expectAlike(found: ReturnType<typeof figures>, plain: ReturnType<typeof figures>): void {
  const flat = ({ overall, groups }: ReturnType<typeof figures>) =>
    [overall, ...groups.flat()].map((areas) => [
      areas?.challenger.auc,
      areas?.champion?.auc,
      ...[areas?.challenger.variance, areas?.champion?.variance, areas?.champion && areas.covariance].map((value = 0) =>
        expect.closeTo(value * 1e6, 9),
      ),
    ]);
  expect(flat(found).map((row) => row.slice(0, 2))).toEqual(flat(plain).map((row) => row.slice(0, 2)));
  const numbers = ({ overall, groups }: ReturnType<typeof figures>) =>
    [overall, ...groups.flat()].map((areas) => [
      (areas?.challenger.variance ?? 0) * 1e6,
      (areas?.champion?.variance ?? 0) * 1e6,
      (areas?.champion === undefined ? 0 : areas.covariance) * 1e6,
    ]);
  expect(numbers(found)).toEqual(flat(plain).map((row) => row.slice(2)));
}

// One place after the point: few distinct values. Nine: the champion is sorted.
test.each([1, 9])(
  'one thread and two give the same bits, the plain kernels the same areas (%d decimals)',
  async (decimals) => {
    const plain = figures(columns(decimals));
    expect(plain.overall?.challenger.auc).toBeGreaterThan(0.7);
    const found: ReturnType<typeof figures>[] = [];
    for (const compareGroups of [true, false]) {
      for (const threads of [1, 2]) {
        const read = columns(decimals);
        await expect(rankModels(read, { threads, compareGroups })).resolves.toBe(true);
        const { overall, groups } = figures(read);
        expect(
          knownAreas(read.challenger.columns[0] ?? read.labels, read.champion?.columns[0], read.labels),
        ).toBeDefined();
        found.push({ overall, groups });
      }
      expect(found.at(-1)).toEqual(found.at(-2));
    }
    for (const each of found) expectAlike(each, plain);
  },
);

test('a score that is no number stays unranked, and whoever asks is told where it is', async () => {
  const read = columns();
  const scores = read.challenger.columns[0];
  if (scores === undefined) throw new Error('there is a challenger');
  scores[17] = Number.NaN;
  for (const threads of [1, 2]) await expect(rankModels(read, { threads })).resolves.toBe(false);
  expect(knownTally(scores, read.labels)).toBeUndefined();
  expect(() => figures(read)).toThrow('row 17: a score is a finite number; got NaN');
});

test('a kernel that fails in the other thread is an error, not a wait', async () => {
  const room = BinaryRoom.of({ rows: 10, models: 1, groups: [], paired: false });
  if (room === undefined) throw new Error('it fits a memory');
  const crew = new Crew(room.memory, 2);
  function* beyond(): Phases<void> {
    yield [[], [['measure', 2 ** 32 - 8, 0, 10, 64]]];
  }
  await expect(crew.run(beyond())).rejects.toThrow(/memory access out of bounds/);
  crew.close();
});
