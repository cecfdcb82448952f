import type { Command } from 'commander';
import { addGateOutputOptions } from '../gate-output';
import { APPLICATION, JSON_FLAG } from '../options';
import type { ApplicationOptions } from '../rollout/application';
import type { ReproduceOptions } from './reproduce';

const ID = 'version, ARN, run id, or the beginning of a run id or commit';

/**
 * `assay release show|list|diff` and `assay reproduce`: what a person asks of releases, beside the steps of the pipeline's
 * builds that have the same first word. What a command needs is loaded when it runs.
 */
export function registerLineage(program: Command): void {
  const release =
    program.commands.find((command) => command.name() === 'release') ??
    program.command('release').description('what releases come from and how they differ');
  release
    .command('show')
    .description('where a release comes from, what it proved, who approved it, and what became of it')
    .argument('[id]', `${ID} (default: the release that serves in production)`)
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (id: string | undefined, options: ApplicationOptions) => {
      process.exitCode = await (await import('./show')).showRelease(id, options);
    });
  release
    .command('list')
    .description('all releases of the registry, the latest first')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: ApplicationOptions) => {
      process.exitCode = await (await import('./show')).listReleases(options);
    });
  release
    .command('diff')
    .description('what differs between two releases: code, trigger, data, environment, gates, metrics, verdicts')
    .argument('<before>', ID)
    .argument('<after>', ID)
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (before: string, after: string, options: ApplicationOptions) => {
      process.exitCode = await (await import('./show')).diffReleases(before, after, options);
    });
  addGateOutputOptions(
    program
      .command('reproduce')
      .description('train a release again at its commit on its data, and compare: 0 pass, 1 fail, 2 inconclusive')
      .argument('<id>', ID)
      .option('--checkout <dir>', 'a clone with its commit: the source archive is made again from it and compared')
      .option(
        '--tolerance <number>',
        'largest difference of a prediction or metric (default: behaviour.determinism.tolerance)',
      )
      .option('--keep', 'keep the new run folder and model')
      .option(...APPLICATION),
  ).action(async (id: string, options: ReproduceOptions) => {
    process.exitCode = await (await import('./reproduce')).reproduce(id, options);
  });
}
