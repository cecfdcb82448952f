// Twin of ../placements.ts: all rows and one group column in a single walk. Loads and stores by row miss the cache, and a branch
// that waits for one stops those behind it; so single rows take no branch on what they load, and placements first go to blocks of
// rows, whose memory fits the cache when they are put in their places.

const TIE_START: u32 = 0x80000000;
const ENTRY: u32 = 0x7fffffff;
const BLOCK_LOG: u32 = 16;

/**
 * Doubled placements of every row among all rows and, if `groups` > 0, among those of its group: pairs of u32 by row at
 * `doubled` (one u32 a row without groups). `meta`: label + 2·code a row, in `width` bytes (1 or 2); if `rowBits` < 31, the
 * entries of `order` have it above the row's number, and lose it here. `state`: u64 wins of all and of each group, then of all
 * and of each group two u32: positives not yet seen (given), and negatives seen; then two zeroed u32 a group. `records` has room
 * for two u32 a row (three with groups), `scratch` for `scratchBytes()`.
 */
export function place(
  order: usize, n: u32, meta: usize, width: u32, rowBits: u32, groups: u32, doubled: usize, state: usize, records: usize,
  scratch: usize,
): void {
  // Each block of rows gets exactly as many records as it has rows.
  const size: u32 = groups == 0 ? 8 : 12;
  for (let block: u32 = 0; block << BLOCK_LOG < n; block++) store<usize>(scratch + (<usize>block << 2), records + <usize>(block << BLOCK_LOG) * size);
  if (rowBits < 31) placeAs<u32>(order, n, meta, rowBits, groups, state, scratch);
  else if (width == 1) placeAs<u8>(order, n, meta, rowBits, groups, state, scratch);
  else placeAs<u16>(order, n, meta, rowBits, groups, state, scratch);
  if (groups == 0) {
    for (let index: u32 = 0; index < n; index++) {
      const at = records + (<usize>index << 3);
      store<u32>(doubled + (<usize>load<u32>(at) << 2), load<u32>(at, 4));
    }
  } else {
    for (let index: u32 = 0; index < n; index++) {
      const at = records + <usize>index * 12;
      store<u64>(doubled + (<usize>load<u32>(at) << 3), load<u64>(at, 4));
    }
  }
}

/** `T`: how `meta` is held; u32 stands for the entries themselves. */
function placeAs<T>(order: usize, n: u32, meta: usize, rowBits: u32, groups: u32, state: usize, blocks: usize): void {
  const counts = state + (<usize>(groups + 1) << 3);
  const above = load<u32>(counts);
  if (groups == 0) store<u64>(state, placeAll<T>(order, n, meta, rowBits, above, blocks));
  else {
    const wins = state + 8;
    const own = counts + 8;
    store<u64>(state, placeBoth<T>(order, n, meta, rowBits, above, groups, blocks, wins, own, own + (<usize>groups << 3)));
  }
}

// @ts-ignore: decorator
@inline
function metaOf<T>(entry: u32, row: u32, meta: usize, rowBits: u32): u32 {
  if (sizeof<T>() == 4) return (entry & ENTRY) >> rowBits;
  return <u32>load<T>(meta + (<usize>row << (sizeof<T>() >> 1)));
}

/** Leaves the number of the row alone in an entry. */
// @ts-ignore: decorator
@inline
function strip<T>(at: usize, entry: u32, row: u32): void {
  if (sizeof<T>() == 4) store<u32>(at, (entry & TIE_START) | row);
}

// @ts-ignore: decorator
@inline
function record(blocks: usize, row: u32, placement: u32): void {
  const at = blocks + (<usize>(row >> BLOCK_LOG) << 2);
  const to = load<usize>(at);
  store<u64>(to, <u64>row | (<u64>placement << 32));
  store<usize>(at, to + 8);
}

// @ts-ignore: decorator
@inline
function recordBoth(blocks: usize, row: u32, placement: u32, within: u32): void {
  const at = blocks + (<usize>(row >> BLOCK_LOG) << 2);
  const to = load<usize>(at);
  store<u32>(to, row);
  store<u64>(to, <u64>placement | (<u64>within << 32), 4);
  store<usize>(at, to + 12);
}

