import type { Command } from 'commander';
import { insideRun, UsageError } from '../release/environment';
import { engineName } from './data-file';
import { addGateOutputOptions, concludeGate, type GateOutputOptions } from './gate-output';
import { type ScanLimits, scanLimits } from './scan-limits';

interface DataOptions extends GateOutputOptions {
  readonly workload?: string;
  readonly data?: string;
  readonly file?: readonly string[];
  readonly suite?: string;
  readonly key?: string;
  readonly engine?: string;
  readonly memory?: string;
  readonly threads?: string;
}

/** `assay gate data`. */
export function registerDataGate(gate: Command): void {
  addGateOutputOptions(
    gate
      .command('data')
      .description('judge the golden data: integrity, schema contract, expectations')
      .option('--workload <dir>', 'folder with gates.yaml (outside a run of the pipeline)')
      .option('--data <dir>', 'folder with the files; default: dataset.path of gates.yaml')
      .option('--file <spec...>', 'judge files by a suite alone: CSV, Parquet, JSON lines; a glob, a folder, s3://…')
      .option('--suite <file>', 'expectations for --file: a Great Expectations 1.x suite, or YAML')
      .option('--key <column>', 'column that names a row in messages (with --file)')
      .option('--engine <name>', 'auto, duckdb or athena; default: data.engine of gates.yaml, or auto')
      .option('--memory <size>', 'memory for the scan before it spills to disk, e.g. 512MB', '512MB')
      .option('--threads <n>', 'threads of the scan; default: one a core'),
  ).action(async (options: DataOptions) => {
    process.exitCode = await gateData(options);
  });
}

async function gateData(options: DataOptions): Promise<number> {
  const { file, suite, workload, data } = options;
  const asked = engineName(options.engine);
  const limits = { ...scanLimits(options), ...(asked === undefined ? {} : { engine: asked }) };
  if (file !== undefined || suite !== undefined) {
    if (file === undefined || suite === undefined) throw new UsageError('--file and --suite go together');
    if (workload !== undefined) throw new UsageError('--workload has its own files: leave out --file, or --workload');
    const { judgeBySuite } = await import('./data-file');
    return concludeGate(await judgeBySuite(file, { ...options, suite }), options);
  }
  if (workload === undefined && !insideRun(process.env)) {
    throw new UsageError('outside a run of the pipeline, --workload DIR says what to judge');
  }
  return judgeWorkload(workload, data, limits, options);
}

async function judgeWorkload(
  workload: string | undefined,
  data: string | undefined,
  limits: ScanLimits,
  options: GateOutputOptions,
): Promise<number> {
  const { judgeFolder, judgeRun } = await import('./data-workload');
  if (workload !== undefined) return concludeGate(await judgeFolder(workload, data, limits), options);
  const { openRun } = await import('../release/run-folder');
  const folder = openRun(process.env);
  return concludeGate(await judgeRun(folder, limits), options, { folder, name: 'data' });
}
