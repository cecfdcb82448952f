import { trafficDriftSchema } from '../../lib/config/gates/monitoring';
import type { ColumnCounts } from '../../lib/core/drift/column';
import { histogramOf } from '../../lib/core/drift/column';
import { judgeDrift } from '../../lib/core/drift/judge';
import { populationStabilityIndex } from '../../lib/core/drift/measures';
import { createRandom } from '../../lib/core/statistics';
import { drawCounts, type Pinned, type Population } from './populations';

/** One question: how often does a check of one column call it drifted? */
export interface Cell {
  readonly population: Population;
  /** Rows of the baseline and of the window. */
  readonly baseline: number;
  readonly rows: number;
  /** Population stability index between what the baseline and the window are drawn from. */
  readonly psi: number;
  readonly checks: number;
}

export interface Alarms {
  readonly checks: number;
  readonly alarms: number;
  /** Checks whose index was above the threshold, by chance or not. */
  readonly above: number;
}

const DEFAULTS = trafficDriftSchema.parse({});
const THRESHOLD = DEFAULTS.thresholds.psi.fail;

/** Baselines that the checks of a cell are spread over: what one happens to be must not decide the table. */
const BASELINES: Readonly<Record<number, number>> = { 5000: 100, 100000: 25 };

/** Simulates the checks of a cell with the settings that gates.yaml has by default. Seeded by what the cell is. */
export function simulate(cell: Cell): Alarms {
  const { population, baseline, rows, psi, checks } = cell;
  const random = createRandom(seedOf(cell));
  const baselines = BASELINES[baseline] ?? 50;
  const each = Math.ceil(checks / baselines);
  const tilt = tiltFor(population, psi);
  let [alarms, above] = [0, 0];
  for (let i = 0; i < baselines; i += 1) {
    const pinned = population.pin(random, baseline);
    const chances = pinned.chances(tilt);
    for (let check = 0; check < each; check += 1) {
      const column = columnOf(pinned, drawCounts(random, rows, chances), rows);
      const { reference, current } = histogramOf(column);
      // Below the threshold nothing is drift, whatever chance would give: the null needs no simulation.
      if (populationStabilityIndex(reference, current) <= THRESHOLD) continue;
      above += 1;
      const [verdict] = judgeDrift([column], { ...DEFAULTS, seed: DEFAULTS.seed + check });
      if (verdict?.verdict === 'fail') alarms += 1;
    }
  }
  return { checks: each * baselines, alarms, above };
}

/** Both samples as the monitor counts them. */
function columnOf({ column }: Pinned, counts: readonly number[], rows: number): ColumnCounts {
  const bins = counts.slice(0, -2);
  const [unseen = 0, missing = 0] = counts.slice(-2);
  const common = {
    name: column.name,
    rows: { reference: column.rows, current: rows },
    missing: { reference: column.missing, current: missing },
  };
  if (column.kind === 'numeric') {
    const { edges } = column;
    const sides = { reference: Float64Array.from(column.counts), current: Float64Array.from(bins) };
    return { kind: 'numeric', ...common, quantiles: column.counts.length, edges, bins: sides };
  }
  const categories = column.categories.map(({ name, rows: reference }, i) => ({
    name,
    reference,
    current: bins[i] ?? 0,
  }));
  const further = { rows: unseen, counts: unseen > 0 ? [unseen] : [], examples: [] };
  return { kind: 'categorical', ...common, categories, unseen: further };
}

/** The tilt at which the index over the bins of a very large baseline is as asked, by bisection. */
function tiltFor(population: Population, psi: number): number {
  if (psi === 0) return 0;
  const { chances } = population.pin(createRandom(1), 400_000);
  const none = Float64Array.from(chances(0));
  let [low, high] = [0, 20];
  for (let step = 0; step < 60; step += 1) {
    const tilt = (low + high) / 2;
    if (indexOf(none, Float64Array.from(chances(tilt))) < psi) low = tilt;
    else high = tilt;
  }
  return (low + high) / 2;
}

/** Of shares, not of counts: nothing is empty by chance. */
function indexOf(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, share, i) => {
    const other = q[i] ?? 0;
    return share > 0 && other > 0 ? sum + (other - share) * Math.log(other / share) : sum;
  }, 0);
}

function seedOf({ population, baseline, rows, psi }: Cell): number {
  const text = `${population.name}/${baseline}/${rows}/${psi}`;
  return [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 20_061_103);
}
