import type { Group } from '../model/columns';
import type { ClassSizes, Placements } from './placements';
import type { RankOrder } from './ranking';
import { type ScoreTally, TALLY_BYTES, type TallyCall, tallyOf } from './tally';
import { fits, instantiate, type KernelMemory, Layout, type PlaceCall, type RankCall } from './wasm';

/**
 * One model's sort and walks, and a pass over its scores as probabilities, laid out in a memory of its own. Plain data: the
 * thread that gets it runs `rank`, `tally` and every `place`, and the result does not depend on which thread that is.
 */
export interface PlacementJob {
  readonly memory: KernelMemory;
  readonly rank: RankCall;
  readonly tally: TallyCall;
  readonly places: readonly PlaceCall[];
}

/** A group whose codes leave room for the label's bit, with its class sizes. */
export interface PlacedGroup {
  readonly group: Group;
  readonly sizes: ClassSizes;
}

const MOST_CODES = 32_767;

/**
 * @param threshold score at or above which a row counts as predicted positive
 * @returns `undefined` where it would not fit a memory of 4 GiB
 */
export function placementJob(
  scores: Float64Array,
  labels: Uint8Array,
  overall: ClassSizes,
  groups: readonly PlacedGroup[],
  threshold = 0.5,
): PlacementJob | undefined {
  const n = scores.length;
  const layout = new Layout();
  const [at, order, values] = [layout.take(8 * n), layout.take(4 * n), layout.take(8 * n)];
  const [spare, scratch, out] = [layout.take(12 * n), layout.take(SCRATCH), layout.take(TALLY_BYTES)];
  const walks = (groups.length === 0 ? [undefined] : groups).map((placed, index) => {
    const count = placed?.group.names.length ?? 0;
    const width: 1 | 2 = count > 127 ? 2 : 1;
    const [meta, state] = [layout.take(width * n), layout.take(3 * 8 * (count + 1))];
    // Nobody needs the scores here any more when rows are placed, and fresh memory costs time.
    const doubled = index === 0 ? at : layout.take(8 * n);
    // Labels and codes of the first walk travel with the rows where both fit the bits of an entry.
    const bits = Math.max(1, Math.ceil(Math.log2(n)));
    const rowBits = index === 0 && bits + 1 + Math.ceil(Math.log2(count + 1)) <= 31 ? bits : 31;
    // Records lie in `values` and, with groups, the beginning of `spare`: sorting is over by then.
    return { placed, call: [order, n, meta, width, rowBits, count, doubled, state, values, scratch] as const };
  });
  const [first] = walks;
  if (first === undefined || !fits(layout.bytes)) return undefined;
  if (groups.some(({ group }) => group.names.length > MOST_CODES)) return undefined;
  const memory = layout.memory();
  new Float64Array(memory.buffer, at, n).set(scores);
  for (const { placed, call } of walks) {
    const [, , meta, width, , count, , state] = call;
    writeMeta(memory, n, { meta, width }, labels, placed?.group.codes);
    const unseen = new Uint32Array(memory.buffer, state + 8 * (count + 1), 2 * (count + 1));
    unseen[0] = overall.positives[0] ?? 0;
    for (const [code, positives] of placed?.sizes.positives.entries() ?? []) unseen[2 * (code + 1)] = positives;
  }
  const [, , meta, width, rowBits] = first.call;
  return {
    memory,
    rank: [at, n, order, values, spare, scratch, meta, width, rowBits],
    tally: [at, n, meta, width, threshold, out],
    places: walks.map(({ call }) => call),
  };
}

/** `scratchBytes()` of the kernel: constant, and asked for before there is a memory to instantiate it with. */
const SCRATCH = 65_536 * 4 + 65_536 * 2 + 65_537 * 8 + (2 ** 20 + 8) * 4;

function writeMeta(
  { buffer }: KernelMemory,
  n: number,
  { meta, width }: { readonly meta: number; readonly width: 1 | 2 },
  labels: Uint8Array,
  codes: Uint16Array | undefined,
): void {
  const into = width === 1 ? new Uint8Array(buffer, meta, n) : new Uint16Array(buffer, meta, n);
  if (codes === undefined) into.set(labels);
  else for (let row = 0; row < n; row += 1) into[row] = (labels[row] as number) + 2 * (codes[row] as number);
}

/** Does the job in this thread. @returns 0, or 1 + the first row whose score is no finite number */
export function runJob({ memory, rank, tally, places }: PlacementJob): number {
  const kernels = instantiate(memory);
  const bad = kernels.rank(...rank);
  if (bad === 0) {
    kernels.tally(...tally);
    for (const call of places) kernels.place(...call);
  }
  return bad;
}

/** Views of a finished job; they keep its memory. */
export interface JobResult {
  readonly order: RankOrder;
  readonly overall: Placements;
  /** In the order of the groups that were asked for. */
  readonly groups: readonly Placements[];
  readonly tally: ScoreTally;
}

export function resultOf({ memory, rank, places, tally }: PlacementJob): JobResult {
  const [, n, at] = rank;
  const found = places.map(([, , , , , groups, doubled, state]) => {
    const stride = groups === 0 ? 1 : 2;
    const pairs = new Uint32Array(memory.buffer, doubled, stride * n);
    const wins = Float64Array.from(new BigUint64Array(memory.buffer, state, groups + 1), Number);
    const overall: Placements = { doubled: pairs, stride, offset: 0, wins: wins.subarray(0, 1) };
    return {
      overall,
      group: { doubled: pairs, stride, offset: 1, wins: wins.subarray(1) } satisfies Placements,
      groups,
    };
  });
  const [first] = found;
  if (first === undefined) throw new RangeError('a job walks at least once');
  const groups = first.groups === 0 ? [] : found.map(({ group }) => group);
  return {
    order: new Uint32Array(memory.buffer, at, n),
    overall: first.overall,
    groups,
    tally: tallyOf(memory, tally),
  };
}
