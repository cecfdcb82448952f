import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import configuration from '../../../assay.config';
import { loadAppConfig } from '../../config/app';
import { loadGates } from '../../config/load';
import { writeChurnDataset } from '../../golden-data/write-churn';
import { UsageError } from '../../release/environment';
import { requireWorkloadFiles } from '../../release/workload-files';
import { EXIT } from '../exit';
import { approveAll, askPerson } from './approvals';
import { Display } from './display';
import { playDrift } from './drift-scenario';
import { onInterrupt } from './interrupt';
import { printResult } from './print';
import { followPullRequest } from './pull-request';
import { pushScenario } from './scenario-run';
import { SCENARIOS, type Scenario } from './scenarios';
import { type RunResult, Session, type SessionOptions } from './session';
import { combinedWorkload, ownWorkload, type Workload } from './workload';

export interface RunOptions {
  readonly workload?: string;
  readonly name?: string;
  readonly approve?: true;
  readonly scenario?: string;
  readonly timeScale: number;
  readonly traffic: number;
  readonly state?: string;
  readonly exit?: true;
  readonly keep?: true;
  readonly demo?: true;
  readonly pullRequest?: true;
}

/** Folder of this project, which holds bin/app.ts and the installed packages. */
const ROOT = resolve(__dirname, '../../..');

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('execute the synthesized pipeline on this machine, from a push to a live endpoint')
    .option('--workload <dir>', 'folder with gates.yaml, pushed by itself (default: what assay.config.ts names)')
    .option('--name <application>', 'application name for --workload (default: made of the folder name)')
    .option('--pull-request', 'open a pull request instead of pushing: its checks run, and nothing is released')
    .option('--approve', 'approve releases without asking')
    .option('--scenario <name>', `push a changed churn example: ${Object.keys(SCENARIOS).join(', ')}`)
    .option('--time-scale <factor>', 'length of waits such as bakes: 1 is real time', positive, 0.01)
    .option('--traffic <rate>', 'requests a second to production while it changes; 0 for none', notNegative, 30)
    .option('--state <dir>', 'folder for the state of the engine (default: .assay/<application>)')
    .option('--keep', 'stay up after the run, for "assay status" and the like in another terminal; Ctrl-C ends it')
    .addOption(new Option('--exit', 'end after the run, also in a terminal').conflicts('keep'))
    .option('--demo', 'make the golden data of the churn example if it is missing')
    .action(async (options: RunOptions) => {
      process.exitCode = await run(options);
    });
}

async function run(options: RunOptions): Promise<number> {
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const scenario = findScenario(options);
  const workload = scheduled(resolveWorkload(options), scenario);
  requireWorkloadFiles(workload.folder, loadGates(workload.folder).gates);
  if (options.approve === undefined && !interactive && options.pullRequest === undefined) {
    throw new UsageError('nobody can be asked for approval here: this is no terminal; add --approve');
  }
  if (options.demo === true) ensureGoldenData(workload);
  const stateDir = resolve(options.state ?? join(ROOT, '.assay', workload.application));
  const display = new Display(process.stderr);
  const { signal, dispose } = onInterrupt((line) => display.line(line));
  const { timeScale, traffic } = options;
  const approvals = options.approve === true ? approveAll : askPerson(display);
  const setting = { root: ROOT, workload, stateDir, timeScale, traffic, approvals, display, signal };
  const stay = options.keep ?? (interactive && options.exit === undefined);
  try {
    const session = await Session.open(setting);
    if (options.pullRequest === true) return await followPullRequest(session, workload, scenario);
    return await follow(session, setting, scenario, stay);
  } finally {
    display.close();
    dispose();
  }
}

/** One push from here to the live endpoint. The session is closed whatever happens; the first failure is the one told. */
async function follow(
  session: Session,
  { workload, display, signal }: SessionOptions,
  scenario: Scenario | undefined,
  stay: boolean,
): Promise<number> {
  let result: RunResult;
  try {
    result = await execute(session, workload, scenario, display);
    display.close();
    process.stdout.write(printResult(result));
    if (stay && result.summary.endpoint !== undefined) {
      process.stderr.write(stayingWords(session, result.summary.application));
      await aborted(session.signal);
      // The wait is there to be ended; anything but a person's signal is a fault of the engine.
      if (!signal.aborted) throw session.signal.reason;
    }
  } catch (error) {
    return session.closeAfter(error);
  }
  await session.close();
  return result.summary.outcome === 'succeeded' ? EXIT.pass : EXIT.fail;
}

/** What to type in another terminal, so that SDKs and command lines there talk to this engine. */
function stayingWords({ environment }: Session, application: string): string {
  const exported = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return `The endpoint is live; Ctrl-C stops it. In another terminal:
  export ${exported.join(' ')}
  npm run assay -- status --application ${application}
`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function execute(
  session: Session,
  workload: Workload,
  scenario: Scenario | undefined,
  display: Display,
): Promise<RunResult> {
  await session.pushGoldenData(workload.folder);
  if (scenario === undefined) return session.push(workload.repository);
  if (scenario.needsLiveRelease && !(await session.isLive())) {
    display.line('no release serves yet: a good one goes first');
    const first = await session.push(workload.repository);
    if (first.summary.outcome !== 'succeeded') return first;
  }
  if (scenario.story === true) return story(session, workload, scenario, display);
  const must = scenario.stopsAt === undefined ? 'release it' : `stop it at ${scenario.stopsAt}`;
  display.line(`scenario: ${scenario.title}; the pipeline must ${must}`);
  return pushScenario(session, workload, scenario);
}

async function story(session: Session, workload: Workload, { title }: Scenario, display: Display): Promise<RunResult> {
  display.line(`scenario: ${title}`);
  return (await playDrift(session, workload, display)).retrained;
}

function findScenario({ scenario, workload }: RunOptions): Scenario | undefined {
  if (scenario === undefined) return undefined;
  const found = SCENARIOS[scenario];
  if (found === undefined) {
    throw new UsageError(`--scenario: "${scenario}" is unknown; known are ${Object.keys(SCENARIOS).join(', ')}`);
  }
  if (workload !== undefined)
    throw new UsageError('--scenario changes the churn example; it does not go with --workload');
  return found;
}

function resolveWorkload(options: RunOptions): Workload {
  if (options.workload !== undefined) return ownWorkload(options.workload, options.name);
  if (options.name !== undefined)
    throw new UsageError('--name goes with --workload; otherwise assay.config.ts names the application');
  const config = loadAppConfig(configuration);
  return combinedWorkload(ROOT, config.workload.path, config.application);
}

/** A story of many days leaves the weekly run out: it is to show what the traffic alone leads to. */
const scheduled = (workload: Workload, scenario: Scenario | undefined): Workload =>
  scenario?.story === true
    ? { ...workload, environment: { ...workload.environment, ASSAY_SCHEDULE: 'off' } }
    : workload;

function ensureGoldenData({ folder }: Workload): void {
  const { dataset } = loadGates(folder).gates;
  const golden = join(folder, dataset.path);
  const files = [dataset.train, dataset.holdout].map((file) => join(golden, file));
  if (!files.every((file) => existsSync(file))) writeChurnDataset(golden);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('must be a number above 0');
}

function notNegative(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('must be a number, 0 or more');
}
