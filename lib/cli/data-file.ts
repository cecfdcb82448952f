import { ENGINES, type EngineName } from '../core/data/engines';
import { didYouMean } from '../core/nearest';
import type { Report } from '../core/report/report';
import { UsageError } from '../release/environment';
import { buildReport } from './gate-output';
import { withScan } from './scan';

export interface DataFileOptions {
  readonly suite: string;
  readonly key?: string;
  readonly engine?: string;
  readonly memory?: string;
  readonly threads?: string;
}

export interface ScanLimits {
  /** Bytes. */
  readonly memoryLimit?: number;
  readonly threads?: number;
  /** Instead of the one in gates.yaml. */
  readonly engine?: EngineName;
}

/** Judges files by a suite alone, outside a workload: types are inferred, nothing is checked unasked. */
export async function judgeBySuite(specs: readonly string[], options: DataFileOptions): Promise<Report> {
  const { suite, key } = options;
  const engine = engineName(options.engine) ?? 'auto';
  const limits = scanLimits(options);
  const { loadSuiteFile } = await import('../config/suite');
  const expectations = loadSuiteFile(suite);
  const { downloadedCheck, engineFor, judgeLake } = await import('./data-lake');
  const choice = await engineFor(specs, { engine }, process.env);
  const common = { prefix: 'data', expectations, ...(key === undefined ? {} : { key }) };
  if (choice.engine === 'athena') {
    const checks = await judgeLake({ ...common, name: specs.join(', ') }, specs, choice, process.env);
    return buildReport({ gate: 'data', release: {}, checks }, new Date());
  }
  const { openSource } = await import('../engines/sources');
  const source = await openSource(specs);
  try {
    const { judgeFiles } = await import('../engines/data/gate');
    const { name, names, paths: files } = source;
    const judged = await withScan((scan) => judgeFiles({ ...common, name, names, files }, { ...limits, ...scan }));
    const remote = specs.some((spec) => spec.startsWith('s3://'));
    const checks = remote ? [...judged, downloadedCheck('data', choice.why)] : judged;
    return buildReport({ gate: 'data', release: {}, checks }, new Date());
  } finally {
    source.close();
  }
}

/** @throws UsageError for an engine that there is not */
export function engineName(name: string | undefined): EngineName | undefined {
  const found = ENGINES.find((engine) => engine === name);
  if (name !== undefined && found === undefined) {
    throw new UsageError(`--engine ${name}: is one of ${ENGINES.join(', ')}${didYouMean(name, ENGINES)}`);
  }
  return found;
}

/** @throws UsageError for what is no size or number of threads */
export function scanLimits({ memory, threads }: Pick<DataFileOptions, 'memory' | 'threads'>): ScanLimits {
  if (threads !== undefined && !/^[1-9]\d{0,2}$/.test(threads)) {
    throw new UsageError(`--threads ${threads}: is a whole number, 1 or more`);
  }
  return {
    ...(memory === undefined ? {} : { memoryLimit: bytesOf(memory) }),
    ...(threads === undefined ? {} : { threads: Number(threads) }),
  };
}

const UNITS: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };

function bytesOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]i?b)$/i.exec(text);
  const bytes = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  if (!(bytes >= 32e6)) throw new UsageError(`--memory ${text}: is a size of 32MB or more, e.g. 512MB or 2GB`);
  return bytes;
}
