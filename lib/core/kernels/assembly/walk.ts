// Twin of ../placements.ts: all rows and one group column in a single walk.

const TIE_START: u32 = 0x80000000;
const ROW_MASK: u32 = 0x7fffffff;

/**
 * Doubled placements of every row among all rows and, if `groups` > 0, among those of its group: pairs of u32 by row at
 * `doubled` (one u32 a row without groups). `meta`: label + 2·code as u16 a row. `state`: (groups + 1)·4 f64, zeroed but for
 * the positives of each group (first: of all) in its second quarter; its fourth quarter receives the wins.
 */
export function place(order: usize, n: u32, meta: usize, groups: u32, doubled: usize, state: usize): void {
  if (groups == 0) placeAll(order, n, meta, doubled, state);
  else placeBoth(order, n, meta, groups, doubled, state);
}

function placeAll(order: usize, n: u32, meta: usize, doubled: usize, state: usize): void {
  let below: u32 = 0;
  let above = <u32>load<f64>(state + 8);
  let wins = 0.0;
  let start: u32 = 0;
  while (start < n) {
    let row = load<u32>(order + (<usize>start << 2)) & ROW_MASK;
    let end = start + 1;
    const label = <u32>load<u16>(meta + (<usize>row << 1)) & 1;
    if (end == n || load<u32>(order + (<usize>end << 2)) >= TIE_START) {
      store<u32>(doubled + (<usize>row << 2), 2 * select(below, above, label));
      if (label) { wins += 2.0 * <f64>below; above--; } else below++;
      start = end;
      continue;
    }
    let tied = label;
    while (end < n) {
      const entry = load<u32>(order + (<usize>end << 2));
      if (entry >= TIE_START) break;
      tied += <u32>load<u16>(meta + (<usize>entry << 1)) & 1;
      end++;
    }
    const others = end - start - tied;
    const ofPositive = 2 * below + others;
    const ofNegative = 2 * above - tied;
    for (let index = start; index < end; index++) {
      row = load<u32>(order + (<usize>index << 2)) & ROW_MASK;
      const positive = load<u16>(meta + (<usize>row << 1)) & 1;
      store<u32>(doubled + (<usize>row << 2), select(ofPositive, ofNegative, positive));
    }
    wins += <f64>tied * <f64>ofPositive;
    below += others;
    above -= tied;
    start = end;
  }
  store<f64>(state + 24, wins);
}

/** State of a group: below, above, tied in the run (negatives + positives·2³²), wins. */
function placeBoth(order: usize, n: u32, meta: usize, groups: u32, doubled: usize, state: usize): void {
  const quarter = <usize>(groups + 1) << 3;
  const aboves = state + quarter;
  const ties = aboves + quarter;
  const wins = ties + quarter;
  let below: u32 = 0;
  let above = <u32>load<f64>(aboves);
  let sum = 0.0;
  let start: u32 = 0;
  while (start < n) {
    let row = load<u32>(order + (<usize>start << 2)) & ROW_MASK;
    let end = start + 1;
    if (end == n || load<u32>(order + (<usize>end << 2)) >= TIE_START) {
      const both = <u32>load<u16>(meta + (<usize>row << 1));
      const at = <usize>(both >> 1) + 1 << 3;
      const to = doubled + (<usize>row << 3);
      if (both & 1) {
        const own = 2.0 * load<f64>(state + at);
        store<u32>(to, 2 * below);
        store<u32>(to, <u32>own, 4);
        store<f64>(wins + at, load<f64>(wins + at) + own);
        store<f64>(aboves + at, load<f64>(aboves + at) - 1.0);
        sum += 2.0 * <f64>below;
        above--;
      } else {
        store<u32>(to, 2 * above);
        store<u32>(to, <u32>(2.0 * load<f64>(aboves + at)), 4);
        store<f64>(state + at, load<f64>(state + at) + 1.0);
        below++;
      }
      start = end;
      continue;
    }
    let tied: u32 = 0;
    end = start;
    do {
      row = load<u32>(order + (<usize>end << 2)) & ROW_MASK;
      const both = <u32>load<u16>(meta + (<usize>row << 1));
      const at = ties + (<usize>(both >> 1) + 1 << 3);
      tied += both & 1;
      store<u32>(at + ((both & 1) << 2), load<u32>(at + ((both & 1) << 2)) + 1);
      end++;
    } while (end < n && load<u32>(order + (<usize>end << 2)) < TIE_START);
    const others = end - start - tied;
    for (let index = start; index < end; index++) {
      row = load<u32>(order + (<usize>index << 2)) & ROW_MASK;
      const both = <u32>load<u16>(meta + (<usize>row << 1));
      const at = <usize>(both >> 1) + 1 << 3;
      const to = doubled + (<usize>row << 3);
      if (both & 1) {
        const own = 2.0 * load<f64>(state + at) + <f64>load<u32>(ties + at);
        store<u32>(to, 2 * below + others);
        store<u32>(to, <u32>own, 4);
        store<f64>(wins + at, load<f64>(wins + at) + own);
      } else {
        store<u32>(to, 2 * above - tied);
        store<u32>(to, <u32>(2.0 * load<f64>(aboves + at) - <f64>load<u32>(ties + at, 4)), 4);
      }
    }
    for (let index = start; index < end; index++) {
      row = load<u32>(order + (<usize>index << 2)) & ROW_MASK;
      const at = <usize>(<u32>load<u16>(meta + (<usize>row << 1)) >> 1) + 1 << 3;
      const both = load<u64>(ties + at);
      if (both == 0) continue;
      store<f64>(state + at, load<f64>(state + at) + <f64><u32>both);
      store<f64>(aboves + at, load<f64>(aboves + at) - <f64>(both >> 32));
      store<u64>(ties + at, 0);
    }
    sum += <f64>tied * <f64>(2 * below + others);
    below += others;
    above -= tied;
    start = end;
  }
  store<f64>(wins, sum);
}
