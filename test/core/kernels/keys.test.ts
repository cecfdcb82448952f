import fc from 'fast-check';
import { hasRepeatedKey, KeyCheck, keyCheckBytes } from '../../../lib/core/kernels/keys';
import { createRandom } from '../../../lib/core/statistics';

const LARGE = 50_000;

/** Distinct keys of several shapes; multiplying by an odd number keeps them distinct. */
const shapes: readonly (readonly [string, (i: bigint) => bigint])[] = [
  ['ascending', (i) => i - 20_000n],
  ['descending', (i) => -i],
  ['scattered over 64 bits', (i) => BigInt.asIntN(64, i * 0x9e3779b97f4a7c15n)],
  ['different in the upper word alone', (i) => BigInt.asIntN(64, (i * 2_654_435_761n) << 32n)],
  ['scattered over 40 bits', (i) => (i * 2_654_435_761n) % (1n << 40n)],
];

test.each(shapes)('%s: distinct keys are distinct, and one repeated anywhere is found', (_, shape) => {
  const keys = BigInt64Array.from({ length: LARGE }, (_each, i) => shape(BigInt(i)));
  expect(hasRepeatedKey(keys)).toBe(false);
  const random = createRandom(5);
  for (let round = 0; round < 10; round += 1) {
    const [from, to] = [Math.floor(random() * LARGE), Math.floor(random() * LARGE)];
    if (from === to) continue;
    const changed = keys.slice();
    changed[to] = keys[from] ?? 0n;
    expect(hasRepeatedKey(changed)).toBe(true);
  }
});

test('few keys: as a set tells it', () => {
  const key = fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), (keys) => {
      expect(hasRepeatedKey(BigInt64Array.from(keys))).toBe(new Set(keys).size < keys.length);
    }),
    { numRuns: 1000 },
  );
});

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** What the proof says, in pieces as a scan hands them over. */
function proved(keys: readonly bigint[], span: { low?: bigint; high?: bigint } = {}): boolean {
  const check = new KeyCheck({ rows: keys.length, ...span });
  const bytes = new Uint8Array(BigInt64Array.from(keys).buffer);
  for (let from = 0; from < bytes.length; from += 8 * 3_000) check.add(bytes.subarray(from, from + 8 * 3_000));
  return check.allDiffer();
}

describe('the proof', () => {
  const regular: readonly (readonly [string, (i: bigint) => bigint])[] = [
    ...shapes,
    ['multiples of a power of two', (i) => i << 20n],
    [
      'a time, a worker and a number',
      (i) => ((1_700_000_000_000n + i / 40n) << 22n) | ((i % 4n) << 12n) | ((i % 40n) / 4n),
    ],
    ['multiples of the mixer', (i) => BigInt.asIntN(64, i * 0x0de1_fd12_0cf2_7b2dn)],
    ['the lowest', (i) => MIN + i],
    ['the highest', (i) => MAX - i],
  ];

  test.each(regular)('%s: is found, with and without bounds', (_, shape) => {
    const keys = Array.from({ length: LARGE }, (_each, i) => shape(BigInt(i)));
    const [low, high] = keys.reduce(([a, b], key) => [key < a ? key : a, key > b ? key : b], [MAX, MIN]);
    expect(proved(keys)).toBe(true);
    expect(proved(keys, { low, high })).toBe(true);
    for (const [from, to] of [
      [0, LARGE - 1],
      [LARGE - 1, 0],
      [2_047, 2_048],
    ]) {
      const changed = keys.with(to as number, keys[from as number] as bigint);
      expect([proved(changed), proved(changed, { low, high })]).toEqual([false, false]);
    }
  });

  test('is never one where keys are equal, and always where a few differ', () => {
    const key = fc.oneof(
      fc.bigInt({ min: -3n, max: 3n }),
      fc.constantFrom(MIN, MAX, 0n, -1n),
      fc.bigInt({ min: MIN, max: MAX }),
    );
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 12 }), (keys) => {
        const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1));
        const span = { low: sorted[0] ?? 0n, high: sorted.at(-1) ?? 0n };
        const differ = new Set(keys).size === keys.length;
        expect([proved(keys), proved(keys, span)]).toEqual([differ, differ]);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  test('is none for more keys than were told, or others', () => {
    expect(proved([5n, 6n], { low: 0n, high: 3n })).toBe(false);
    expect(proved([-1n, 1n], { low: 0n, high: 3n })).toBe(false);
    const check = new KeyCheck({ rows: 10 });
    expect(check.add(new Uint8Array(BigInt64Array.from({ length: LARGE }, (_, i) => BigInt(i)).buffer))).toBe(false);
    expect(check.allDiffer()).toBe(false);
  });

  test('all of no keys differ', () => expect(new KeyCheck({ rows: 0 }).allDiffer()).toBe(true));

  test('takes 4 bytes a key within a span of 2^40, 8 without, and a fifth more at most', () => {
    const rows = 10_000_000;
    expect(keyCheckBytes({ rows, low: 0n, high: 2n ** 40n }) / rows).toBeGreaterThan(4);
    expect(keyCheckBytes({ rows, low: 0n, high: 2n ** 40n }) / rows).toBeLessThan(4 * 1.2);
    expect(keyCheckBytes({ rows }) / rows).toBeLessThan(8 * 1.2);
    expect(keyCheckBytes({ rows: 2 ** 30 })).toBe(Number.POSITIVE_INFINITY);
  });
});

test('keys that gather in one partition are told apart all the same', () => {
  // Undoes the mixing, so that the upper bits of what comes out are all 0.
  const inverse = (odd: bigint): bigint => {
    let x = odd;
    for (let i = 0; i < 6; i += 1) x = BigInt.asUintN(64, x * (2n - odd * x));
    return x;
  };
  const [first, second] = [inverse(0x9e3779b97f4a7c15n), inverse(0xbf58476d1ce4e5b9n)];
  const keys = BigInt64Array.from({ length: LARGE }, (_, i) => {
    const mixed = BigInt.asUintN(64, BigInt(i) * second);
    return BigInt.asIntN(64, (mixed ^ (mixed >> 32n)) * first);
  });
  expect(proved([...keys])).toBe(false);
  expect(hasRepeatedKey(keys)).toBe(false);
  keys[17] = keys[40_000] ?? 0n;
  expect(hasRepeatedKey(keys)).toBe(true);
});

test('all keys equal, and almost all', () => {
  expect(hasRepeatedKey(new BigInt64Array(LARGE))).toBe(true);
  expect(hasRepeatedKey(new BigInt64Array(1))).toBe(false);
  expect(hasRepeatedKey(new BigInt64Array(0))).toBe(false);
});
