import { type Phases, runPhases } from './phases';
import type { RankOrder } from './ranking';
import { BinaryRoom } from './room';
import { measureScores, sortCall, spreadRows } from './sorting';

/** Below this, the sort in TypeScript is done before a memory is made. */
const WORTH_COMPILED = 50_000;

/** The order of scores by the compiled kernels. @returns `undefined` where `rankOrder` should tell it: few rows, or a score that is no finite number */
export function compiledOrder(scores: Float64Array): RankOrder | undefined {
  if (scores.length < WORTH_COMPILED) return undefined;
  const room = BinaryRoom.of({ rows: scores.length, models: 1, groups: [], paired: false });
  if (room === undefined) return undefined;
  room.scores[0]?.set(scores);
  return runPhases(room.memory, orderRoom(room));
}

function* orderRoom(room: BinaryRoom): Phases<RankOrder | undefined> {
  const { at, memory, shape } = room;
  const { rows } = shape;
  const [range] = yield* measureScores(room);
  if (range === undefined) return undefined;
  const spread = yield* spreadRows(room, 0, range, 0);
  yield at.parts.map((_, part) => [sortCall(room, 0, spread, part)]);
  const { metaBits, keyShift } = spread.plan;
  const out = at.doubled[0]?.[0] ?? 0;
  yield [[['order', at.entries, rows, metaBits, 2 ** (keyShift - metaBits) - 1, out]]];
  return new Uint32Array(memory.buffer, out, rows);
}
