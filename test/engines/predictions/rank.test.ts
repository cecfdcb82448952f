import { knownTally, placementsFor } from '../../../lib/core/kernels/memo';
import type { ModelColumns } from '../../../lib/core/model/columns';
import { areasByGroup, areasOf, createRandom, drawNormal } from '../../../lib/core/statistics';
import { rankModels } from '../../../lib/engines/predictions/rank';

const ROWS = 60_000;

/** The same rows in arrays of their own: results are remembered by array. One of three groups has nearly all rows. */
function columns(): ModelColumns {
  const random = createRandom(8);
  const labels = Float64Array.from({ length: ROWS }, () => (random() < 0.2 ? 1 : 0));
  const challenger = labels.map((label) => label + drawNormal(random));
  const champion = challenger.map((score, row) => (row < 50_000 ? 0.5 : Math.round(score * 10) / 10));
  const codes = Uint16Array.from(labels, () => (random() < 0.98 ? 0 : random() < 0.5 ? 1 : 2));
  const groups = [
    { name: 'plan', names: ['a', 'b', 'c'], codes },
    { name: 'parity', names: ['even', 'odd'], codes: Uint16Array.from(labels, (_, row) => row % 2) },
  ];
  return { rows: ROWS, labels, challenger: { columns: [challenger] }, champion: { columns: [champion] }, groups };
}

const figures = ({ labels, challenger, champion, groups }: ModelColumns) => {
  const rows = { labels, scores: challenger.columns[0] ?? labels, champion: champion?.columns[0] };
  return { overall: areasOf(rows), groups: groups.map((group) => areasByGroup(rows, group)) };
};

test('one thread, two threads and the plain kernels give the same bits', async () => {
  const plain = figures(columns());
  expect(plain.overall?.challenger.auc).toBeGreaterThan(0.7);
  for (const threads of [1, 2]) {
    const read = columns();
    await rankModels(read, { threads });
    expect(figures(read)).toEqual(plain);
    // The compiled walk lays placements of all rows and of a group side by side.
    const { labels, challenger } = read;
    const found = placementsFor(challenger.columns[0] ?? labels, labels, { labels: new Uint8Array(0), count: 1 });
    expect(found.stride).toBe(2);
  }
});

test('a score that is no number stays unranked, and whoever asks is told where it is', async () => {
  const read = columns();
  const scores = read.challenger.columns[0];
  if (scores === undefined) throw new Error('there is a challenger');
  scores[17] = Number.NaN;
  for (const threads of [1, 2]) await rankModels(read, { threads });
  expect(() => figures(read)).toThrow('row 17: a score is a finite number; got NaN');
});

test('rows that turn out to be unsound are not ranked, and the thread that began is stopped', async () => {
  for (const threads of [1, 2]) {
    const read = columns();
    await expect(rankModels(read, { threads }, () => false)).resolves.toBe(false);
    expect(knownTally(read.challenger.columns[0], read.labels)).toBeUndefined();
  }
});
