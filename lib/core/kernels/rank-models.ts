import { clearTables, distinctCall, type FewRows, foundValues, lookUpCall, placeValues } from './few-values';
import { covariancesOf, type GroupMoments, momentsOf, productsOf } from './moments';
import { type Call, type Phases, partStart } from './phases';
import { type BinaryRoom, BLOCK_ROWS, type PartOffsets, STATE_BYTES } from './room';
import { blockStep, measureScores, type Spread, sortCall, spreadRows, startBlocks } from './sorting';
import { type ScoreTally, TALLY_BYTES, tallyOf } from './tally';

/** What is wanted of the models in a room. */
export interface RankPlan {
  /** Score at or above which a row counts as predicted positive. */
  readonly threshold: number;
  /** Of the second model, too: log loss and squared error, which take longer than all else of a tally. */
  readonly compareLosses: boolean;
}

/** What one model's rows gave. */
export interface RankedModel {
  readonly tally: ScoreTally;
  /** All rows as one group, then each group column whose placements were asked for. */
  readonly columns: readonly RankedColumn[];
}

export interface RankedColumn {
  readonly moments: readonly GroupMoments[];
  /** By row; absent where nobody compares models within groups. */
  readonly doubled?: Uint32Array;
}

export interface RankedModels {
  readonly models: readonly RankedModel[];
  /** DeLong's of both models by column, as `areaCovariances` has them; empty for a single model. */
  readonly covariances: readonly Float64Array[];
}

/**
 * Ranks the models of a room and passes over their scores as probabilities.
 *
 * @returns `undefined` if a score is no finite number
 */
export function* rankRoom(room: BinaryRoom, { threshold, compareLosses }: RankPlan): Phases<RankedModels | undefined> {
  const { at, shape } = room;
  const span = (part: number) => [partStart(part, shape.rows), partStart(part + 1, shape.rows)] as const;
  const ranges = yield* measureScores(room);
  if (ranges.some((range) => range === undefined)) return undefined;
  clearTallies(room);
  yield at.parts.map(({ tally }, part): Call[] =>
    tally.map((out, model) => {
      const [low = 0, high = 0] = ranges[model] ?? [];
      return [
        'tally',
        at.scores[model] ?? 0,
        at.labels,
        ...span(part),
        low,
        high,
        threshold,
        model === 0 || compareLosses ? 1 : 0,
        out,
      ];
    }),
  );
  const models: RankedModel[] = [];
  for (const [model, range] of ranges.entries()) {
    const tally = tallyOf(room, model, threshold, model === 0 || compareLosses);
    const groups = model === 0 || shape.paired ? shape.groups : [];
    const few = groups.length === 0 ? yield* placeFew(room, model) : undefined;
    const columns = few ?? (yield* placeSorted(room, model, range ?? [0, 0], groups));
    models.push({ tally, columns });
  }
  return { models, covariances: models.length > 1 ? yield* compare(room, models) : [] };
}

function clearTallies({ at, memory }: BinaryRoom): void {
  for (const out of at.parts.flatMap(({ tally }) => tally)) new Uint8Array(memory.buffer, out, TALLY_BYTES).fill(0);
}

/** Without a sort, where scores have few distinct values. */
function* placeFew(room: BinaryRoom, model: number): Phases<readonly RankedColumn[] | undefined> {
  const { at, memory, shape } = room;
  const doubled = at.doubled[model]?.[0] ?? 0;
  const parts = at.parts.map((part, index): [PartOffsets, FewRows] => {
    const [from, to] = [partStart(index, shape.rows), partStart(index + 1, shape.rows)];
    return [part, { scores: at.scores[model] ?? 0, labels: at.labels, from, to, doubled }];
  });
  clearTables(memory, at.parts);
  const results = yield parts.map(([part, rows]) => [distinctCall(rows, part)]);
  const moments = yield* placeValues(room, foundValues(results, 0));
  if (moments === undefined) return undefined;
  yield parts.map(([part, rows]) => [lookUpCall(rows, part)]);
  return [{ moments: [moments], doubled: new Uint32Array(memory.buffer, doubled, shape.rows) }];
}

/** Cells of a column: the label in `mask`, and the code either there, or by row. */
interface Walk {
  readonly mask: number;
  readonly codes: number;
  readonly groups: number;
  /** Where placements by row go. */
  readonly doubled?: number | undefined;
}

