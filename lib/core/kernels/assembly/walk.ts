// Twin of ../placements.ts: all rows and one group column in a single walk. Loads by row miss the cache, and a branch that waits
// for one stops those behind it; so single rows take no branch on what they load.

const TIE_START: u32 = 0x80000000;
const ROW_MASK: u32 = 0x7fffffff;

/**
 * Doubled placements of every row among all rows and, if `groups` > 0, among those of its group: pairs of u32 by row at
 * `doubled` (one u32 a row without groups). `meta`: label + 2·code a row, in `width` bytes (1 or 2).
 * `state`: u64 wins of all and of each group, then of all and of each group two u32: positives not yet seen (given), and
 * negatives seen; then two zeroed u32 a group.
 */
export function place(order: usize, n: u32, meta: usize, width: u32, groups: u32, doubled: usize, state: usize): void {
  if (width == 1) placeAs<u8>(order, n, meta, groups, doubled, state);
  else placeAs<u16>(order, n, meta, groups, doubled, state);
}

function placeAs<T>(order: usize, n: u32, meta: usize, groups: u32, doubled: usize, state: usize): void {
  const counts = state + (<usize>(groups + 1) << 3);
  const above = load<u32>(counts);
  if (groups == 0) store<u64>(state, placeAll<T>(order, n, meta, above, doubled));
  else {
    const wins = state + 8;
    const own = counts + 8;
    store<u64>(state, placeBoth<T>(order, n, meta, above, groups, doubled, wins, own, own + (<usize>groups << 3)));
  }
}

function placeAll<T>(order: usize, n: u32, meta: usize, unseen: u32, doubled: usize): u64 {
  const log: usize = sizeof<T>() >> 1;
  let above = unseen;
  let below: u32 = 0;
  let wins: u64 = 0;
  let start: u32 = 0;
  while (start < n) {
    let row = load<u32>(order + (<usize>start << 2)) & ROW_MASK;
    let end = start + 1;
    if (end == n || load<u32>(order + (<usize>end << 2)) >= TIE_START) {
      const positive = <u32>load<T>(meta + (<usize>row << log)) & 1;
      const placement = 2 * select(below, above, positive);
      store<u32>(doubled + (<usize>row << 2), placement);
      wins += <u64>(placement & (0 - positive));
      above -= positive;
      below += 1 - positive;
      start = end;
      continue;
    }
    let tied: u32 = 0;
    end = start;
    do {
      row = load<u32>(order + (<usize>end << 2)) & ROW_MASK;
      tied += <u32>load<T>(meta + (<usize>row << log)) & 1;
      end++;
    } while (end < n && load<u32>(order + (<usize>end << 2)) < TIE_START);
    const others = end - start - tied;
    const ofPositive = 2 * below + others;
    const ofNegative = 2 * above - tied;
    for (let index = start; index < end; index++) {
      row = load<u32>(order + (<usize>index << 2)) & ROW_MASK;
      const positive = <u32>load<T>(meta + (<usize>row << log)) & 1;
      store<u32>(doubled + (<usize>row << 2), select(ofPositive, ofNegative, positive));
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
  order: usize, n: u32, meta: usize, unseen: u32, groups: u32, doubled: usize, wins: usize, counts: usize, ties: usize,
): u64 {
  const log: usize = sizeof<T>() >> 1;
  let above = unseen;
  let below: u32 = 0;
  let sum: u64 = 0;
  let start: u32 = 0;
  while (start < n) {
    let row = load<u32>(order + (<usize>start << 2)) & ROW_MASK;
    let end = start + 1;
    if (end == n || load<u32>(order + (<usize>end << 2)) >= TIE_START) {
      const both = <u32>load<T>(meta + (<usize>row << log));
      const positive = both & 1;
      const own = counts + (<usize>both << 2);
      const other = counts + (<usize>(both ^ 1) << 2);
      const within = 2 * load<u32>(own);
      const placement = 2 * select(below, above, positive);
      store<u64>(doubled + (<usize>row << 3), <u64>placement | (<u64>within << 32));
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
      row = load<u32>(order + (<usize>end << 2)) & ROW_MASK;
      const both = <u32>load<T>(meta + (<usize>row << log));
      tied += both & 1;
      // Where the other class of the group will look.
      const at = ties + (<usize>(both ^ 1) << 2);
      store<u32>(at, load<u32>(at) + 1);
      end++;
    } while (end < n && load<u32>(order + (<usize>end << 2)) < TIE_START);
    const others = end - start - tied;
    const ofPositive = 2 * below + others;
    const ofNegative = 2 * above - tied;
    for (let index = start; index < end; index++) {
      row = load<u32>(order + (<usize>index << 2)) & ROW_MASK;
      const both = <u32>load<T>(meta + (<usize>row << log));
      const positive = both & 1;
      const tie = load<u32>(ties + (<usize>both << 2));
      const within = 2 * load<u32>(counts + (<usize>both << 2)) + select(tie, 0 - tie, positive);
      store<u64>(doubled + (<usize>row << 3), <u64>select(ofPositive, ofNegative, positive) | (<u64>within << 32));
      const win = wins + (<usize>(both >> 1) << 3);
      store<u64>(win, load<u64>(win) + <u64>(within & (0 - positive)));
    }
    if (end - start < groups) {
      for (let index = start; index < end; index++) {
        row = load<u32>(order + (<usize>index << 2)) & ROW_MASK;
        settle(<u32>load<T>(meta + (<usize>row << log)) >> 1, counts, ties);
      }
    } else for (let code: u32 = 0; code < groups; code++) settle(code, counts, ties);
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
