import { Command } from 'commander';
import { registerBehaviourGate } from './behaviour';
import { registerDataGate } from './data';
import { registerDriftGate } from './drift';
import { registerGolden } from './golden';
import { registerInit } from './init';
import { registerModelGate } from './model';
import { registerRelease } from './release';

/** The `assay` command. Errors are thrown; the caller turns them into one line and an exit code. */
export function buildProgram(version: string): Command {
  const program = new Command('assay')
    .description('From a Git push of machine-learning code to a safely deployed endpoint, or a clear reason why not.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const gate = program.command('gate').description('judge a release: 0 pass, 1 fail, 2 inconclusive');
  registerDataGate(gate);
  registerDriftGate(gate);
  registerModelGate(gate);
  registerBehaviourGate(gate);
  registerRelease(program);
  registerGolden(program);
  registerInit(program);
  return program;
}
