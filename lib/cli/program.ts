import { Command } from 'commander';

type Register = (parent: Command) => void;

/** What a command needs is loaded when it is the one that runs: most of a short gate's time would be the others'. */
const GATES: Readonly<Record<string, () => Promise<Register>>> = {
  data: async () => (await import('./data')).registerDataGate,
  drift: async () => (await import('./drift')).registerDriftGate,
  model: async () => (await import('./model')).registerModelGate,
  behaviour: async () => (await import('./behaviour')).registerBehaviourGate,
};

const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  release: async () => (await import('./release')).registerRelease,
  golden: async () => (await import('./golden')).registerGolden,
  check: async () => (await import('./check')).registerCheck,
  init: async () => (await import('./init')).registerInit,
};

/**
 * The `assay` command. Errors are thrown; the caller turns them into one line and an exit code.
 *
 * @param args what will be parsed: a command that is named there is the only one loaded
 */
export async function buildProgram(version: string, args: readonly string[]): Promise<Command> {
  const program = new Command('assay')
    .description('From a Git push of machine-learning code to a safely deployed endpoint, or a clear reason why not.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const gate = program.command('gate').description('judge a release: 0 pass, 1 fail, 2 inconclusive');
  const [first = '', second = ''] = args;
  const gates = Object.hasOwn(COMMANDS, first) ? [] : pick(GATES, first === 'gate' ? second : '');
  for (const load of gates) (await load())(gate);
  for (const load of first === 'gate' ? [] : pick(COMMANDS, first)) (await load())(program);
  return program;
}

/** The named one, or all: help lists them, and a mistyped name is told the nearest. */
function pick<T>(all: Readonly<Record<string, T>>, name: string): readonly T[] {
  const one = Object.hasOwn(all, name) ? all[name] : undefined;
  return one === undefined ? Object.values(all) : [one];
}
