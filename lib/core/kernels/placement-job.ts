import type { Group } from '../model/columns';
import type { ClassSizes, Placements } from './placements';
import type { RankOrder } from './ranking';
import { type ScoreTally, TALLY_BYTES, type TallyCall, tallyOf } from './tally';
import { fits, instantiate, type KernelMemory, Layout } from './wasm';

/** Calls of `place` that a job makes, as arguments. */
export interface PlaceCall {
  readonly meta: number;
  /** Bytes of `meta` a row. */
  readonly width: 1 | 2;
  readonly groups: number;
  readonly doubled: number;
  readonly state: number;
}

/**
 * One model's sort and walks, and a pass over its scores as probabilities, laid out in a memory of its own. Plain data: the
 * thread that gets it runs `rank`, every `place` and `tally`, and the result does not depend on which thread that is.
 */
export interface PlacementJob {
  readonly memory: KernelMemory;
  readonly n: number;
  readonly rank: readonly [number, number, number, number, number, number];
  readonly places: readonly PlaceCall[];
  readonly tally: TallyCall;
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
  const calls = (groups.length === 0 ? [undefined] : groups).map((placed, index) => {
    const count = placed?.group.names.length ?? 0;
    const width: 1 | 2 = count > 127 ? 2 : 1;
    const [meta, state] = [layout.take(width * n), layout.take(3 * 8 * (count + 1))];
    // Nobody needs the sorted values any more when rows are placed, and fresh memory costs time.
    const doubled = index === 0 ? values : layout.take(8 * n);
    return { placed, call: { meta, width, groups: count, doubled, state } };
  });
  const out = layout.take(TALLY_BYTES);
  const rank = [at, n, order, values, layout.take(12 * n), layout.take(SCRATCH)] as const;
  if (!fits(layout.bytes) || groups.some(({ group }) => group.names.length > MOST_CODES)) return undefined;
  const memory = layout.memory();
  new Float64Array(memory.buffer, at, n).set(scores);
  for (const { placed, call } of calls) {
    writeMeta(memory, n, call, labels, placed?.group.codes);
    const unseen = new Uint32Array(memory.buffer, call.state + 8 * (call.groups + 1), 2 * (call.groups + 1));
    unseen[0] = overall.positives[0] ?? 0;
    for (const [code, positives] of placed?.sizes.positives.entries() ?? []) unseen[2 * (code + 1)] = positives;
  }
  const places = calls.map(({ call }) => call);
  const [{ meta, width } = { meta: 0, width: 1 as const }] = places;
  return { memory, n, rank, places, tally: [at, n, meta, width, threshold, out] };
}

/** `scratchBytes()` of the kernel: constant, and asked for before there is a memory to instantiate it with. */
const SCRATCH = 65_536 * 4 + 65_536 * 2 + 65_537 * 8 + (2 ** 20 + 8) * 4;

function writeMeta(
  { buffer }: KernelMemory,
  n: number,
  { meta, width }: Pick<PlaceCall, 'meta' | 'width'>,
  labels: Uint8Array,
  codes: Uint16Array | undefined,
): void {
  const into = width === 1 ? new Uint8Array(buffer, meta, n) : new Uint16Array(buffer, meta, n);
  if (codes === undefined) into.set(labels);
  else for (let row = 0; row < n; row += 1) into[row] = (labels[row] as number) + 2 * (codes[row] as number);
}

/** Does the job in this thread. @returns 0, or 1 + the first row whose score is no finite number */
export function runJob({ memory, n, rank, places, tally }: PlacementJob): number {
  const kernels = instantiate(memory);
  const bad = kernels.rank(...rank);
  if (bad === 0) {
    for (const { meta, width, groups, doubled, state } of places) {
      kernels.place(rank[2], n, meta, width, groups, doubled, state);
    }
    kernels.tally(...tally);
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

export function resultOf({ memory, n, rank, places, tally }: PlacementJob): JobResult {
  const found = places.map(({ groups, doubled, state }) => {
    const stride = groups === 0 ? 1 : 2;
    const pairs = new Uint32Array(memory.buffer, doubled, stride * n);
    const wins = Float64Array.from(new BigUint64Array(memory.buffer, state, groups + 1), Number);
    const overall: Placements = { doubled: pairs, stride, offset: 0, wins: wins.subarray(0, 1) };
    return { overall, group: { doubled: pairs, stride, offset: 1, wins: wins.subarray(1) } satisfies Placements };
  });
  const [first] = found;
  if (first === undefined) throw new RangeError('a job walks at least once');
  const groups = (places[0]?.groups ?? 0) === 0 ? [] : found.map(({ group }) => group);
  const order = new Uint32Array(memory.buffer, rank[2], n);
  return { order, overall: first.overall, groups, tally: tallyOf(memory, tally) };
}
