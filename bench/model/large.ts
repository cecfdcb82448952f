import { placementJob, resultOf, runJob } from '../../lib/core/kernels/placement-job';
import { classSizes, placementsOf } from '../../lib/core/kernels/placements';
import { rankOrder } from '../../lib/core/kernels/ranking';
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
const group = { name: 'group', names: Array.from({ length: 10 }, (_, code) => String(code)), codes };
const classes = [
  { labels, count: 1 },
  { labels, codes, count: 10 },
] as const;

const order = rankOrder(scores);
const [overall, within] = classes.map((each) => placementsOf(order, each, classSizes(each)));
const job = placementJob(scores, labels, classSizes(classes[0]), [{ group, sizes: classSizes(classes[1]) }]);
if (job === undefined || runJob(job) !== 0) throw new Error(`${rows} rows cannot be ranked by the compiled kernels`);
const found = resultOf(job);
let differing = 0;
for (const [plain, compiled] of [
  [overall, found.overall],
  [within, found.groups[0]],
] as const) {
  for (let row = 0; row < rows; row += 1) {
    if (plain?.doubled[row] !== compiled?.doubled[row * compiled.stride + compiled.offset]) differing += 1;
  }
  for (const [code, wins] of plain?.wins.entries() ?? []) if (wins !== compiled?.wins[code]) differing += 1;
}
for (let index = 0; index < rows; index += 1) if (order[index] !== found.order[index]) differing += 1;
console.log(`${rows} rows: ${differing} differences between compiled and plain kernels`);
process.exitCode = differing === 0 ? 0 : 1;
