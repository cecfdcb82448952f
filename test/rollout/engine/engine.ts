import { setImmediate } from 'node:timers/promises';
import {
  CreateEndpointConfigCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteEndpointCommand,
  DescribeEndpointConfigCommand,
  type ModelApprovalStatus,
  type ProductionVariant,
  SageMakerClient,
  UpdateEndpointCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { awsEnvironment } from '../../../lib/local/engine/aws';
import type { EngineContext } from '../../../lib/local/engine/ports';
import { AwsError, type GatewayRequest } from '../../../lib/local/gateway/service';
import { createSageMaker, type SageMakerService } from '../../../lib/local/sagemaker';
import type { EndpointRecord } from '../../../lib/local/sagemaker/endpoints/record';
import type { ModelRecord } from '../../../lib/local/sagemaker/models';
import { ExecutionStore } from '../../../lib/local/stepfunctions/service/store';
import { ROLLOUT_ENV } from '../../../lib/rollout/contract';
import { type Bench, bench, type Outcome } from '../../local/stepfunctions/harness';
import { MemoryTable } from '../memory-table';
import { packageArn, RUN, runFiles, setEnvironment } from '../run-fixture';
import { VirtualClock } from './clock';
import { DEFINITIONS, invokeHandler, type MachineName } from './machines';
import { MemoryScaling } from './memory-scaling';
import { MemoryState } from './memory-state';
import { type Behaviour, container, HEALTHY } from './model';
import { Surroundings } from './surroundings';

const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3';
export const ENDPOINT = 'churn-production';

/** What stays when an engine dies, to begin another test with. */
export interface Saved {
  readonly state: MemoryState;
  readonly items: MemoryTable['items'];
}

/** One request of a client that knows nothing of rollouts. */
export interface ClientRequest {
  readonly status: number;
  readonly variant: string;
}

/**
 * The synthesized machines on the one-machine engine: its interpreter, its gateway and its endpoints, whose models run
 * without processes, under a virtual clock. A client sends requests to production in every wait.
 */
export class RolloutEngine {
  readonly behaviours = new Map<number, Behaviour>();
  clientRequests: ClientRequest[] = [];
  /** An error for a call of SageMaker, by operation and input. @default none */
  fault: (operation: string, input: Readonly<Record<string, unknown>>) => Error | undefined = () => undefined;
  /** A status that DescribeEndpoint shows in place of the real one. @default none */
  describeAs: (endpoint: string) => string | undefined = () => undefined;
  /** Asked before every call of another service; may throw. */
  check: (operation: string) => void = () => undefined;
  /** Told when a state is entered or left. */
  onState: (event: 'entered' | 'exited', state: string, execution: string) => void = () => undefined;
  /** Runs before a function does; may hold it up. */
  before: (name: string) => Promise<void> = async () => undefined;
  /** How often each function runs for one call. */
  deliveries = 1;
  /** Changes of weights that SageMaker took. */
  readonly weightChanges: string[] = [];
  surroundings!: Surroundings;
  scaling!: MemoryScaling;
  table!: MemoryTable;
  private service!: SageMakerService;
  private state = new MemoryState();
  private random = 0;

  private constructor(
    private readonly clock: VirtualClock,
    private readonly steps: Bench,
    private readonly machines: Readonly<Record<MachineName, string>>,
  ) {}

  /** One for a test file; `reset` begins a test. */
  static async start(): Promise<RolloutEngine> {
    const clock = new VirtualClock();
    clock.start();
    let engine: RolloutEngine | undefined;
    const invoke = async (name: string, event: unknown) => (await engine?.invoke(name, event)) ?? null;
    const steps = await bench({ lambda: { invoke }, clock });
    const arn = (id: string) => `arn:aws:states:eu-west-1:123456789012:stateMachine:${id}`;
    for (const [name, definition] of Object.entries(DEFINITIONS)) {
      // References to other machines are their ARNs once they are deployed.
      const text = JSON.stringify(definition).replaceAll(/"EnvironmentRetirement\w+"/g, `"${arn('Retirement')}"`);
      await steps.create(JSON.parse(text) as Record<string, unknown>, name);
    }
    const machines = {
      Deployment: arn('Deployment'),
      Rollout: arn('Rollout'),
      Retirement: arn('Retirement'),
      Rollback: arn('Rollback'),
      Drill: arn('Drill'),
    };
    engine = new RolloutEngine(clock, steps, machines);
    engine.connect();
    return engine;
  }

  /** A new world: nothing deployed, or what was saved. */
  async reset(saved?: Saved, canary: object = {}): Promise<void> {
    await this.leave();
    this.clock.start();
    this.state = saved?.state.copy() ?? new MemoryState();
    this.behaviours.clear();
    this.clientRequests = [];
    this.weightChanges.length = 0;
    this.fault = () => undefined;
    this.describeAs = () => undefined;
    this.check = () => undefined;
    this.onState = () => undefined;
    this.before = async () => undefined;
    this.deliveries = 1;
    this.table = new MemoryTable((operation) => this.check(operation));
    for (const [key, item] of saved?.items ?? []) this.table.items.set(key, item);
    this.scaling = new MemoryScaling((operation) => this.check(operation));
    this.surroundings = new Surroundings(
      (variant) => this.minuteOf(variant),
      (operation) => this.check(operation),
    );
    for (const name of ['blue-errors', 'green-errors']) this.surroundings.alarms.set(name, 'OK');
    for (const [key, text] of runFiles({ ...CANARY, ...canary }, { latency: { percentile: 50 } })) {
      for (const run of [RUN, 'run-1', 'run-2', 'run-3', 'run-4', 'run-5']) {
        this.surroundings.objects.set(`runs/${run}/${key}`, text);
      }
    }
    this.service = createSageMaker(this.sagemakerContext(), {
      random: () => this.nextRandom(),
      launch: async (_core, model) => this.launch(model.modelDataUrl),
    });
    await this.service.restore();
    if (saved === undefined) await this.register(5);
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
    return this.steps.sfn.start(this.machines[machine], {
      runId: run,
      modelPackageArn: packageArn(version),
      ...(machine === 'Retirement' ? { keepWarmSeconds: 60 } : {}),
    });
  }

  machineArn(machine: MachineName): string {
    return this.machines[machine];
  }

  /** Runs a machine that is not about one release to its end. */
  async execute(machine: 'Rollback' | 'Drill', input: object): Promise<Outcome> {
    setEnvironment(machine === 'Drill' ? 'staging' : 'production');
    return this.end(await this.steps.sfn.start(this.machines[machine], input));
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
    return this.end(this.machines[machine].replace(':stateMachine:', ':execution:').concat(`:${name}`));
  }

  endpoint(name = ENDPOINT): EndpointRecord | undefined {
    return this.rows<EndpointRecord>('endpoints').get(name);
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

  /** Somebody deletes the endpoint by hand. */
  async deleteEndpoint(): Promise<void> {
    const client = new SageMakerClient({});
    await client.send(new DeleteEndpointCommand({ EndpointName: ENDPOINT }));
    client.destroy();
    await this.until(() => this.endpoint() === undefined);
  }

  /** Somebody adds a variant of their own, without traffic. */
  async addForeignVariant(VariantName: string): Promise<void> {
    const client = new SageMakerClient({});
    const { ProductionVariants: [variant] = [] } = await client.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: this.endpoint()?.configName }),
    );
    const ProductionVariants = [variant, { ...variant, VariantName, InitialVariantWeight: 0 }] as ProductionVariant[];
    await client.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'by-hand', ProductionVariants }));
    await client.send(new UpdateEndpointCommand({ EndpointName: ENDPOINT, EndpointConfigName: 'by-hand' }));
    client.destroy();
    await this.until(() => this.endpoint()?.configName === 'by-hand');
  }

  async approve(version: number, status: ModelApprovalStatus): Promise<void> {
    const client = new SageMakerClient({});
    const update = { ModelPackageArn: packageArn(version), ModelApprovalStatus: status };
    await client.send(new UpdateModelPackageCommand(update));
    client.destroy();
  }

  /** Which release each variant has, with its weight: `{ blue: '1 at 100' }`. */
  traffic(name = ENDPOINT): Readonly<Record<string, string>> {
    const variants = this.endpoint(name)?.variants ?? [];
    return Object.fromEntries(
      variants.map((each) => [each.name, `${versionOf(each.container.modelDataUrl)} at ${each.weight}`]),
    );
  }

  /** Names of an endpoint's configurations, and releases of its models. */
  partsOf(name = ENDPOINT): { readonly configs: readonly string[]; readonly models: readonly string[] } {
    const mine = (each: string) => each.startsWith(name);
    return {
      configs: [...this.rows('endpoint-configs').keys()].filter(mine),
      models: [...this.rows<ModelRecord>('models').values()]
        .filter(({ input }) => mine(input.ModelName))
        .map(({ container: { modelDataUrl } }) => String(versionOf(modelDataUrl)))
        .sort(),
    };
  }

  document(key: string, run: string): Record<string, unknown> {
    return JSON.parse(this.surroundings.objects.get(`runs/${run}/${key}`) ?? 'null') as Record<string, unknown>;
  }

  /** Items of the endpoint whose name begins so. */
  items(prefix: string): readonly Readonly<Record<string, unknown>>[] {
    return [...this.table.items].filter(([key]) => key.startsWith(`${ENDPOINT}\n${prefix}`)).map(([, item]) => item);
  }

  private spy: jest.SpyInstance | undefined;

  /** The gateway's services are those of the running test. */
  private connect(): void {
    const { gateway } = this.steps;
    Object.assign(process.env, awsEnvironment('us-east-1', gateway.url), { AWS_MAX_ATTEMPTS: '1' });
    gateway.register({ services: ['sagemaker'], handle: (request) => this.sagemaker(request) });
    this.clock.during = () => this.client();
    this.spy = jest.spyOn(ExecutionStore.prototype, 'append').mockImplementation((execution, event) => {
      // Histories are not read here; writing thousands of lines takes longer than the rest.
      const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
      if (entered !== undefined) this.onState('entered', String(entered.name), execution);
      if (exited !== undefined) this.onState('exited', String(exited.name), execution);
    });
  }

  private async leave(): Promise<void> {
    if (this.service === undefined) return;
    await this.service.close();
    for (const mock of [this.table, this.scaling, this.surroundings]) mock.restore();
  }

  private async invoke(name: string, event: unknown): Promise<unknown> {
    await this.before(name);
    for (let extra = 1; extra < this.deliveries; extra += 1) await invokeHandler(name, event).catch(() => undefined);
    return invokeHandler(name, event);
  }

  private async sagemaker(request: GatewayRequest) {
    const operation = request.headers['x-amz-target']?.split('.')[1];
    if (operation !== undefined) {
      const input = JSON.parse(request.body.toString()) as Readonly<Record<string, unknown>>;
      const fault = this.fault(operation, input);
      if (fault !== undefined) throw fault;
      const answer = await this.handler(request);
      if (operation === 'UpdateEndpointWeightsAndCapacities') this.weightChanges.push(describe(input));
      const shown = operation === 'DescribeEndpoint' ? this.describeAs(String(input.EndpointName)) : undefined;
      if (shown === undefined) return answer;
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body.toString()), EndpointStatus: shown }) };
    }
    return this.handler(request);
  }

  private async handler(request: GatewayRequest) {
    const handler = this.service.handlers.find(({ services }) => services.includes('sagemaker'));
    if (handler === undefined) throw new AwsError('ServiceUnavailable', 'no SageMaker', 503);
    return handler.handle(request);
  }

  /** Two requests of a client, as often as the pipeline waits; before there is an endpoint there is no client. */
  private async client(): Promise<void> {
    const status = this.endpoint()?.status;
    if (status !== 'InService' && status !== 'Updating') return;
    for (let i = 0; i < 2; i += 1) {
      const handled = await this.handler({
        method: 'POST',
        path: `/endpoints/${ENDPOINT}/invocations`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"instances":[{"x":0.5}]}'),
      }).catch((error: unknown) => error);
      this.clientRequests.push(
        handled instanceof Error
          ? {
              status: handled instanceof AwsError ? handled.status : 0,
              variant: /"?(blue|green)/.exec(handled.message)?.[1] ?? '',
            }
          : {
              status: (handled as { status: number }).status,
              variant:
                (handled as { headers: Record<string, string> }).headers['x-amzn-invoked-production-variant'] ?? '',
            },
      );
    }
  }

  private async launch(modelDataUrl: string) {
    const version = versionOf(modelDataUrl);
    const behaviour = () => this.behaviours.get(version) ?? {};
    if (behaviour().starts === false) throw new Error('the container exited with code 1');
    return container(behaviour);
  }

  private minuteOf(variant: string) {
    const url = this.endpoint()?.variants.find(({ name }) => name === variant)?.container.modelDataUrl;
    if (url === undefined) return undefined;
    const { minute = HEALTHY } = this.behaviours.get(versionOf(url)) ?? {};
    return minute ?? undefined;
  }

  private async until(holds: () => boolean): Promise<void> {
    while (!holds()) await setImmediate();
  }

  /** Spread evenly, and the same in every run. */
  private nextRandom(): number {
    this.random = (this.random + 0.6180339887498949) % 1;
    return this.random;
  }

  private rows<T>(table: string): Map<string, T> {
    return new Map(this.state.read<[string, T][]>(`sagemaker-${table}`) ?? []);
  }

  private sagemakerContext(): EngineContext {
    return { ...this.steps.context, region: 'us-east-1', account: '111111111111', state: this.state };
  }

  private async register(count: number): Promise<void> {
    const client = new SageMakerClient({});
    await client.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'churn' }));
    for (let version = 1; version <= count; version += 1) {
      const container = { Image: IMAGE, ModelDataUrl: `s3://models/${version}/model.tar.gz` };
      await client.send(
        new CreateModelPackageCommand({
          ModelPackageGroupName: 'churn',
          ModelApprovalStatus: 'Approved',
          InferenceSpecification: {
            Containers: [container],
            SupportedContentTypes: ['application/json'],
            SupportedResponseMIMETypes: ['application/json'],
          },
        }),
      );
    }
    client.destroy();
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

const versionOf = (modelDataUrl: string): number => Number(/models\/(\d+)\//.exec(modelDataUrl)?.[1]);

function describe({ DesiredWeightsAndCapacities: desired }: Readonly<Record<string, unknown>>): string {
  const weights = desired as readonly { VariantName: string; DesiredWeight: number }[];
  return weights.map(({ VariantName, DesiredWeight }) => `${VariantName} ${DesiredWeight}`).join(', ');
}
