import { ENGINES, type EngineName } from '../core/data/engines';
import { didYouMean } from '../core/nearest';
import { buildReport } from '../core/report/build';
import type { Check, Report } from '../core/report/report';
import type { DataGateInput } from '../engines/data/gate';
import type { OpeningSession } from '../engines/duckdb/opening';
import type { SessionOptions } from '../engines/duckdb/session';
import { UsageError } from '../release/environment';
import { startThreadFor } from './reading-thread';
import { type Scan, withScan } from './scan';
import { type LimitFlags, scanLimits } from './scan-limits';

export interface DataFileOptions extends LimitFlags {
  readonly suite: string;
  readonly key?: string;
  readonly engine?: string;
}

/** Judges files by a suite alone, outside a workload: types are inferred, nothing is checked unasked. */
export async function judgeBySuite(specs: readonly string[], options: DataFileOptions): Promise<Report> {
  const engine = engineName(options.engine) ?? 'auto';
  const limits = scanLimits(options);
  if (specs.some((spec) => spec.startsWith('s3://'))) return judgeThere(specs, options, engine, limits);
  return withScan(async (scan) => {
    const [spec = '', ...others] = specs;
    if (others.length === 0) await startThreadFor(spec, limits.threads);
    const { OpeningSession: Opening } = await import('../engines/duckdb/opening');
    // First of all: it opens beside this thread, which loads and reads everything else meanwhile.
    const opening = new Opening({ ...limits, ...scan });
    try {
      const common = await commonInput(options);
      const { engineFor } = await import('./data-lake');
      await engineFor(specs, { engine }, process.env);
      return conclude(await judgeSource(specs, common, scan, opening));
    } finally {
      await opening.close();
    }
  });
}

/** Files in S3, which Athena reads there or DuckDB here. */
async function judgeThere(
  specs: readonly string[],
  options: DataFileOptions,
  engine: EngineName,
  limits: SessionOptions,
): Promise<Report> {
  const common = await commonInput(options);
  const { downloadedCheck, engineFor, judgeLake } = await import('./data-lake');
  const choice = await engineFor(specs, { engine }, process.env);
  if (choice.engine === 'athena') {
    return conclude(await judgeLake({ ...common, name: specs.join(', ') }, specs, choice, process.env));
  }
  const judged = await withScan((scan) => judgeSource(specs, common, scan, { ...limits, ...scan }));
  return conclude([...judged, downloadedCheck('data', choice.why)]);
}

type CommonInput = Pick<DataGateInput, 'prefix' | 'expectations' | 'key'>;

async function commonInput({ suite, key }: DataFileOptions): Promise<CommonInput> {
  const { readSuiteFile } = await import('../config/suite-file');
  const expectations = await readSuiteFile(suite);
  return { prefix: 'data', expectations, ...(key === undefined ? {} : { key }) };
}

async function judgeSource(
  specs: readonly string[],
  common: CommonInput,
  scan: Scan,
  database: SessionOptions | OpeningSession,
): Promise<readonly Check[]> {
  const { openSource } = await import('../engines/sources');
  const source = await openSource(specs, scan);
  try {
    const { judgeFiles } = await import('../engines/data/gate');
    const { name, names, paths: files } = source;
    return await judgeFiles({ ...common, name, names, files }, database);
  } finally {
    source.close();
  }
}

const conclude = (checks: readonly Check[]): Report => buildReport({ gate: 'data', release: {}, checks }, new Date());

/** @throws UsageError for an engine that there is not */
export function engineName(name: string | undefined): EngineName | undefined {
  const found = ENGINES.find((engine) => engine === name);
  if (name !== undefined && found === undefined) {
    throw new UsageError(`--engine ${name}: is one of ${ENGINES.join(', ')}${didYouMean(name, ENGINES)}`);
  }
  return found;
}
