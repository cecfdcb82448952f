import { BinaryRoom } from '../../../lib/core/kernels/room';

const ROWS = 1_001;

test.each([
  [1, false, 2],
  [1, true, 2],
  [2, false, 3],
  [2, true, 3],
])(
  'with models %i and groups that are compared %s, spare places hold nothing that is read',
  (models, paired, count) => {
    const told: { at: number; bytes: number }[] = [];
    const room = BinaryRoom.of({ rows: ROWS, models, groups: [3], paired }, (_, spare) => told.push(spare));
    if (room === undefined) throw new Error('it fits a memory');
    const places = room.spare.map(({ byteOffset, byteLength }) => ({ from: byteOffset, to: byteOffset + byteLength }));
    expect(places.map(({ from, to }) => to - from)).toEqual(Array.from({ length: count }, () => 8 * ROWS));
    const columns = [room.labels, ...room.codes, ...room.scores];
    const ends = [
      ...columns.map(({ byteOffset, byteLength }) => byteOffset + byteLength),
      ...places.map(({ to }) => to),
    ];
    // In this order, one beside the other, before the tables of ranking.
    for (const [index, { from }] of places.entries())
      expect(from).toBeGreaterThanOrEqual(ends[columns.length - 1 + index] ?? 0);
    expect(places.at(-1)?.to).toBeLessThanOrEqual(room.at.ofCell);
    const [first, second] = places;
    expect(told).toEqual([{ at: first?.from, bytes: (second?.to ?? 0) - (first?.from ?? 0) }]);
  },
);
