import { join } from 'node:path';
import { AlarmEvaluator } from './alarms/evaluator';
import { cloudwatchProviders } from './alarms/provider';
import { HttpApis } from './apigateway/provider';
import { loadAssembly } from './assembly/load';
import type { Assembly } from './assembly/types';
import { checkPullRequest, type PullRequest, type PullRequestStatus } from './codebuild/pull-request';
import { type CodeBuild, createCodeBuild } from './codebuild/service';
import {
  type Approvals,
  type CodePipeline,
  createCodePipeline,
  createGitSources,
  type GitSources,
} from './codepipeline/service';
import { abortable } from './engine/abortable';
import { awsEnvironment } from './engine/aws';
import { EngineCalendar } from './engine/calendar';
import { SystemClock } from './engine/clock';
import { Closers } from './engine/closers';
import { lockStateDir, type StateLock } from './engine/lock';
import { engineLog } from './engine/log';
import type { EngineContext, ResourceProvider } from './engine/ports';
import { LocalProcessHost } from './engine/process-host';
import { FileStateStore } from './engine/state-store';
import { type Underway, whenDone } from './engine/underway';
import { eventsApi } from './events/api';
import { RuleBus } from './events/bus';
import { ruleProvider } from './events/provider';
import { Redelivery } from './events/redelivery';
import { connectPipelines, connectTargets } from './events/targets';
import { type Gateway, startGateway } from './gateway/gateway';
import { lambdaApi } from './lambda/api';
import { lambdaProviders } from './lambda/provider';
import { LambdaService } from './lambda/service';
import { type MotoServer, startMoto } from './moto/moto';
import { MOTO_SERVICES } from './moto/services';
import { storageProviders } from './provision/providers';
import { type Deployment, provision } from './provision/provision';
import { S3Events } from './s3/events';
import { createSageMaker } from './sagemaker';
import { schedulerProviders } from './scheduler/provider';
import { Schedules } from './scheduler/schedules';
import { Timetable } from './scheduler/timetable';
import { createStepFunctions } from './stepfunctions';

export interface EngineOptions {
  /** Folder of the cloud assembly. */
  readonly assembly: string;
  /** Folder that the engine writes to; what is in it is found again by the next engine. */
  readonly stateDir: string;
  /** Folder of the Python virtual environment. */
  readonly venv: string;
  /** Factor for the waits of the pipeline. */
  readonly timeScale: number;
  readonly approvals: Approvals;
  /** The caller's claim of `stateDir`, which the caller releases. @default the engine claims the folder itself */
  readonly lock?: StateLock;
  /** Ends the start. @default none */
  readonly signal?: AbortSignal;
  /** Called once if a process that nothing works without ends by itself. @default nobody is told */
  readonly onFault?: (error: Error) => void;
}

/** A synthesized app, provisioned and ready to be pushed to. */
export interface LocalEngine {
  readonly context: EngineContext;
  readonly pipelines: CodePipeline;
  readonly sources: GitSources;
  /** Opens a pull request with the files of a folder; resolves with the status that it shows. @throws Error if nothing builds it */
  pullRequest(folder: string, request: PullRequest): Promise<PullRequestStatus>;
  /** Value of a stack output. @throws Error naming the known outputs if no stack, or more than one, has it */
  output(id: string): string;
  /** Resolves when every event so far was delivered and the functions it started have ended. */
  drain(): Promise<void>;
  /** Resolves when no run, build, state machine execution, delivery or function is under way any more. */
  idle(): Promise<void>;
  /**
   * Moves the calendar on by milliseconds. What falls due on the way is carried out in order, and the calendar stands
   * still until everything that it led to has ended; runs, builds and state machines only with `untilIdle`.
   */
  advance(milliseconds: number, options?: AdvanceOptions): Promise<void>;
  /** Saves everything that the next engine must find; afterwards not even a kill loses it. */
  checkpoint(): Promise<void>;
  /** Stops what runs, saves the state and ends every child process. */
  close(): Promise<void>;
}

export interface AdvanceOptions {
  /** Whether to wait at each instant for runs, builds and state machine executions too. @default false */
  readonly untilIdle?: boolean;
}

/**
 * Starts the engine and creates what the templates declare.
 * @throws Error after everything that was started has been stopped again; the signal's reason if it was aborted
 */
export async function startEngine(options: EngineOptions): Promise<LocalEngine> {
  const { signal } = options;
  signal?.throwIfAborted();
  const closers = new Closers();
  const starting = start(options, closers);
  try {
    return await (signal === undefined ? starting : abortable(starting, signal));
  } catch (error) {
    // Closing what there is makes the rest of an interrupted start fail; what it still started is closed after it.
    await closers.close().catch(() => undefined);
    await starting.catch(() => undefined);
    return closers.closeAfter(error);
  }
}

