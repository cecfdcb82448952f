import { awsEnvironment } from '../../../lib/local/engine/aws';
import { ExecutionStore } from '../../../lib/local/stepfunctions/service/store';
import { ROLLOUT_ENV } from '../../../lib/rollout/contract';
import { type Bench, bench, type Outcome } from '../../local/stepfunctions/harness';
import { MemoryTable } from '../memory-table';
import { packageArn, RUN, runFiles, setEnvironment } from '../run-fixture';
import { Client } from './client';
import { VirtualClock } from './clock';
import { arnOf, DEFINITIONS, invokeHandler, type MachineName } from './machines';
import { MemoryScaling } from './memory-scaling';
import { MemoryState } from './memory-state';
import { register } from './registry';
import { ENDPOINT, TestSageMaker } from './sagemaker';
import { Surroundings } from './surroundings';

/** What stays when an engine dies, to begin another test with. */
export interface Saved {
  readonly state: MemoryState;
  readonly items: MemoryTable['items'];
}

/**
 * The synthesized machines on the one-machine engine: its interpreter, its gateway and its endpoints, under a virtual
 * clock. A client sends requests to production in every wait.
 */
export class RolloutEngine {
  /** Asked before every call of a service other than SageMaker; may throw. */
  check: (operation: string) => void = () => undefined;
  /** Told when a state is entered or left. */
  onState: (event: 'entered' | 'exited', state: string, execution: string) => void = () => undefined;
  /** Runs before a function does; may hold it up. */
  before: (name: string) => Promise<void> = async () => undefined;
  /** How often each function runs for one call. */
  deliveries = 1;
  sagemaker!: TestSageMaker;
  client!: Client;
  surroundings!: Surroundings;
  scaling!: MemoryScaling;
  table!: MemoryTable;
  private state = new MemoryState();
  private spy: jest.SpyInstance | undefined;

  private constructor(
    private readonly clock: VirtualClock,
    private readonly steps: Bench,
  ) {}

  /** One for a test file; `reset` begins a test. */
  static async start(): Promise<RolloutEngine> {
    const clock = new VirtualClock();
    clock.start();
    let engine: RolloutEngine | undefined;
    const invoke = async (name: string, event: unknown) => (await engine?.invoke(name, event)) ?? null;
    const steps = await bench({ lambda: { invoke }, clock });
    for (const [name, definition] of Object.entries(DEFINITIONS)) {
      // References to other machines are their ARNs once they are deployed.
      const text = JSON.stringify(definition).replaceAll(/"EnvironmentRetirement\w+"/g, `"${arnOf('Retirement')}"`);
      await steps.create(JSON.parse(text) as Record<string, unknown>, name);
    }
    engine = new RolloutEngine(clock, steps);
    engine.connect();
    return engine;
  }

  /** One for a test file whose production serves release 1, and that world, to begin tests with. */
  static async serving(canary: object = {}): Promise<{ readonly engine: RolloutEngine; readonly serving: Saved }> {
    const engine = await RolloutEngine.start();
    await engine.reset(undefined, canary);
    await engine.run('Rollout', 1);
    return { engine, serving: engine.save() };
  }

  /** A new world: nothing deployed, or what was saved. */
  async reset(saved?: Saved, canary: object = {}): Promise<void> {
    await this.leave();
    this.clock.start();
    this.check = () => undefined;
    this.onState = () => undefined;
    this.before = async () => undefined;
    this.deliveries = 1;
    this.state = saved?.state.copy() ?? new MemoryState();
    const { context } = this.steps;
    this.sagemaker = new TestSageMaker({ ...context, region: 'us-east-1', account: '111111111111', state: this.state });
    this.client = new Client(this.sagemaker);
    this.surround(canary);
    for (const [key, item] of saved?.items ?? []) this.table.items.set(key, item);
    await this.sagemaker.restore();
    if (saved === undefined) await register(5);
  }

  save(): Saved {
    return { state: this.state.copy(), items: new Map(this.table.items) };
  }

  async close(): Promise<void> {
    await this.leave();
    await this.steps.close();
    this.spy?.mockRestore();
    this.clock.stop();
  }

  /** Starts a machine for a release; each run has its own release unless told otherwise. */
  async begin(machine: MachineName, version: number, run = `run-${version}`): Promise<string> {
    setEnvironment(machine === 'Deployment' ? 'staging' : 'production');
    process.env[ROLLOUT_ENV.alarms] = JSON.stringify({ blue: ['blue-errors'], green: ['green-errors'] });
    return this.steps.sfn.start(arnOf(machine), {
      runId: run,
      modelPackageArn: packageArn(version),
      ...(machine === 'Retirement' ? { keepWarmSeconds: 60 } : {}),
    });
  }