function placeAll<T>(order: usize, n: u32, meta: usize, rowBits: u32, unseen: u32, blocks: usize): u64 {
  const rowMask: u32 = (1 << rowBits) - 1;
  let above = unseen;
  let below: u32 = 0;
  let wins: u64 = 0;
  let start: u32 = 0;
  while (start < n) {
    let at = order + (<usize>start << 2);
    let entry = load<u32>(at);
    let row = entry & rowMask;
    let end = start + 1;
    if (end == n || load<u32>(order + (<usize>end << 2)) >= TIE_START) {
      const positive = metaOf<T>(entry, row, meta, rowBits) & 1;
      strip<T>(at, entry, row);
      const placement = 2 * select(below, above, positive);
      record(blocks, row, placement);
      wins += <u64>(placement & (0 - positive));
      above -= positive;
      below += 1 - positive;
      start = end;
      continue;
    }
    let tied: u32 = 0;
    end = start;
    do {
      entry = load<u32>(order + (<usize>end << 2));
      tied += metaOf<T>(entry, entry & rowMask, meta, rowBits) & 1;
      end++;
    } while (end < n && load<u32>(order + (<usize>end << 2)) < TIE_START);
    const others = end - start - tied;
    const ofPositive = 2 * below + others;
    const ofNegative = 2 * above - tied;
    for (let index = start; index < end; index++) {
      at = order + (<usize>index << 2);
      entry = load<u32>(at);
      row = entry & rowMask;
      const positive = metaOf<T>(entry, row, meta, rowBits) & 1;
      strip<T>(at, entry, row);
      record(blocks, row, select(ofPositive, ofNegative, positive));
    }
    wins += <u64>tied * <u64>ofPositive;
    below += others;
    above -= tied;
    start = end;
  }
  return wins;
}

/** `counts`, `ties`: pairs of u32 a group; a positive row looks at the second of a pair, a negative one at the first. */
function placeBoth<T>(
  order: usize, n: u32, meta: usize, rowBits: u32, unseen: u32, groups: u32, blocks: usize, wins: usize, counts: usize,
  ties: usize,
): u64 {
  const rowMask: u32 = (1 << rowBits) - 1;
  let above = unseen;
  let below: u32 = 0;
  let sum: u64 = 0;
  let start: u32 = 0;
  while (start < n) {
    let at = order + (<usize>start << 2);
    let entry = load<u32>(at);
    let row = entry & rowMask;
    let end = start + 1;
    if (end == n || load<u32>(order + (<usize>end << 2)) >= TIE_START) {
      const both = metaOf<T>(entry, row, meta, rowBits);
      strip<T>(at, entry, row);
      const positive = both & 1;
      const own = counts + (<usize>both << 2);
      const other = counts + (<usize>(both ^ 1) << 2);
      const within = 2 * load<u32>(own);
      const placement = 2 * select(below, above, positive);
      recordBoth(blocks, row, placement, within);
      store<u32>(other, load<u32>(other) + 1 - 2 * positive);
      const win = wins + (<usize>(both >> 1) << 3);
      store<u64>(win, load<u64>(win) + <u64>(within & (0 - positive)));
      sum += <u64>(placement & (0 - positive));
      above -= positive;
      below += 1 - positive;
      start = end;
      continue;
    }
    let tied: u32 = 0;
    end = start;
    do {
      entry = load<u32>(order + (<usize>end << 2));
      const both = metaOf<T>(entry, entry & rowMask, meta, rowBits);
      tied += both & 1;
      // Where the other class of the group will look.
      const tie = ties + (<usize>(both ^ 1) << 2);
      store<u32>(tie, load<u32>(tie) + 1);
      end++;
    } while (end < n && load<u32>(order + (<usize>end << 2)) < TIE_START);
    const others = end - start - tied;
    const ofPositive = 2 * below + others;
    const ofNegative = 2 * above - tied;
    for (let index = start; index < end; index++) {
      entry = load<u32>(order + (<usize>index << 2));
      row = entry & rowMask;
      const both = metaOf<T>(entry, row, meta, rowBits);
      const positive = both & 1;
      const tie = load<u32>(ties + (<usize>both << 2));
      const within = 2 * load<u32>(counts + (<usize>both << 2)) + select(tie, 0 - tie, positive);
      recordBoth(blocks, row, select(ofPositive, ofNegative, positive), within);
      const win = wins + (<usize>(both >> 1) << 3);
      store<u64>(win, load<u64>(win) + <u64>(within & (0 - positive)));
    }
    const few = end - start < groups;
    for (let index = start; index < end; index++) {
      at = order + (<usize>index << 2);
      entry = load<u32>(at);
      row = entry & rowMask;
      if (few) settle(metaOf<T>(entry, row, meta, rowBits) >> 1, counts, ties);
      strip<T>(at, entry, row);
    }
    if (!few) for (let code: u32 = 0; code < groups; code++) settle(code, counts, ties);
    sum += <u64>tied * <u64>ofPositive;
    below += others;
    above -= tied;
    start = end;
  }
  return sum;
}

/** The run's rows of a group now lie below: its negatives are seen, its positives no longer above. */
// @ts-ignore: decorator
@inline
function settle(code: u32, counts: usize, ties: usize): void {
  const at = <usize>code << 3;
  const both = load<u64>(ties + at);
  if (both == 0) return;
  store<u32>(counts + at, load<u32>(counts + at) - <u32>both);
  store<u32>(counts + at, load<u32>(counts + at, 4) + <u32>(both >> 32), 4);
  store<u64>(ties + at, 0);
}
