// Whether keys differ, exactly; see ../keys.ts. A key less the smallest is mixed by a bijection on its `bits` bits: the upper
// `split` bits of the result name a partition, and the others are kept there, in 4 or 8 bytes. Equal keys, and no others, are
// equal there.

/**
 * Spreads `n` 64-bit keys at `from` over the partitions at `keys`, each with room for `room` keys; `ends` has a u32 with the
 * number of keys of each. Partitions are filled from their first place on with a `step` of 1, and from their last place back with
 * −1, so that two may share the room. Returns 0 when it is done, and 1 when a key does not fit, or is not among the 2^`bits` from
 * `low` on.
 */
export function spreadKeys(
  from: usize,
  n: u32,
  low: i64,
  bits: u32,
  split: u32,
  room: u32,
  ends: usize,
  keys: usize,
  step: i32,
): u32 {
  return bits - split <= 32
    ? spreadAs<u32>(from, n, low, bits, split, room, ends, keys, step)
    : spreadAs<u64>(from, n, low, bits, split, room, ends, keys, step);
}

// @ts-ignore: decorator
@inline
function spreadAs<T>(
  from: usize,
  n: u32,
  low: i64,
  bits: u32,
  split: u32,
  room: u32,
  ends: usize,
  keys: usize,
  step: i32,
): u32 {
  const first = step < 0 ? room - 1 : 0;
  const mask: u64 = u64.MAX_VALUE >> (64 - bits);
  const half: u64 = (bits + 1) >> 1;
  const rest: u64 = bits - split;
  const own: u64 = (<u64>1 << rest) - 1;
  const log: usize = sizeof<T>() == 4 ? 2 : 3;
  for (let end = from + (<usize>n << 3); from < end; from += 8) {
    let key = <u64>(load<i64>(from) - low);
    if (key > mask) return 1;
    key = (key * 0x9e3779b97f4a7c15) & mask;
    key ^= key >> half;
    key = (key * 0xbf58476d1ce4e5b9) & mask;
    const partition = <usize>(key >> rest);
    const count = ends + (partition << 2);
    const held = load<u32>(count);
    if (held == room) return 1;
    store<T>(keys + ((partition * <usize>room + <usize>(first + held * step)) << log), <T>(key & own));
    store<u32>(count, held + 1);
  }
  return 0;
}

/**
 * Returns 0 if the keys of each partition from `first` on and before `last` differ, and 1 if not. `ends` has the numbers of keys from
 * the first place on, `behind` those from the last place back, or is 0. `table`: 2^`slots` slots of 4 or 8 bytes, at most half of
 * them taken.
 */
export function keysDiffer(
  rest: u32, first: u32, last: u32, room: u32, ends: usize, behind: usize, keys: usize, table: usize, slots: u32,
): u32 {
  return rest <= 32
    ? differAs<u32>(first, last, room, ends, behind, keys, table, slots)
    : differAs<u64>(first, last, room, ends, behind, keys, table, slots);
}

// @ts-ignore: decorator
@inline
function differAs<T>(
  first: u32, last: u32, room: u32, ends: usize, behind: usize, keys: usize, table: usize, slots: u32,
): u32 {
  const log: usize = sizeof<T>() == 4 ? 2 : 3;
  for (let partition = <usize>first; partition < <usize>last; partition++) {
    const held = load<u32>(ends + (partition << 2));
    const more: u32 = behind == 0 ? 0 : load<u32>(behind + (partition << 2));
    if (held + more > room) return 1;
    memory.fill(table, 0, <usize>1 << (<usize>slots + log));
    const from = keys + ((partition * <usize>room) << log);
    const to = from + (<usize>room << log);
    zero = false;
    if (!enter<T>(from, from + (<usize>held << log), table, slots)) return 1;
    if (!enter<T>(to - (<usize>more << log), to, table, slots)) return 1;
  }
  return 0;
}

/** A free slot holds 0, which a key may be, too. */
let zero: bool = false;

/** @returns false for a key that is there already */
// @ts-ignore: decorator
@inline
function enter<T>(from: usize, to: usize, table: usize, slots: u32): bool {
  const log: usize = sizeof<T>() == 4 ? 2 : 3;
  const mask: u32 = (1 << slots) - 1;
  for (; from < to; from += sizeof<T>()) {
    const key = load<T>(from);
    if (key == 0) {
      if (zero) return false;
      zero = true;
      continue;
    }
    let slot = (<u32>(key ^ (key >> (sizeof<T>() * 4))) * 0x9e3779b1) >> (32 - slots);
    for (;;) {
      const place = table + (<usize>slot << log);
      const held = load<T>(place);
      if (held == 0) {
        store<T>(place, key);
        break;
      }
      if (held == key) return false;
      slot = (slot + 1) & mask;
    }
  }
  return true;
}