function* placeSorted(
  room: BinaryRoom,
  model: number,
  range: readonly [number, number],
  groups: readonly number[],
): Phases<readonly RankedColumn[]> {
  const { at } = room;
  const spread = yield* spreadRows(room, model, range, groups[0] ?? 0);
  const carried = 2 ** spread.plan.metaBits - 1;
  const walks: readonly Walk[] = [
    { mask: 1, codes: 0, groups: 1, doubled: at.doubled[model]?.[0] },
    ...groups.map((count, index): Walk => {
      const doubled = at.doubled[model]?.[1 + index];
      return {
        mask: index === 0 ? carried : 1,
        codes: index === 0 ? 0 : (at.codes[index] ?? 0),
        groups: count,
        doubled,
      };
    }),
  ];
  const columns: RankedColumn[] = [];
  for (const [index, walk] of walks.entries()) {
    columns.push(yield* walkColumn(room, spread, walk, index === 0 ? model : undefined));
  }
  return columns;
}

/** @param unsorted the model whose entries are still to be sorted, if they are */
function* walkColumn(room: BinaryRoom, spread: Spread, walk: Walk, unsorted: number | undefined): Phases<RankedColumn> {
  const { at, memory, shape } = room;
  const states = at.parts.map(({ state }) => state);
  const { metaBits, keyShift } = spread.plan;
  const rest = [metaBits, keyShift, walk.mask, walk.codes] as const;
  const own = (part: number) => spread.entries.slice(part, part + 2);
  clearStates(room, walk.groups);
  yield states.map((state, part): Call[] => [['count', at.entries, ...own(part), ...rest, state]]);
  const rows = beginWalk(room, walk.groups);
  if (walk.doubled !== undefined) startBlocks(room);
  yield at.parts.map(({ blocks }, part): Call[] => {
    const to = walk.doubled === undefined ? 0 : blocks;
    const sort = unsorted === undefined ? [] : [sortCall(room, unsorted, spread, part)];
    return [...sort, ['walk', at.entries, ...own(part), ...rest, states[part] ?? 0, to, blockStep(part)]];
  });
  const moments = momentsOf(memory, states, rows);
  if (walk.doubled === undefined) return { moments };
  const { doubled } = walk;
  yield at.parts.map((_, part): Call[] => [
    ['place', at.records, ...[part, part + 1].map((each) => partStart(each, shape.rows, BLOCK_ROWS)), doubled],
  ]);
  return { moments, doubled: new Uint32Array(memory.buffer, doubled, shape.rows) };
}

function clearStates({ at, memory }: BinaryRoom, groups: number): void {
  for (const { state } of at.parts) new Uint8Array(memory.buffer, state, 2 * STATE_BYTES * groups).fill(0);
}

/** Turns rows by cell into what each part's walk begins with. @returns rows by cell of all parts */
function beginWalk({ at, memory }: BinaryRoom, groups: number): Float64Array {
  const stride = STATE_BYTES / 4;
  const states = at.parts.map(({ state }) => new Uint32Array(memory.buffer, state, 2 * groups * stride));
  const rows = new Float64Array(2 * groups);
  for (let cell = 0; cell < rows.length; cell += 1) {
    for (const state of states) rows[cell] = (rows[cell] as number) + (state[cell * stride] as number);
  }
  for (let group = 0; group < groups; group += 1) {
    let [met, toCome] = [0, rows[2 * group + 1] as number];
    for (const state of states) {
      const [negatives, positives] = [2 * group * stride, (2 * group + 1) * stride];
      const [ofNegatives, ofPositives] = [state[negatives] as number, state[positives] as number];
      state[negatives] = toCome;
      state[positives] = met;
      toCome -= ofPositives;
      met += ofNegatives;
    }
  }
  return rows;
}

function* compare(room: BinaryRoom, models: readonly RankedModel[]): Phases<readonly Float64Array[]> {
  const { at, memory, shape } = room;
  const [first, second] = models;
  const found: Float64Array[] = [];
  for (const [index, a] of first?.columns.entries() ?? []) {
    const b = second?.columns[index];
    if (a.doubled === undefined || b?.doubled === undefined) continue;
    const both = [a.doubled.byteOffset, b.doubled.byteOffset] as const;
    const groups = a.moments.length;
    const codes = index === 0 ? 0 : (at.codes[index - 1] ?? 0);
    const outs = at.parts.map(({ products }) => products);
    for (const out of outs) new Uint8Array(memory.buffer, out, 32 * groups).fill(0);
    yield outs.map((out, part): Call[] => [
      ['cross', ...both, at.labels, codes, partStart(part, shape.rows), partStart(part + 1, shape.rows), out],
    ]);
    found.push(covariancesOf(a.moments, b.moments, productsOf(memory, outs, groups)));
  }
  return found;
}
