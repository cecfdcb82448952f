import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { awsEnvironment } from '../../../lib/local/engine/aws';
import { SystemClock } from '../../../lib/local/engine/clock';
import type { AwsEvent, Clock, EngineContext, LambdaInvoker } from '../../../lib/local/engine/ports';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { FileStateStore } from '../../../lib/local/engine/state-store';
import { type Gateway, startGateway } from '../../../lib/local/gateway/gateway';
import { createStepFunctions, type StepFunctions } from '../../../lib/local/stepfunctions';

export const VENV = process.env.ASSAY_VENV ?? resolve(__dirname, '../../../.venv');

export type Definition = Readonly<Record<string, unknown>>;

export interface Bench {
  readonly context: EngineContext;
  readonly gateway: Gateway;
  readonly sfn: StepFunctions;
  readonly events: AwsEvent[];
  /** Creates the machine as the provisioner would; returns its ARN. */
  create(definition: Definition, name?: string): Promise<string>;
  /** Runs a machine to its end. */
  run(definition: Definition, input?: unknown): Promise<Outcome>;
  /** Types of an execution's events in order. */
  eventTypes(executionArn: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Outcome {
  readonly arn: string;
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

export interface BenchOptions {
  readonly lambda?: LambdaInvoker;
  readonly stateDir?: string;
  readonly fallback?: { readonly url: string; readonly services: readonly string[] };
  /** @default 0.001 */
  readonly scale?: number;
  /** @default - real time, shortened by `scale` */
  readonly clock?: Clock;
}

const NO_LAMBDA: LambdaInvoker = { invoke: () => Promise.reject(new Error('this test has no functions')) };

/** Step Functions behind a real gateway, with real files and a fast clock. */
export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'assay-sfn-'));
  const processes = new LocalProcessHost();
  const events: AwsEvent[] = [];
  const gateway = await startGateway({
    fallbackUrl: options.fallback?.url ?? 'http://127.0.0.1:9',
    fallbackServices: options.fallback?.services ?? [],
  });
  const context: EngineContext = {
    region: 'eu-west-1',
    account: '123456789012',
    partition: 'aws',
    endpointUrl: gateway.url,
    stateDir,
    venv: VENV,
    clock: options.clock ?? new SystemClock(options.scale ?? 0.001),
    calendar: { now: () => new Date() },
    processes,
    state: new FileStateStore(join(stateDir, 'state')),
    events: { publish: (event) => void events.push(event), drain: async () => undefined },
    awsEnv: awsEnvironment('eu-west-1', gateway.url),
    log: () => undefined,
  };
  const sfn = createStepFunctions(context, options.lambda ?? NO_LAMBDA);
  for (const handler of sfn.handlers) gateway.register(handler);
  const create = (definition: Definition, name = 'machine') => provision(sfn, definition, name);
  return {
    context,
    gateway,
    sfn,
    events,
    create,
    run: async (definition, input = {}) => {
      const arn = await sfn.start(await create(definition), input);
      const { status, output, error, cause } = await sfn.wait(arn, AbortSignal.timeout(10_000));
      return { arn, status, output: output === undefined ? undefined : JSON.parse(output), error, cause };
    },
    eventTypes: async (executionArn) => {
      const { SFNClient, GetExecutionHistoryCommand } = await import('@aws-sdk/client-sfn');
      const { awsClientConfig } = await import('../../../lib/local/engine/aws');
      const client = new SFNClient(awsClientConfig(context));
      const { events: history } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
      client.destroy();
      return (history ?? []).map(({ type }) => String(type));
    },
    close: async () => {
      await sfn.close();
      await gateway.close();
      await processes.close();
      if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

export async function provision(sfn: StepFunctions, definition: Definition, name: string): Promise<string> {
  const provider = sfn.providers.find(({ types }) => types.includes('AWS::StepFunctions::StateMachine'));
  if (provider === undefined) throw new Error('no provider for state machines');
  const properties = {
    StateMachineName: name,
    RoleArn: 'arn:aws:iam::123456789012:role/machine',
    DefinitionString: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
  };
  return (
    await provider.create({ logicalId: 'Machine', type: 'AWS::StepFunctions::StateMachine', stack: 'Test', properties })
  ).ref;
}

/** A machine of one state that ends. */
export const single = (state: Definition): Definition => ({ StartAt: 'Only', States: { Only: { ...state } } });
