import { type Call, PARTS, type Phases, partStart } from './phases';
import { type BinaryRoom, BLOCK_ROWS, CENSUS_CELLS, type PartOffsets } from './room';
import { type KeyPlan, keyPlan } from './score-keys';

/** Rows a partition: their entries fit a core's cache. */
const PARTITION_ROWS = 16_384;

type Range = readonly [low: number, high: number];

/** Entries in their partitions, and which of these are whose. */
export interface Spread {
  readonly plan: KeyPlan;
  /** First partition of each part, and one more. */
  readonly partitions: readonly number[];
  /** First entry of each part, and one more. */
  readonly entries: readonly number[];
}

/** Smallest and largest score of each model; `undefined` where a score is no finite number. */
export function* measureScores({ at, memory, shape: { rows } }: BinaryRoom): Phases<readonly (Range | undefined)[]> {
  yield at.parts.map(({ range }, part): Call[] =>
    range.map((out, model) => [
      'measure',
      at.scores[model] ?? 0,
      partStart(part, rows),
      partStart(part + 1, rows),
      out,
    ]),
  );
  return at.scores.map((_, model) => {
    const found = at.parts.map(({ range }) => new Float64Array(memory.buffer, range[model], 3));
    if (found.some(([, , bad]) => bad !== 0)) return undefined;
    return [Math.min(...found.map(([low = 0]) => low)), Math.max(...found.map(([, high = 0]) => high))];
  });
}

/**
 * Makes an entry of each row and puts it into its partition.
 *
 * @param model which of the room's
 * @param codes values of the first group column, which travels with the rows; 0 if none does
 */
export function* spreadRows(room: BinaryRoom, model: number, range: Range, codes: number): Phases<Spread> {
  const { at, memory } = room;
  const { rows } = room.shape;
  const plan = keyPlan(range, rows, codes);
  const { low, shift, cellShift, metaBits, keyShift } = plan;
  const scores = at.scores[model] ?? 0;
  for (const { census } of at.parts) new Uint32Array(memory.buffer, census, CENSUS_CELLS).fill(0);
  const spans = at.parts.map((part, index) => [part, partStart(index, rows), partStart(index + 1, rows)] as const);
  yield spans.map(([{ census }, from, to]): Call[] => [['census', scores, from, to, low, shift + cellShift, census]]);
  const starts = partitionRows(room);
  const carried = codes === 0 ? 0 : (at.codes[0] ?? 0);
  yield spans.map(([{ next }, from, to]): Call[] => [
    [
      'spread',
      scores,
      at.labels,
      carried,
      from,
      to,
      low,
      shift,
      cellShift,
      at.ofCell,
      next,
      metaBits,
      keyShift,
      at.entries,
    ],
  ]);
  const partitions = Array.from({ length: PARTS + 1 }, (_, part) => partitionFrom(starts, partStart(part, rows)));
  return { plan, partitions, entries: partitions.map((partition) => starts[partition] ?? rows) };
}

/** Joins cells to partitions of about equal mass. @returns the first entry of each, and the number of rows */
function partitionRows({ at, memory, shape }: BinaryRoom): Uint32Array {
  const { buffer } = memory;
  const counts = at.parts.map(({ census }) => new Uint32Array(buffer, census, CENSUS_CELLS));
  const next = at.parts.map((part) => new Uint32Array(buffer, part.next, CENSUS_CELLS));
  const ofCell = new Uint16Array(buffer, at.ofCell, CENSUS_CELLS);
  const starts = new Uint32Array(buffer, at.starts, CENSUS_CELLS + 1);
  // For now how many rows of a part a partition has.
  for (const places of next) places.fill(0);
  const [first = new Uint32Array(), second = first] = counts;
  const [nextFirst = first, nextSecond = first] = next;
  let [count, mass, total] = [0, 0, 0];
  starts[0] = 0;
  for (let cell = 0; cell < CENSUS_CELLS; cell += 1) {
    const inCell = (first[cell] as number) + (second[cell] as number);
    if (inCell === 0) continue;
    if (mass > 0 && mass + inCell > PARTITION_ROWS) {
      count += 1;
      starts[count] = total;
      mass = 0;
    }
    ofCell[cell] = count;
    nextFirst[count] = (nextFirst[count] as number) + (first[cell] as number);
    nextSecond[count] = (nextSecond[count] as number) + (second[cell] as number);
    mass += inCell;
    total += inCell;
  }
  starts[count + 1] = shape.rows;
  for (let partition = 0; partition <= count; partition += 1) {
    let place = starts[partition] as number;
    for (const places of next) {
      const own = places[partition] as number;
      places[partition] = place;
      place += own;
    }
  }
  return starts.subarray(0, count + 2);
}

/** The first partition that begins at this row or later. */
function partitionFrom(starts: Uint32Array, row: number): number {
  const found = starts.findIndex((start) => start >= row);
  return found < 0 ? starts.length - 1 : found;
}

export function sortCall(room: BinaryRoom, model: number, { plan, partitions }: Spread, part: number): Call {
  const { starts, entries, records, scores } = room.at;
  const [from = 0, to = 0] = partitions.slice(part);
  const { shift, metaBits, keyShift } = plan;
  const { scratch } = room.at.parts[part] as PartOffsets;
  return ['sort', entries, starts, from, to, scores[model] ?? 0, shift, metaBits, keyShift, records, scratch];
}

/** Where each part's walk puts placements of a block of rows: the first part from its beginning on, the other from its end back. */
export function startBlocks({ at, memory, shape: { rows } }: BinaryRoom): void {
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  for (const [part, offsets] of at.parts.entries()) {
    const pointers = new Uint32Array(memory.buffer, offsets.blocks, blocks);
    for (let block = 0; block < blocks; block += 1) {
      const [first, end] = [block * BLOCK_ROWS, Math.min(rows, (block + 1) * BLOCK_ROWS)];
      pointers[block] = at.records + 8 * (part === 0 ? first : end - 1);
    }
  }
}

export const blockStep = (part: number): number => (part === 0 ? 8 : -8);
