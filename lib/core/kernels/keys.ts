/** Keys a partition: they and a table of twice as many slots stay in the cache. */
const PARTITION_KEYS = 8_192;

/**
 * Whether any two keys are equal; exact. Ascending keys are seen in one pass. Others are spread by a hash into partitions that
 * fit the cache, and each is entered into a table there. O(n), with 8 bytes of memory a key.
 */
export function hasRepeatedKey(keys: BigInt64Array): boolean {
  // Pairs of 32-bit words, the lower one first: BigInts are slow, and every machine that runs this is little-endian.
  const words = new Int32Array(keys.buffer, keys.byteOffset, keys.length * 2);
  return !isAscending(words) && repeats(words);
}

function isAscending(words: Int32Array): boolean {
  for (let at = 2; at < words.length; at += 2) {
    const [high, before] = [words[at + 1] as number, words[at - 1] as number];
    if (high < before) return false;
    if (high === before && (words[at] as number) >>> 0 <= (words[at - 2] as number) >>> 0) return false;
  }
  return true;
}

function repeats(words: Int32Array): boolean {
  const partitions = 2 ** Math.max(1, Math.ceil(Math.log2(words.length / 2 / PARTITION_KEYS)));
  const shift = 32 - Math.log2(partitions);
  const ends = new Uint32Array(partitions);
  for (let at = 0; at < words.length; at += 2) {
    const partition = mix(words[at] as number, words[at + 1] as number) >>> shift;
    ends[partition] = (ends[partition] as number) + 1;
  }
  let [total, largest] = [0, 0];
  for (let partition = 0; partition < partitions; partition += 1) {
    const size = ends[partition] as number;
    largest = Math.max(largest, size);
    // For now each partition's start; spreading moves it to its end.
    ends[partition] = total;
    total += size;
  }
  const spread = spreadKeys(words, ends, shift);
  const table = new Uint32Array(2 ** Math.ceil(Math.log2(2 * largest)));
  let start = 0;
  for (const end of ends) {
    if (repeatsWithin(spread, start, end, table)) return true;
    start = end;
  }
  return false;
}

function spreadKeys(words: Int32Array, next: Uint32Array, shift: number): Int32Array {
  const spread = new Int32Array(words.length);
  for (let at = 0; at < words.length; at += 2) {
    const [low, high] = [words[at] as number, words[at + 1] as number];
    const partition = mix(low, high) >>> shift;
    const place = next[partition] as number;
    next[partition] = place + 1;
    spread[2 * place] = low;
    spread[2 * place + 1] = high;
  }
  return spread;
}

/** @param table slots with 1 + the number of a key within the partition; at most half of them are taken */
function repeatsWithin(words: Int32Array, start: number, end: number, table: Uint32Array): boolean {
  const mask = table.length - 1;
  table.fill(0);
  for (let key = start; key < end; key += 1) {
    const [low, high] = [words[2 * key] as number, words[2 * key + 1] as number];
    let slot = mix(low, high) & mask;
    for (;;) {
      const held = table[slot] as number;
      if (held === 0) break;
      const other = 2 * (start + held - 1);
      if (words[other] === low && words[other + 1] === high) return true;
      slot = (slot + 1) & mask;
    }
    table[slot] = key - start + 1;
  }
  return false;
}

/** 32 well mixed bits of a key: the finalizer of MurmurHash3 (A. Appleby, 2011) over both words. */
function mix(low: number, high: number): number {
  let h = Math.imul(low, 0xcc9e2d51) ^ Math.imul(high, 0x1b873593);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
