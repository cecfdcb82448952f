import { differArguments, type KeyPlan, type KeySpan, keyCheckBytes, keyPlanOf, spreadBytes } from './keys';
import type { Call } from './phases';
import type { KernelMemory, Layout } from './wasm';

/** Both ends of a partition are filled. */
const MOST_HANDS = 2;
/** Partitions that are compared at once: keys for a millisecond. */
const PARTITIONS = 32;

/** Room for keys that one or two threads spread, and compare afterwards. */
export class SharedKeys {
  private readonly plan: KeyPlan;
  private readonly store: number;
  private readonly hands: readonly { readonly ends: number; readonly table: number }[];

  /**
   * @param hands number of threads: one or two
   * @param spare place that may be used, if it has enough bytes @default none: a place of its own
   * @throws RangeError for more keys than fit, see `keyCheckBytes`
   */
  constructor(span: KeySpan, hands: number, layout: Layout, spare?: { readonly at: number; readonly bytes: number }) {
    if (hands < 1 || hands > MOST_HANDS) throw new RangeError(`${hands} threads: one or two can spread keys`);
    if (!Number.isFinite(keyCheckBytes(span))) throw new RangeError(`${span.rows} keys are more than fit into memory`);
    this.plan = keyPlanOf(span);
    const { split, slots, width } = this.plan;
    const bytes = spreadBytes(this.plan);
    this.store = spare !== undefined && spare.bytes >= bytes ? spare.at : layout.take(bytes);
    this.hands = Array.from({ length: hands }, () => ({
      ends: layout.take(2 ** split * 4),
      table: layout.take(2 ** slots * width),
    }));
  }

  /** Spreads `n` keys, 8 bytes each: 0, or 1 when one does not fit, and nothing can be told. One call at a time by each hand. */
  spread(hand: number, from: number, n: number): Call {
    const { low, bits, split, room } = this.plan;
    return ['spreadKeys', from, n, low, bits, split, room, this.of(hand).ends, this.store, hand === 0 ? 1 : -1];
  }

  /** Forgets all keys. */
  clear({ buffer }: KernelMemory): void {
    for (const { ends } of this.hands) new Uint32Array(buffer, ends, 2 ** this.plan.split).fill(0);
  }

  /** Once all are spread, tasks for a hand that compare them piece by piece: 0 where the keys of a piece differ. */
  compare(hand: number): readonly (readonly Call[])[] {
    const all = 2 ** this.plan.split;
    const { table } = this.of(hand);
    const { ends } = this.of(0);
    const behind = this.hands[1]?.ends;
    const spread = { ends, table, store: this.store, ...(behind === undefined ? {} : { behind }) };
    return Array.from({ length: Math.ceil(all / PARTITIONS) }, (_, piece): readonly Call[] => {
      const first = piece * PARTITIONS;
      return [['keysDiffer', ...differArguments(this.plan, spread, first, Math.min(all, first + PARTITIONS))]];
    });
  }

  private of(hand: number): { readonly ends: number; readonly table: number } {
    const found = this.hands[hand];
    if (found === undefined) throw new RangeError(`there is no thread ${hand}`);
    return found;
  }
}
