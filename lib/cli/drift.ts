import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { type DriftGateConfig, driftDefaults } from '../config/gates/drift';
import { type Baseline, BaselineError, baselineOf, type ColumnCounts, judgeDrift, parseBaseline } from '../core/drift';
import { buildReport } from '../core/report/build';
import type { Report } from '../core/report/report';
import type { DriftScanOptions } from '../engines/drift/scan';
import type { SampleFiles } from '../engines/drift/side';
import type { Source, Stoppable } from '../engines/sources';
import { NoSuchColumn, TableError } from '../engines/table-error';
import { insideRun, UsageError } from '../release/environment';
import { addGateOutputOptions, concludeGate, type GateOutputOptions, writeTo } from './gate-output';
import { withScan } from './scan';
import { type LimitFlags, scanLimits } from './scan-limits';

export interface DriftFlags extends LimitFlags {
  readonly reference?: string;
  readonly current?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly config?: string;
  readonly workload?: string;
  readonly data?: string;
  readonly columns?: readonly string[];
  readonly except?: readonly string[];
}

type DriftOptions = DriftFlags & GateOutputOptions;

const names = (text: string): readonly string[] => text.split(',').map((name) => name.trim());

/** `assay gate drift`. */
export function registerDriftGate(gate: Command): void {
  addGateOutputOptions(
    gate
      .command('drift')
      .description('compare the distributions of two samples, column by column')
      .option(
        '--reference <files>',
        'what the current data is held against: CSV, Parquet, JSON lines; a glob, a folder, s3://…',
      )
      .option('--current <files>', 'the data in question')
      .option('--baseline <file>', 'a pinned reference in place of --reference')
      .option('--write-baseline <file>', 'pin the reference: its edges and counts as JSON')
      .option('--config <file>', 'a gates.yaml whose dataset.columns and drift apply')
      .option('--workload <dir>', 'folder with gates.yaml: compares the files that its drift names')
      .option('--data <dir>', 'with --workload: folder with the files; default: dataset.path of gates.yaml')
      .option('--columns <names>', 'columns to compare, with commas; default: all', names)
      .option('--except <names>', 'columns to leave out, with commas', names)
      .option('--memory <size>', 'memory for the scan before it spills to disk, e.g. 512MB', '512MB')
      .option('--threads <n>', 'threads of the scan; default: one a core'),
  ).action(async (options: DriftOptions) => {
    process.exitCode = await gateDrift(options);
  });
}

async function gateDrift(options: DriftOptions): Promise<number> {
  const { reference, current, baseline, workload } = options;
  if (reference === undefined && current === undefined && baseline === undefined && workload === undefined) {
    if (insideRun(process.env)) return gateDriftInRun(options);
    throw new UsageError(
      'outside a run of the pipeline, --reference and --current, or --workload DIR, say what to compare',
    );
  }
  return concludeGate(await judgeDriftFiles(options), options);
}

async function gateDriftInRun(options: DriftOptions): Promise<number> {
  const [{ openRun }, { judgeDriftRun }] = await Promise.all([import('../release/run-folder'), import('./drift-run')]);
  const folder = openRun(process.env);
  const report = await judgeDriftRun(folder);
  if (report !== undefined) return concludeGate(report, options, { folder, name: 'drift' });
  process.stdout.write('drift gate: gates.yaml declares no drift; there is nothing to judge\n');
  return 0;
}

/** What is compared, and how it is judged. */
export interface DriftTask {
  readonly scan: Omit<DriftScanOptions, 'bins'>;
  readonly config: DriftGateConfig;
}

/** Judges files: local ones, or those of an S3 prefix. */
export async function judgeDriftFiles(flags: DriftFlags): Promise<Report> {
  const limits = scanLimits(flags);
  return withScan(async (scan) => {
    const sources: Source[] = [];
    try {
      const task = await taskOf(flags, sources, scan);
      return await judgeTask({ ...task, scan: { ...task.scan, ...limits, ...scan } }, flags.writeBaseline);
    } catch (error) {
      throw error instanceof NoSuchColumn ? columnProblem(flags, error) : error;
    } finally {
      for (const source of sources) source.close();
    }
  });
}

