import { type Command, InvalidArgumentError } from 'commander';
import { APPLICATION, JSON_FLAG } from '../options';
import type { ApplicationOptions } from './application';
import type { PlanOptions } from './plan';
import type { RollbackOptions } from './rollback';

/** `assay plan`, `assay status`, `assay rollback`. What a command needs is loaded when it runs. */
export function registerRollout(program: Command): void {
  program
    .command('plan')
    .description(
      'how long rollouts and rollbacks take, and what would stand in their way: 0 pass, 1 fail, 2 inconclusive',
    )
    .option('--workload <dir>', 'folder with gates.yaml (default: what assay.config.ts names)')
    .option('--offline', 'from the files alone; ask no account')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: PlanOptions) => {
      process.exitCode = await (await import('./plan')).showPlan(options);
    });
  program
    .command('status')
    .description('releases, traffic, the running rollout, and how a rollback would go right now')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: ApplicationOptions) => {
      process.exitCode = await (await import('./status')).showStatus(options);
    });
  program
    .command('rollback')
    .description('give an earlier release all traffic again; a rollout under way is stopped')
    .option('--to <release>', 'version of the model package (default: the release before)')
    .option('--reason <text>', 'why, for the record and the registry', reason)
    .option('--yes', 'do not ask')
    .option('--drill', 'rehearse on staging: shift to a twin and back, and record the time')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: RollbackOptions) => {
      process.exitCode = await (await import('./rollback')).runRollback(options);
    });
}

/** It is part of the registry's description, which takes 1,024 characters. */
const LONGEST_REASON = 500;

/** A reason that somebody gives, on one line. */
export function reason(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '' || line.length > LONGEST_REASON) {
    throw new InvalidArgumentError(`It is a text of 1 to ${LONGEST_REASON} characters.`);
  }
  return line;
}
