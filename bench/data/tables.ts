import { join } from 'node:path';
import { DATA } from '../paths';

/** One generated file: what a `SELECT` over `range(rows)` gives, in the order of the rows. */
export interface Table {
  readonly path: string;
  readonly select: string;
  readonly format: 'parquet' | 'csv';
}

/** Changing it changes every file. Below 2^26, so that seed, row number and stream share 63 bits. */
const SEED = 20_261_121n;

/** Uniform in (0, 1), a function of row number and stream alone. */
const uniform = (stream: number): string =>
  `(((hash(i * 128 + ${(SEED << 36n) + BigInt(stream)}) >> 11)::DOUBLE + 0.5) / 9007199254740992)`;
/** Standard normal (Box and Muller 1958); uses two streams. */
const normal = (stream: number): string =>
  `(sqrt(-2 * ln(${uniform(stream)})) * cos(2 * pi() * ${uniform(stream + 1)}))`;

/** Row number to a unique 40-bit number in random order: odd multiplier and shift-xor are bijective modulo 2^40. */
const mix = (value: string): string => `((${value}) * 668265263 + 374761393) % 1099511627776`;
const KEY = (() => {
  const once = mix('i::HUGEINT');
  const folded = `xor((${once})::BIGINT, (${once})::BIGINT >> 21)`;
  return `(${mix(`(${folded})::HUGEINT`)})::BIGINT`;
})();

const CHURN = `SELECT ${KEY} AS customer_id,
  floor(${uniform(1)} * 73)::INTEGER AS tenure,
  CASE WHEN ${uniform(2)} < 0.55 THEN 'month-to-month' WHEN ${uniform(3)} < 0.5 THEN 'one-year' ELSE 'two-year' END AS contract,
  CASE WHEN ${uniform(4)} < 0.01 THEN NULL
    ELSE round(18 + 60 * (${uniform(5)} + ${uniform(6)} + ${uniform(7)}), 2) END AS monthly_spend,
  ${uniform(8)} < 0.6 AS paperless,
  ${uniform(9)} < 0.27 AS churned`;

/** What both models see, with a quarter of positives; scores are calibrated probabilities. */
const LATENT = `SELECT i, ${KEY} AS key, ${normal(20)} AS signal, ${normal(22)} AS noise_a, ${normal(24)} AS noise_b`;
const chance = (score: string): string => `1 / (1 + exp(1.3 - ${score}))`;

const CHALLENGER = `SELECT key, (${uniform(26)} < ${chance('1.2 * signal')})::INTEGER AS label,
  ${chance('1.2 * (0.9 * signal + 0.3 * noise_a)')} AS score,
  'region-' || floor(${uniform(27)} * 10)::INTEGER AS region`;
/** Rounded to four digits: heavy ties. */
const CHAMPION = `SELECT key, round(${chance('1.2 * (0.8 * signal + 0.5 * noise_b)')}, 4) AS score`;

/** Six numeric columns, three of them drifted by `shift`: real numbers, hundredths, small whole numbers. */
function drifting(shift: number, stream: number): string {
  return `SELECT ${normal(stream)} + ${shift} AS balance,
  exp(${normal(stream + 2)} / 2) AS duration,
  ${uniform(stream + 4)} AS share,
  round(60 + 15 * ${normal(stream + 5)} + ${20 * shift}, 2) AS spend,
  floor(${uniform(stream + 7)} * 73)::INTEGER AS tenure,
  floor(-ln(${uniform(stream + 8)}) * ${3 + 4 * shift})::INTEGER AS calls`;
}

const from = (select: string, rows: number): string => `${select} FROM range(${rows}) AS t(i)`;
const fromLatent = (select: string, rows: number): string => `${select} FROM (${from(LATENT, rows)})`;

export const churnFile = (rows: number, format: Table['format']): Table => ({
  path: join(DATA, `churn-${rows}.${format}`),
  select: from(CHURN, rows),
  format,
});

export const challengerFile = (rows: number): Table => ({
  path: join(DATA, `challenger-${rows}.parquet`),
  select: fromLatent(CHALLENGER, rows),
  format: 'parquet',
});

export const championFile = (rows: number): Table => ({
  path: join(DATA, `champion-${rows}.parquet`),
  select: fromLatent(CHAMPION, rows),
  format: 'parquet',
});

export const driftFile = (rows: number, side: 'reference' | 'current'): Table => ({
  path: join(DATA, `drift-${side}-${rows}.parquet`),
  select: from(side === 'reference' ? drifting(0, 40) : drifting(0.05, 60), rows),
  format: 'parquet',
});
