import {
  CELLS,
  type CellFormula,
  type ChunkCount,
  cellCount,
  cellPick,
  type HandRoom,
  takeCountRoom,
  type ValueTable,
  valueCount,
} from '../../../lib/core/drift/page-counts';
import { instantiate, Layout } from '../../../lib/core/kernels/wasm';
import { createRandom, drawNormal } from '../../../lib/core/statistics';

const ROWS = 4097;
const layout = new Layout();
const places = takeCountRoom(2, { packedBytes: 0, unpackedBytes: 0, rows: ROWS }, layout);
const room = { ...places, memory: layout.memory() };
const kernels = instantiate(room.memory);

function handOf(index: number): HandRoom {
  const hand = room.hands[index % room.hands.length];
  if (hand === undefined) throw new Error('the room has two');
  return hand;
}

/** What comes of values when each thread gets every other chunk of them. @returns what the first call other than 0 returned */
function run<Outcome>(count: ChunkCount<Outcome>, values: readonly number[], whole: boolean, rows = ROWS): number {
  count.clear();
  for (let start = 0, index = 0; start < values.length; start += rows, index += 1) {
    const own = values.slice(start, start + rows);
    const hand = handOf(index);
    const at = [room.memory.buffer, hand.unpack.values, own.length] as const;
    if (whole) new BigInt64Array(...at).set(own.map(BigInt));
    else new Float64Array(...at).set(own);
    const [kernel, ...call] = count.call({ rows: own.length, whole }, hand);
    const returned = kernels[kernel](...call) ?? 0;
    if (returned !== 0) return returned;
  }
  return 0;
}

/** The arithmetic of the grid's SQL. */
function cellOf(value: number, { form, origin, scale }: CellFormula): number | undefined {
  const u = (value - origin) * scale;
  const open = (1 + Math.sign(u) * (1 - 1 / (1 + Math.abs(u)))) * 32_767;
  if (Number.isNaN(value)) return undefined;
  if (form === 'open') return Math.floor(open) + (open % 1 > 0.5 || (open % 1 === 0.5 && open % 2 > 1) ? 1 : 0);
  const cell = Math.floor(u);
  if (cell >= 0 && cell < CELLS) return cell;
  return form === 'equal' ? undefined : value < origin ? 0 : CELLS - 1;
}

const random = createRandom(11);
const odd = [Number.NEGATIVE_INFINITY, -1e300, -0, 0, 5e-324, 0.5, 1.5, 2.5, 1e300, Number.POSITIVE_INFINITY];
const NUMBERS = [...odd, Number.NaN, ...Array.from({ length: 20_000 }, () => 40 * drawNormal(random)), Number.NaN, 7];
const WHOLE = Array.from({ length: 20_001 }, () => Math.round(9000 * drawNormal(random)) + 0);

const FORMULAS: readonly CellFormula[] = [
  { form: 'equal', origin: -120, scale: 65_535 / 240 },
  { form: 'clamped', origin: -60, scale: 65_535 / 119.3 },
  { form: 'clamped', origin: -60, scale: 4e307 },
  { form: 'open', origin: 3.7, scale: 1 / 0.9 },
  { form: 'open', origin: 0, scale: 1 },
];

describe.each(FORMULAS)('cells $form from $origin by $scale', (formula) => {
  test.each([
    { name: 'doubles', values: NUMBERS, whole: false },
    { name: 'whole numbers', values: WHOLE, whole: true },
  ])('$name', ({ values, whole }) => {
    for (const rows of [ROWS, 1000]) {
      const count = cellCount(room, formula);
      expect(run(count, values, whole, rows)).toBe(0);
      const expected = new Float64Array(CELLS);
      const nan = values.filter(Number.isNaN).length;
      let outside = 0 - nan;
      for (const value of values) {
        const cell = cellOf(value, formula);
        if (cell === undefined) outside += 1;
        else expected[cell] = (expected[cell] ?? 0) + 1;
      }
      expect(count.outcome()).toEqual({ cells: expected, nan, outside });
      const wanted = [...new Set(values.slice(0, 300).flatMap((value) => cellOf(value, formula) ?? []))];
      const pick = cellPick(room, formula, wanted);
      expect(run(pick, values, whole, rows)).toBe(0);
      const known = new Set(wanted);
      const picked = values.filter((value) => known.has(cellOf(value, formula) ?? -1));
      expect(pick.outcome().sort()).toEqual(Float64Array.from(picked).sort());
    }
  });
});

test('there is no room for more values than a thread may have', () => {
  const pick = cellPick(room, { form: 'clamped', origin: 1, scale: 1 }, [0]);
  const zeros = new Array<number>(ROWS).fill(0);
  const most = Math.floor(2 ** 20 / ROWS);
  const times = (count: number) => Array.from({ length: 2 * count }, () => zeros).flat();
  expect(run(pick, times(most), false)).toBe(0);
  expect(pick.outcome()).toHaveLength(2 * most * ROWS);
  expect(run(pick, times(most + 1), false)).toBe(1);
});

describe('values with their rows', () => {
  const table: ValueTable = { slots: 15, most: 16_384 };

  test('NaN is none, and −0 is 0', () => {
    const values = [
      0,
      -0,
      Number.NaN,
      1.5,
      Number.POSITIVE_INFINITY,
      -2,
      1.5,
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ];
    const count = valueCount(room, table);
    expect(run(count, values, false, 3)).toBe(0);
    const found = count.outcome();
    expect([...found.values]).toEqual([Number.NEGATIVE_INFINITY, -2, 0, 1.5, Number.POSITIVE_INFINITY]);
    expect([...found.counts]).toEqual([1, 1, 3, 2, 1]);
    expect(found.nan).toBe(2);
  });

  test('whole numbers', () => {
    const count = valueCount(room, table);
    const values = WHOLE.map((value) => value % 5000);
    expect(run(count, values, true)).toBe(0);
    const expected = new Map<number, number>();
    for (const value of values) expected.set(value + 0, (expected.get(value + 0) ?? 0) + 1);
    const found = count.outcome();
    expect([...found.values]).toEqual([...expected.keys()].sort((a, b) => a - b));
    expect([...found.counts]).toEqual([...found.values].map((value) => expected.get(value)));
  });

  test('as many as a table takes, and one more', () => {
    const values = Array.from({ length: 1024 }, (_, i) => i / 8);
    const count = valueCount(room, { slots: 15, most: 512 });
    expect(run(count, values, false, 512)).toBe(0);
    expect(count.outcome().values).toHaveLength(1024);
    expect(run(valueCount(room, { slots: 15, most: 511 }), values, false, 512)).toBe(1);
  });

  test('a table that has as many stays as it is', () => {
    const values = Array.from({ length: ROWS }, (_, i) => i + 0.5);
    const count = valueCount(room, { slots: 10, most: 512 });
    for (const rows of [ROWS, 1000, 300]) {
      expect(run(count, values, false, rows)).toBe(1);
      const hand = handOf(0);
      const [kernel, ...call] = count.call({ rows: 1, whole: false }, hand);
      const value = new Float64Array(room.memory.buffer, hand.unpack.values, 1);
      // One that it has, and another one.
      value[0] = 0.5;
      expect(kernels[kernel](...call)).toBe(0);
      value[0] = 0.25;
      expect(kernels[kernel](...call)).toBe(1);
    }
  });
});
