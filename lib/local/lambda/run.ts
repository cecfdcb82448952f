import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type EngineContext, LambdaError } from '../engine/ports';
import type { FunctionConfig } from './function';
import { type Ended, Runtime } from './runtime';

/** How long a process waits for the next invocation of its function: long enough for the same stage of the next run. Lambda's own wait for some minutes. */
const KEPT_MS = 120_000;

interface Outcome {
  readonly result?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly trace: readonly string[] };
  /** The process ends now. */
  readonly last?: boolean;
}

export const logFile = (stateDir: string, name: string): string => join(stateDir, 'logs', 'lambda', `${name}.log`);

interface Invocation {
  readonly requestId: string;
  /** File descriptor of the function's log. */
  readonly log: number;
  /** Milliseconds since the epoch. */
  readonly started: number;
}

/** Runs invocations, each in a process that has no other; one that answered is used again, as Lambda does. */
export class Runtimes {
  private readonly idle = new Map<FunctionConfig, Runtime[]>();

  constructor(private readonly context: EngineContext) {}

  /** @throws LambdaError as Lambda reports it: the function's own error, `Sandbox.Timedout` or `Runtime.ExitError`. */
  async run(config: FunctionConfig, event: unknown, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    const requestId = randomUUID();
    const file = logFile(this.context.stateDir, config.name);
    mkdirSync(dirname(file), { recursive: true });
    const log = openSync(file, 'a');
    const started = Date.now();
    writeSync(log, `START RequestId: ${requestId} Version: $LATEST\n`);
    try {
      return await this.invoke(config, event, { requestId, log, started }, signal);
    } catch (error) {
      if (error instanceof LambdaError && error.errorType.startsWith('Sandbox.'))
        writeSync(log, `${new Date().toISOString()} ${requestId} ${error.message}\n`);
      throw error;
    } finally {
      writeSync(
        log,
        `END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${Date.now() - started} ms\n`,
      );
      closeSync(log);
    }
  }

  /** Ends the processes that wait. */
  async close(): Promise<void> {
    const waiting = [...this.idle.values()].flat();
    this.idle.clear();
    await Promise.all(waiting.map((runtime) => runtime.stop()));
  }

  private async invoke(config: FunctionConfig, event: unknown, invocation: Invocation, signal?: AbortSignal) {
    const { requestId, log, started } = invocation;
    const runtime = this.waiting(config) ?? new Runtime(config, this.context, log);
    let ended: 'timeout' | 'aborted' | undefined;
    const stop = (reason: 'timeout' | 'aborted') => {
      ended ??= reason;
      runtime.stop().catch((error: unknown) => this.context.log(`lambda ${config.name}: ${String(error)}`));
    };
    const timer = setTimeout(() => stop('timeout'), config.timeoutSeconds * 1000);
    const onAbort = () => stop('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const answer = await runtime.invoke({ event, context: handlerContext(config, requestId, started) });
      if (ended === 'aborted') throw signal?.reason;
      if (ended === 'timeout') {
        throw new LambdaError(
          'Sandbox.Timedout',
          `RequestId: ${requestId} Error: Task timed out after ${config.timeoutSeconds.toFixed(2)} seconds`,
        );
      }
      const outcome = outcomeOf(answer, requestId);
      if (outcome.last !== true) this.keep(config, runtime);
      if (outcome.error === undefined) return outcome.result;
      const { errorType, errorMessage, trace } = outcome.error;
      throw new LambdaError(errorType, errorMessage, trace);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private waiting(config: FunctionConfig): Runtime | undefined {
    const idle = this.idle.get(config) ?? [];
    for (let runtime = idle.pop(); runtime !== undefined; runtime = idle.pop()) if (runtime.alive) return runtime;
    return undefined;
  }

  private keep(config: FunctionConfig, runtime: Runtime): void {
    if (!runtime.alive) return;
    const idle = this.idle.get(config) ?? [];
    this.idle.set(config, [...idle, runtime]);
    const expire = () => {
      const still = this.idle.get(config) ?? [];
      if (!still.includes(runtime)) return;
      this.idle.set(
        config,
        still.filter((other) => other !== runtime),
      );
      runtime.stop().catch((error: unknown) => this.context.log(`lambda ${config.name}: ${String(error)}`));
    };
    setTimeout(expire, KEPT_MS).unref();
  }
}

function outcomeOf(answer: Ended, requestId: string): Outcome {
  if ('exit' in answer) {
    const how = answer.exit === null ? 'signal: killed' : `exit status ${answer.exit}`;
    throw new LambdaError('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`);
  }
  return JSON.parse(answer.line) as Outcome;
}

function handlerContext(config: FunctionConfig, requestId: string, started: number) {
  return {
    awsRequestId: requestId,
    functionName: config.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: config.arn,
    memoryLimitInMB: String(config.memoryMb),
    logGroupName: config.logGroup,
    logStreamName: requestId,
    deadline: started + config.timeoutSeconds * 1000,
  };
}
