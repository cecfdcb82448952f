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
}

const ENGINES = ['auto', 'duckdb'];

/** Judges files by a suite alone, outside a workload: types are inferred, nothing is checked unasked. */
export async function judgeBySuite(specs: readonly string[], options: DataFileOptions): Promise<Report> {
  const { engine = 'auto', suite, key } = options;
  if (!ENGINES.includes(engine)) throw new UsageError(`--engine ${engine}: is one of ${ENGINES.join(', ')}`);
  const limits = scanLimits(options);
  const { loadSuiteFile } = await import('../config/suite');
  const expectations = loadSuiteFile(suite);
  const { openSource } = await import('../engines/sources');
  const source = await openSource(specs);
  try {
    const { judgeFiles } = await import('../engines/data/gate');
    const { name, names, paths: files } = source;
    const input = { prefix: 'data', name, names, files, expectations, ...(key === undefined ? {} : { key }) };
    const checks = await withScan((scan) => judgeFiles(input, { ...limits, ...scan }));
    return buildReport({ gate: 'data', release: {}, checks }, new Date());
  } finally {
    source.close();
  }
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
