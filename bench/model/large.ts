import { compiledOrder } from '../../lib/core/kernels/compiled-order';
import { runPhases } from '../../lib/core/kernels/phases';
import { classSizes, placementsOf } from '../../lib/core/kernels/placements';
import { rankRoom } from '../../lib/core/kernels/rank-models';
import { rankOrder } from '../../lib/core/kernels/ranking';
import { BinaryRoom } from '../../lib/core/kernels/room';
import { createRandom } from '../../lib/core/statistics';

/**
 * Occasional check, too large for a test: compiled and plain kernels agree to the bit beyond 2²⁴ rows, where a row number no
 * longer fits beside other bits in a single. `npx tsx bench/model/large.ts [rows]`; exits 1 if they differ.
 */
const rows = Number(process.argv[2] ?? 2 ** 25);
const random = createRandom(1);
const scores = Float64Array.from({ length: rows }, () => random() ** 3);
const labels = Uint8Array.from(scores, (score) => (random() < score ? 1 : 0));
const codes = Uint16Array.from(scores, () => Math.floor(10 * random()));
const count = 10;
const classes = [
  { labels, count: 1 },
  { labels, codes, count },
] as const;

const order = rankOrder(scores);
const [overall, within] = classes.map((each) => placementsOf(order, each, classSizes(each)));
const room = BinaryRoom.of({ rows, models: 1, groups: [count], paired: false });
room?.labels.set(labels);
room?.codes[0]?.set(codes);
room?.scores[0]?.set(scores);
const found =
  room === undefined ? undefined : runPhases(room.memory, rankRoom(room, { threshold: 0.5, compareLosses: true }));
if (found === undefined) throw new Error(`${rows} rows cannot be ranked by the compiled kernels`);
const [all, groups] = found.models[0]?.columns ?? [];
let differing = 0;
for (let row = 0; row < rows; row += 1) if (overall?.doubled[row] !== all?.doubled?.[row]) differing += 1;
for (const [plain, compiled] of [
  [overall, all],
  [within, groups],
] as const) {
  for (const [code, wins] of plain?.wins.entries() ?? []) if (wins !== compiled?.moments[code]?.[1].sum) differing += 1;
}
const sorted = compiledOrder(scores);
for (let index = 0; index < rows; index += 1) if (order[index] !== sorted?.[index]) differing += 1;
console.log(`${rows} rows: ${differing} differences between compiled and plain kernels`);
process.exitCode = differing === 0 ? 0 : 1;
