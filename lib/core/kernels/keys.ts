/** Bits a key in the filter: about 1 key in 30 meets a bit that another has set. */
const BITS_PER_KEY = 16;
const MOST_BITS = 2 ** 32;

/**
 * Whether any two keys are equal; exact. Ascending keys are seen in one pass. Others pass a filter of bits, and those that meet
 * a set bit are compared. O(n), with 2 bytes of memory a key.
 */
export function hasRepeatedKey(keys: BigInt64Array): boolean {
  const words = new Int32Array(keys.buffer, keys.byteOffset, keys.length * 2);
  return !isAscending(words) && repeats(words, keys);
}

/** Keys as pairs of 32-bit words, the lower one first: BigInts are slow, and every machine that runs this is little-endian. */
function isAscending(words: Int32Array): boolean {
  for (let at = 2; at < words.length; at += 2) {
    const [high, before] = [words[at + 1] as number, words[at - 1] as number];
    if (high < before) return false;
    if (high === before && (words[at] as number) >>> 0 <= (words[at - 2] as number) >>> 0) return false;
  }
  return true;
}

function repeats(words: Int32Array, keys: BigInt64Array): boolean {
  const wanted = Math.min(keys.length * BITS_PER_KEY, MOST_BITS);
  const bits = Math.max(5, Math.ceil(Math.log2(wanted)));
  const shift = 32 - bits;
  const seen = new Uint32Array(2 ** (bits - 5));
  const met = new Uint32Array(2 ** (bits - 5));
  let suspects = 0;
  for (let at = 0; at < words.length; at += 2) {
    const cell = mix(words[at] as number, words[at + 1] as number) >>> shift;
    const [word, bit] = [cell >>> 5, 1 << (cell & 31)];
    const held = seen[word] as number;
    if ((held & bit) !== 0) {
      met[word] = (met[word] as number) | bit;
      suspects += 1;
    }
    seen[word] = held | bit;
  }
  return suspects > 0 && repeatsAmong(words, keys, met, shift);
}

/** Sorts the keys whose bit was met twice and compares neighbours. */
function repeatsAmong(words: Int32Array, keys: BigInt64Array, met: Uint32Array, shift: number): boolean {
  let chosen = new BigInt64Array(1024);
  let count = 0;
  for (let at = 0; at < words.length; at += 2) {
    const cell = mix(words[at] as number, words[at + 1] as number) >>> shift;
    if (((met[cell >>> 5] as number) & (1 << (cell & 31))) === 0) continue;
    if (count === chosen.length) {
      const larger = new BigInt64Array(2 * count);
      larger.set(chosen);
      chosen = larger;
    }
    chosen[count] = keys[at / 2] as bigint;
    count += 1;
  }
  const sorted = chosen.subarray(0, count).sort();
  for (let index = 1; index < count; index += 1) if (sorted[index] === sorted[index - 1]) return true;
  return false;
}

/** 32 well mixed bits of a key: the finalizer of MurmurHash3 (A. Appleby, 2011) over both words. */
function mix(low: number, high: number): number {
  let h = Math.imul(low, 0xcc9e2d51) ^ Math.imul(high, 0x1b873593);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
