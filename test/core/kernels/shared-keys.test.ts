import fc from 'fast-check';
import type { KeySpan } from '../../../lib/core/kernels/keys';
import { runCalls } from '../../../lib/core/kernels/phases';
import { SharedKeys } from '../../../lib/core/kernels/shared-keys';
import { instantiate, Layout } from '../../../lib/core/kernels/wasm';

/** What is told of keys that hands spread in turn, so many at a time. */
function told(keys: readonly bigint[], hands: number, span: Partial<KeySpan> = {}, block = 1_000): string {
  const layout = new Layout();
  const shared = new SharedKeys({ rows: keys.length, ...span }, hands, layout);
  const at = layout.take(8 * block);
  const memory = layout.memory();
  const kernels = instantiate(memory);
  for (let from = 0, hand = 0; from < keys.length; from += block, hand = (hand + 1) % hands) {
    const part = keys.slice(from, from + block);
    new BigInt64Array(memory.buffer, at, part.length).set(part);
    if (runCalls(kernels, [shared.spread(hand, at, part.length)])[0] !== 0) return 'does not fit';
  }
  // Each piece by another hand: they have tables of their own.
  const pieces =
    shared.compare(0).map((piece, index) => (index % hands === 0 ? piece : shared.compare(1)[index])) ?? [];
  return pieces.every((piece = []) => runCalls(kernels, piece)[0] === 0) ? 'differ' : 'repeat';
}

const scattered = Array.from({ length: 300_000 }, (_, i) => BigInt.asIntN(64, BigInt(i) * 0x9e3779b97f4a7c15n));
const narrow = scattered.map((_, i) => (BigInt(i) * 2_654_435_761n) % (1n << 40n));

describe.each([1, 2])('%i hands', (hands) => {
  test.each([
    ['over 64 bits', scattered, {}],
    ['over 40 bits', narrow, { low: 0n, high: (1n << 40n) - 1n }],
  ])('tell keys %s apart, and find one that repeats, wherever it is', (_what, keys, span) => {
    expect(told(keys, hands, span)).toBe('differ');
    for (const [from, to] of [
      [0, 299_999],
      [17, 1_500],
      [500, 999],
      [123_456, 7],
    ] as const) {
      expect(told(keys.with(to, keys[from] as bigint), hands, span)).toBe('repeat');
    }
  });

  test('tell what a set tells of few keys', () => {
    const key = fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 12 }), (keys) => {
        expect(told(keys, hands, {}, 3)).toBe(new Set(keys).size < keys.length ? 'repeat' : 'differ');
      }),
      { numRuns: 300 },
    );
  });

  test('refuse a key that is not within the span', () => {
    const keys = [...narrow.slice(0, 5_000), -1n];
    expect(told(keys, hands, { low: 0n, high: (1n << 40n) - 1n })).toBe('does not fit');
    expect(told(keys, hands, { low: -1n, high: (1n << 40n) - 1n })).toBe('differ');
  });

  test('tell of one key that is everywhere that it repeats, or does not fit', () => {
    expect(['repeat', 'does not fit']).toContain(told(new Array<bigint>(50_000).fill(7n), hands));
  });
});

test('more than two hands, or more keys than fit, are refused', () => {
  const shared = (rows: number, hands: number) => new SharedKeys({ rows }, hands, new Layout());
  expect(() => shared(10, 3)).toThrow('one or two');
  expect(() => shared(10, 0)).toThrow('one or two');
  expect(() => shared(2 ** 40, 1)).toThrow('more than fit');
  expect(() => shared(10, 1).spread(1, 64, 1)).toThrow('there is no thread 1');
});
