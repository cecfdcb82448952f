import { RowKeys } from '../../../lib/engines/predictions/row-keys';

const ROWS = 160_000;
const keys = BigInt64Array.from({ length: ROWS }, (_, row) => (BigInt(row) * 2_654_435_761n) % (1n << 40n));
const span = { rows: ROWS, low: 0n, high: 1n << 40n };

/** Blocks of so many keys; one has a NULL, where it is told. */
async function feed(told: RowKeys, table: number, from: BigInt64Array, size: number, nullAt = -1): Promise<void> {
  for (let first = 0; first < from.length; first += size) {
    const bytes = new Uint8Array(from.slice(first, first + size).buffer);
    await told.look(table, { bytes, hasNull: nullAt >= first && nullAt < first + size });
    // The memory of a block is used again.
    bytes.fill(255);
    await new Promise((resolve) => setImmediate(resolve));
  }
  told.end(table);
}

async function alike(...tables: readonly (readonly [keys: BigInt64Array, size: number, nullAt?: number])[]) {
  const found = [];
  for (const known of [span, undefined]) {
    const told = new RowKeys(tables.length - 1, known);
    await Promise.all(tables.map(([of, size, nullAt], table) => feed(told, table, of, size, nullAt)));
    found.push(told.areAlike());
  }
  return found;
}

test('the same keys in the same order, however they are cut into blocks', async () => {
  await expect(alike([keys, 2_048])).resolves.toEqual([true, true]);
  await expect(alike([keys, 2_048], [keys, 2_048], [keys, 1_777])).resolves.toEqual([true, true]);
  // One is far ahead of the other, and waits.
  await expect(alike([keys, 140_000], [keys, 2_048])).resolves.toEqual([true, true]);
  await expect(alike([keys, 2_048], [keys, 140_000])).resolves.toEqual([true, true]);
});

test('another key, another order, fewer or more of them, one twice, and none', async () => {
  const swapped = keys.with(100_000, keys[100_001] ?? 0n).with(100_001, keys[100_000] ?? 0n);
  for (const other of [keys.with(ROWS - 1, 5n), swapped, keys.slice(0, -1), keys.slice(1), BigInt64Array.of(...[7n])]) {
    await expect(alike([keys, 2_048], [other, 2_048])).resolves.toEqual([false, false]);
    await expect(alike([other, 2_048], [keys, 2_048])).resolves.toEqual([false, false]);
  }
  const repeated = keys.with(ROWS - 1, keys[0] ?? 0n);
  await expect(alike([repeated, 2_048], [repeated, 2_048])).resolves.toEqual([false, false]);
  await expect(alike([keys, 2_048, 90_000], [keys, 2_048])).resolves.toEqual([false, false]);
  await expect(alike([keys, 2_048], [keys, 2_048, 159_999])).resolves.toEqual([false, false]);
});
