import fc from 'fast-check';
import { hasRepeatedKey } from '../../../lib/core/kernels/keys';
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

test('all keys equal, and almost all', () => {
  expect(hasRepeatedKey(new BigInt64Array(LARGE))).toBe(true);
  expect(hasRepeatedKey(new BigInt64Array(1))).toBe(false);
  expect(hasRepeatedKey(new BigInt64Array(0))).toBe(false);
});