async function start(options: EngineOptions, closers: Closers): Promise<LocalEngine> {
  const assembly = loadAssembly(options.assembly);
  if (options.lock === undefined) {
    const lock = lockStateDir(options.stateDir);
    closers.add('state folder', () => lock.release());
  }
  const processes = new LocalProcessHost();
  closers.add('processes', () => processes.close());
  const log = engineLog(options.stateDir);
  const { account } = assembly;
  const { venv, stateDir, timeScale, onFault } = options;
  const moto = await startMoto({ processes, venv, stateDir, account, timeScale, ...(onFault && { onDeath: onFault }) });
  closers.add('AWS emulator', () => moto.stop());
  const gateway = await startGateway({ fallbackUrl: moto.url, fallbackServices: MOTO_SERVICES, log });
  closers.add('gateway', () => gateway.close());
  const { region } = assembly;
  const state = new FileStateStore(join(stateDir, 'state'));
  const calendar = new EngineCalendar(state);
  const clock = new SystemClock(timeScale);
  const redelivery = new Redelivery({ region, account, endpointUrl: gateway.url, clock });
  closers.add('deliveries', () => redelivery.close());
  const bus = new RuleBus({ region, account, now: () => calendar.now(), redelivery, log });
  const timetable = new Timetable({ calendar, log });
  const foundation = { processes, moto, gateway, state, clock, calendar, bus, redelivery, timetable, log };
  const context = createContext(options, assembly, foundation);
  const services = startServices(context, options, foundation, closers);
  const deployment = await provision(assembly, services.providers, context);
  await services.restore();
  timetable.start();
  const { delivering, working } = services;
  return {
    context,
    pipelines: services.pipelines,
    sources: services.sources,
    pullRequest: (folder, request) => checkPullRequest(folder, request, services),
    output: (id) => output(deployment, id),
    drain: async () => {
      await services.storeCaptures();
      await whenDone(...delivering);
    },
    idle: () => whenDone(...working),
    advance: async (milliseconds, { untilIdle = false } = {}) => {
      // What was asked before the calendar moves on is there for the monitors that fall due on the way.
      await services.storeCaptures();
      await timetable.advance(milliseconds, () => whenDone(...(untilIdle ? working : delivering)));
    },
    checkpoint: () => moto.checkpoint(),
    close: () => closers.close(),
  };
}

interface Foundation {
  readonly processes: LocalProcessHost;
  readonly moto: MotoServer;
  readonly gateway: Gateway;
  readonly state: FileStateStore;
  readonly clock: SystemClock;
  readonly calendar: EngineCalendar;
  readonly bus: RuleBus;
  readonly redelivery: Redelivery;
  readonly timetable: Timetable;
  readonly log: (line: string) => void;
}

function createContext(options: EngineOptions, assembly: Assembly, foundation: Foundation): EngineContext {
  const { region, account } = assembly;
  const { gateway, processes, state, clock, calendar, bus, log } = foundation;
  return {
    region,
    account,
    partition: 'aws',
    endpointUrl: gateway.url,
    stateDir: options.stateDir,
    venv: options.venv,
    clock,
    calendar,
    processes,
    state,
    events: bus,
    awsEnv: awsEnvironment(region, gateway.url),
    log,
  };
}

interface Services {
  readonly pipelines: CodePipeline;
  readonly sources: GitSources;
  readonly codebuild: CodeBuild;
  readonly providers: readonly ResourceProvider[];
  /** Deliveries and functions under way. */
  readonly delivering: readonly Underway[];
  /** All work under way. */
  readonly working: readonly Underway[];
  /** Stores the requests that endpoints have captured. */
  storeCaptures(): Promise<void>;
  restore(): Promise<void>;
}

/** Starts the services that are ours; each is closed before those that it calls. */
function startServices(
  context: EngineContext,
  { approvals }: EngineOptions,
  { moto, gateway, bus, redelivery, timetable }: Foundation,
  closers: Closers,
): Services {
  const objects = new S3Events(context);
  gateway.watch('s3', (request) => objects.watch(request));
  const lambda = new LambdaService(context);
  closers.add('Lambda', () => lambda.close());
  const httpApis = new HttpApis(context, lambda);
  closers.add('HTTP APIs', () => httpApis.close());
  connectTargets(bus, lambda, context);
  const alarms = new AlarmEvaluator(context, moto, lambda);
  closers.add('alarms', () => alarms.close());
  const sagemaker = createSageMaker(context);
  closers.add('SageMaker', () => sagemaker.close());
  const stepfunctions = createStepFunctions(context, lambda);
  closers.add('Step Functions', () => stepfunctions.close());
  const codebuild = createCodeBuild(context);
  closers.add('CodeBuild', () => codebuild.close());
  const sources = createGitSources(context);
  const stageEnded = () => moto.checkpoint();
  const pipelines = createCodePipeline(context, { lambda, codebuild, stepfunctions, sources, approvals, stageEnded });
  closers.add('CodePipeline', () => pipelines.close());
  connectPipelines(bus, pipelines);
  closers.add('schedules', () => timetable.close());
  const schedules = new Schedules(timetable, context);
  const delivering = [timetable, bus, lambda].map((service) => () => service.underway());
  const own = [sagemaker, stepfunctions, codebuild, pipelines];
  const handlers = [...own.flatMap((service) => service.handlers), lambdaApi(lambda, context), eventsApi(bus)];
  for (const handler of handlers) gateway.register(handler);
  return {
    pipelines,
    sources,
    codebuild,
    providers: [
      ...own.flatMap((service) => service.providers),
      ...lambdaProviders(lambda, context),
      ...httpApis.providers,
      ruleProvider(bus, schedules, context),
      ...schedulerProviders({ schedules, redelivery, lambda }, context),
      ...cloudwatchProviders(context),
      ...storageProviders(context),
    ],
    storeCaptures: () => sagemaker.drain(),
    delivering,
    working: [...delivering, ...[stepfunctions, codebuild, pipelines].map((service) => () => service.underway())],
    restore: async () => {
      await sagemaker.restore();
      alarms.start();
    },
  };
}

function output({ outputs }: Deployment, id: string): string {
  const values = Object.values(outputs).flatMap((stack) => stack[id] ?? []);
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  const known = Object.values(outputs).flatMap((stack) => Object.keys(stack));
  throw new Error(`${values.length} stacks have the output ${id}; there are ${known.join(', ')}`);
}
