import type { ChildProcess, SpawnOptions } from 'node:child_process';

/** Time as the engine sees it: waits of the pipeline are shortened by `scale`, time stamps are real. */
export interface Clock {
  readonly scale: number;
  now(): Date;
  /** Waits `seconds * scale`; rejects with the signal's reason when aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The date that the deployed app lives by: what its schedules fire by and its events are stamped with. It runs at real
 * speed unless `LocalEngine.advance` moves it on; the scale of `Clock`, which is for waits, does not touch it.
 */
export interface Calendar {
  now(): Date;
}

/** Starts children that never outlive the engine: they are stopped on close, and die if the engine is killed. */
export interface ProcessHost {
  spawn(command: string, args: readonly string[], options: SpawnOptions & { readonly name: string }): ChildProcess;
  /** SIGTERM to the process group, SIGKILL after the grace period; resolves when it is gone. */
  stop(child: ChildProcess, graceMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Small JSON documents that survive the engine, one per name, written atomically. */
export interface StateStore {
  read<T>(name: string): T | undefined;
  write<T>(name: string, value: T): void;
}

/** An EventBridge event as a service emits it; the bus matches rules and delivers to targets. */
export interface AwsEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
  /** When it happened. @default now, by the calendar */
  readonly time?: Date;
}

export interface EventBus {
  publish(event: AwsEvent): void;
  /** Resolves when everything published so far was delivered. */
  drain(): Promise<void>;
}

/** What services of the engine are given. */
export interface EngineContext {
  readonly region: string;
  readonly account: string;
  readonly partition: 'aws';
  /** Address of the gateway: the AWS endpoint of this run. */
  readonly endpointUrl: string;
  /** Folder for everything the engine writes; exists. */
  readonly stateDir: string;
  /** Folder of the Python virtual environment. */
  readonly venv: string;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly processes: ProcessHost;
  readonly state: StateStore;
  readonly events: EventBus;
  /** Variables that point SDKs and CLIs of child processes at the gateway (AWS_ENDPOINT_URL, AWS_REGION, dummy keys …). */
  readonly awsEnv: Readonly<Record<string, string>>;
  /** One line for the run's log. */
  log(line: string): void;
}

/** Invokes a Lambda function of the assembly by name or ARN. Rejects with LambdaError if the function threw or timed out. */
export interface LambdaInvoker {
  invoke(functionName: string, event: unknown, signal?: AbortSignal): Promise<unknown>;
}

export class LambdaError extends Error {
  constructor(
    readonly errorType: string,
    message: string,
    readonly trace: readonly string[] = [],
  ) {
    super(message);
    this.name = errorType;
  }
}

/** A resource of a template after intrinsics were resolved. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly stack: string;
}

/** Creates (or finds again) one CloudFormation type and answers Ref and Fn::GetAtt for it. */
export interface ResourceProvider {
  readonly types: readonly string[];
  create(resource: ResolvedResource): Promise<ProvisionedResource>;
}

export interface ProvisionedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}
