import { ENGINES, type EngineName } from '../core/data/engines';
import { didYouMean } from '../core/nearest';
import type { Report } from '../core/report/report';
import { UsageError } from '../release/environment';
import { buildReport } from './gate-output';
import { withScan } from './scan';
import { type LimitFlags, scanLimits } from './scan-limits';

export interface DataFileOptions extends LimitFlags {
  readonly suite: string;
  readonly key?: string;
  readonly engine?: string;
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
  return withScan(async (scan) => {
    const source = await openSource(specs, scan);
    try {
      const { judgeFiles } = await import('../engines/data/gate');
      const { name, names, paths: files } = source;
      const judged = await judgeFiles({ ...common, name, names, files }, { ...limits, ...scan });
      const remote = specs.some((spec) => spec.startsWith('s3://'));
      const checks = remote ? [...judged, downloadedCheck('data', choice.why)] : judged;
      return buildReport({ gate: 'data', release: {}, checks }, new Date());
    } finally {
      source.close();
    }
  });
}

/** @throws UsageError for an engine that there is not */
export function engineName(name: string | undefined): EngineName | undefined {
  const found = ENGINES.find((engine) => engine === name);
  if (name !== undefined && found === undefined) {
    throw new UsageError(`--engine ${name}: is one of ${ENGINES.join(', ')}${didYouMean(name, ENGINES)}`);
  }
  return found;
}
