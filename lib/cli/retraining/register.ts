import type { Command } from 'commander';
import { APPLICATION, JSON_FLAG } from '../options';
import type { ApplicationOptions } from '../rollout/application';
import { reason } from '../rollout/register';
import type { RetrainOptions } from './retrain';

/** `assay retrain`, `assay triggers`. What a command needs is loaded when it runs. */
export function registerRetraining(program: Command): void {
  program
    .command('retrain')
    .description('ask for a run of the pipeline: 0 it was started, 2 it waits')
    .option('--reason <text>', 'why, for the report and the registry', reason)
    .option('--force', 'do not wait for the cool-down or the daily limit; a run under way is waited for')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: RetrainOptions) => {
      process.exitCode = await (await import('./retrain')).retrain(options);
    });
  program
    .command('triggers')
    .description('the last runs with their reasons, what waits for one, and why')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: ApplicationOptions) => {
      process.exitCode = await (await import('./triggers')).showTriggers(options);
    });
}