  /** Runs a machine that is not about one release to its end. */
  async execute(machine: 'Rollback' | 'Drill', input: object): Promise<Outcome> {
    setEnvironment(machine === 'Drill' ? 'staging' : 'production');
    return this.end(await this.steps.sfn.start(arnOf(machine), input));
  }

  async end(arn: string): Promise<Outcome> {
    const { status, output, error, cause } = await this.steps.sfn.wait(arn, AbortSignal.timeout(20_000));
    return { arn, status, output: output === undefined ? undefined : JSON.parse(output), error, cause };
  }

  /** Runs a machine to its end. */
  async run(machine: MachineName, version: number, run?: string): Promise<Outcome> {
    return this.end(await this.begin(machine, version, run));
  }

  stop(execution: string): Promise<void> {
    return this.steps.sfn.stop(execution, 'Killed', 'the runner was killed');
  }

  /** Executions of a machine that have come to their end by themselves. */
  async endOf(machine: MachineName, name: string): Promise<Outcome> {
    return this.end(arnOf(machine).replace(':stateMachine:', ':execution:').concat(`:${name}`));
  }

  /** Resolves when the state is entered for the first time, by this execution when one is named. */
  entered(state: string, execution?: string): Promise<void> {
    return new Promise((resolve) => {
      this.onState = (event, name, arn) => {
        if (event === 'entered' && name === state && arn === (execution ?? arn)) resolve();
      };
    });
  }

  /** Kills the execution when it enters (or has just left) the state for the first time. @returns whether it did */
  killAt(state: string, when: 'entered' | 'exited' = 'entered'): () => boolean {
    let killed = false;
    this.onState = (event, name, execution) => {
      if (killed || name !== state || event !== when) return;
      killed = true;
      void this.stop(execution);
    };
    return () => killed;
  }

  document(key: string, run: string): Record<string, unknown> {
    return JSON.parse(this.surroundings.objects.get(`runs/${run}/${key}`) ?? 'null') as Record<string, unknown>;
  }

  /** Items of the endpoint whose name begins so. */
  items(prefix: string): readonly Readonly<Record<string, unknown>>[] {
    return [...this.table.items].filter(([key]) => key.startsWith(`${ENDPOINT}\n${prefix}`)).map(([, item]) => item);
  }

  /** The gateway's services are those of the running test. */
  private connect(): void {
    const { gateway } = this.steps;
    Object.assign(process.env, awsEnvironment('us-east-1', gateway.url), { AWS_MAX_ATTEMPTS: '1' });
    gateway.register({ services: ['sagemaker'], handle: (request) => this.sagemaker.answer(request) });
    this.clock.during = () => this.client.send();
    this.spy = jest.spyOn(ExecutionStore.prototype, 'append').mockImplementation((execution, event) => {
      // Histories are not read here; writing thousands of lines takes longer than the rest.
      const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
      if (entered !== undefined) this.onState('entered', String(entered.name), execution);
      if (exited !== undefined) this.onState('exited', String(exited.name), execution);
    });
  }

  /** The services around SageMaker, with alarms at rest and what earlier stages of every run left. */
  private surround(canary: object): void {
    const check = (operation: string) => this.check(operation);
    this.table = new MemoryTable(check);
    this.scaling = new MemoryScaling(check);
    this.surroundings = new Surroundings((variant) => this.sagemaker.minuteOf(variant), check);
    for (const name of ['blue-errors', 'green-errors']) this.surroundings.alarms.set(name, 'OK');
    for (const [key, text] of runFiles({ ...CANARY, ...canary }, { latency: { percentile: 50 } })) {
      for (const run of [RUN, 'run-2', 'run-3', 'run-4', 'run-5']) {
        this.surroundings.objects.set(`runs/${run}/${key}`, text);
      }
    }
  }

  private async leave(): Promise<void> {
    if (this.sagemaker === undefined) return;
    await this.sagemaker.close();
    for (const mock of [this.table, this.scaling, this.surroundings]) mock.restore();
  }

  private async invoke(name: string, event: unknown): Promise<unknown> {
    await this.before(name);
    for (let extra = 1; extra < this.deliveries; extra += 1) await invokeHandler(name, event).catch(() => undefined);
    return invokeHandler(name, event);
  }
}

const CANARY = {
  steps: [25, 100],
  bakeSeconds: 120,
  judgeEverySeconds: 60,
  maxBakeSeconds: 240,
  minRequests: 20,
  // Requests go out in real time.
  probes: { pairs: 4, maxPerLook: 4, ratePerSecond: 100 },
};
