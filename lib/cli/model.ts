import type { Command } from 'commander';
import type { Report } from '../core/report/report';
import { UsageError } from '../release/environment';
import { addGateOutputOptions, concludeGate, type GateOutputOptions } from './gate-output';
import type { ModelFlags } from './model-flags';
import { whileReading } from './model-reading';
import { startThreadFor } from './reading-thread';

interface ModelOptions extends GateOutputOptions, ModelFlags {
  readonly workload?: string;
  readonly reportOnly?: boolean;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `assay gate model`. */
export function registerModelGate(gate: Command): void {
  addGateOutputOptions(
    gate
      .command('model')
      .description('judge predictions of the golden holdout: sanity, metrics, slices, fairness, promotion')
      .option('--workload <dir>', 'folder with gates.yaml and the golden data (outside a run of the pipeline)')
      .option(
        '--predictions <file>',
        'CSV, Parquet or JSON Lines, as batch transform writes them or with a score column',
      )
      .option('--champion <file>', "the champion's predictions of the same rows")
      .option('--data <path>', 'with --workload the folder of the golden data, otherwise a file with key and label')
      .option('--config <file>', 'a gates.yaml that says what to judge, without its workload')
      .option('--key <column>', 'without gates.yaml: the column that tells rows apart')
      .option('--label <column>', 'without gates.yaml: the column with the truth')
      .option('--task <task>', 'binary (default), multiclass or regression')
      .option('--positive <value>', 'the label that counts as positive (default: 1)')
      .option('--score <field>', 'the field with score or value (default: score)')
      .option('--probabilities <field>', 'multiclass: the list, or the prefix of the columns (default: probabilities)')
      .option('--min <metric=value>', 'a floor, several times if needed', collect)
      .option('--max <metric=value>', 'a ceiling', collect)
      .option('--metric <metric>', 'measure without a bound', collect)
      .option('--slice <column>', 'measure slices by this column', collect)
      .option('--rule <rule>', 'promotion: superior or non-inferior (default)')
      .option('--margin <number>', 'promotion: margin of the rule (default: 0.01)')
      .option('--min-delta <number>', 'promotion: least improvement of the estimate')
      .option('--promotion <metric>', 'promotion: the metric that is compared')
      .option('--report-only', 'exit 0 whenever there is a report, whatever its verdict'),
  ).action(async (options: ModelOptions) => {
    const code = await gateModel(options);
    process.exitCode = options.reportOnly === true ? 0 : code;
  });
}

async function gateModel(options: ModelOptions): Promise<number> {
  const { workload, predictions, champion, data } = options;
  if (workload !== undefined) {
    if (predictions === undefined) throw new UsageError('--workload needs --predictions FILE: what is to be judged');
    const { judgeModelFiles } = await import('./model-files');
    return concludeGate(await judgeModelFiles({ workload, predictions, champion, data }), options);
  }
  if (predictions !== undefined) {
    return concludeGate(await judgeAlone({ ...options, predictions }), options);
  }
  const { insideRun } = await import('../release/environment');
  if (!insideRun(process.env)) {
    throw new UsageError(
      'outside a run of the pipeline, --predictions FILE says what to judge, with --workload DIR, --config FILE or --key and --label',
    );
  }
  const [{ openRun }, { judgeModelRun }] = await Promise.all([import('../release/run-folder'), import('./model-run')]);
  const folder = openRun(process.env);
  return concludeGate(await judgeModelRun(folder), options, { folder, name: 'model' });
}

/** Predictions that belong to no workload. */
async function judgeAlone(options: ModelOptions & { readonly predictions: string }): Promise<Report> {
  await startThreadFor(options.predictions);
  const judge = await whileReading(async (reading) => {
    const { readModelByFlags } = await import('./model-flags');
    return readModelByFlags(options, reading);
  });
  return judge();
}