/** A column that a flag names wrongly is wrong usage; one that gates.yaml names is a finding about the data. */
function columnProblem({ columns, except }: DriftFlags, { column, message }: NoSuchColumn): Error {
  const flag = Object.entries({ columns, except }).find(([, names]) => names?.includes(column) === true)?.[0];
  return flag === undefined ? new TableError(message) : new UsageError(`--${flag} ${column}: ${message}`);
}

async function taskOf(flags: DriftFlags, sources: Source[], stoppable: Stoppable): Promise<DriftTask> {
  if (flags.workload === undefined) return taskOfFiles(flags, sources, stoppable);
  const { workloadDrift } = await import('./drift-workload');
  return workloadDrift(flags.workload, flags);
}

/** @param writeBaseline file for the pinned reference */
export async function judgeTask({ scan, config }: DriftTask, writeBaseline?: string): Promise<Report> {
  const { scanDrift } = await import('../engines/drift/scan');
  const columns = await scanDrift({ ...scan, bins: config.bins });
  const now = new Date();
  if (writeBaseline !== undefined) {
    const compared = columns.filter((column): column is ColumnCounts => column.kind !== 'uncompared');
    const pinned = baselineOf(nameOf(scan.reference), compared, now);
    writeTo(writeBaseline, `${JSON.stringify(pinned, null, 2)}\n`);
  }
  return buildReport({ gate: 'drift', release: {}, checks: judgeDrift(columns, config) }, now);
}

const nameOf = (reference: SampleFiles | Baseline): string =>
  'schema' in reference ? reference.reference : basename(reference.name ?? reference.paths.join(', '));

/** @param sources receives what has to be closed */
async function taskOfFiles(flags: DriftFlags, sources: Source[], stoppable: Stoppable): Promise<DriftTask> {
  const { current } = flags;
  if (current === undefined) throw new UsageError('--current FILE says which data is in question');
  const configured =
    flags.config === undefined ? undefined : (await import('./drift-workload')).configuredDrift(flags.config);
  const config = configured?.config ?? driftDefaults();
  const types = configured?.types === undefined ? {} : { types: configured.types };
  const open = async (option: string, files: string | undefined): Promise<SampleFiles> => {
    if (files === undefined) throw new UsageError(`${option} FILE says what to compare (or --baseline FILE)`);
    const { openSource } = await import('../engines/sources');
    const source = await openSource(files, stoppable);
    sources.push(source);
    return { paths: source.paths, name: source.name, names: source.names, ...types };
  };
  const scan = {
    reference: flags.baseline === undefined ? await open('--reference', flags.reference) : readBaseline(flags),
    current: await open('--current', current),
    ...chosenColumns(flags, config.columns, configured?.keys),
  };
  return { config, scan };
}

/** Columns named on the command line go before those of gates.yaml. */
export function chosenColumns(
  { columns, except }: DriftFlags,
  configured: readonly string[] | undefined,
  keys: readonly string[] = [],
): Pick<DriftScanOptions, 'columns' | 'except' | 'keys'> {
  if (columns !== undefined && except !== undefined) throw new UsageError('--columns and --except exclude each other');
  const chosen = columns ?? (except === undefined ? configured : configured?.filter((name) => !except.includes(name)));
  return { ...(chosen === undefined ? {} : { columns: chosen }), ...(except === undefined ? {} : { except }), keys };
}

function readBaseline({ baseline = '', reference, writeBaseline }: DriftFlags): Baseline {
  if (reference !== undefined) throw new UsageError('--baseline and --reference exclude each other');
  if (writeBaseline !== undefined) throw new UsageError('--write-baseline pins a --reference, not a --baseline');
  try {
    return parseBaseline(JSON.parse(readFileSync(baseline, 'utf8')) as unknown, basename(baseline));
  } catch (error) {
    if (error instanceof BaselineError) throw new UsageError(error.message);
    if (error instanceof SyntaxError) throw new UsageError(`${baseline}: is no JSON: ${error.message}`);
    throw new UsageError(`${baseline}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
