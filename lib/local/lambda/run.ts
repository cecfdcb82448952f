import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type EngineContext, LambdaError } from '../engine/ports';
import type { FunctionConfig } from './function';

/** Where a function finds the AWS SDK, which Lambda's Node runtimes carry and bundles therefore leave out. */
const RUNTIME_MODULES = resolve(__dirname, '../../../node_modules');

interface Outcome {
  readonly result?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly trace: readonly string[] };
}

export const logFile = (stateDir: string, name: string): string => join(stateDir, 'logs', 'lambda', `${name}.log`);

/**
 * Runs one invocation in a process of its own.
 * @throws LambdaError as Lambda reports it: the function's own error, `Sandbox.Timedout` or `Runtime.ExitError`.
 */
export async function runFunction(
  config: FunctionConfig,
  event: unknown,
  context: EngineContext,
  signal?: AbortSignal,
): Promise<unknown> {
  signal?.throwIfAborted();
  const requestId = randomUUID();
  const file = logFile(context.stateDir, config.name);
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, 'a');
  const started = Date.now();
  writeSync(log, `START RequestId: ${requestId} Version: $LATEST\n`);
  try {
    return await runProcess(config, event, context, { requestId, log, started }, signal);
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

interface Invocation {
  readonly requestId: string;
  /** File descriptor of the function's log. */
  readonly log: number;
  /** Milliseconds since the epoch. */
  readonly started: number;
}

async function runProcess(
  config: FunctionConfig,
  event: unknown,
  context: EngineContext,
  invocation: Invocation,
  signal?: AbortSignal,
): Promise<unknown> {
  const { requestId, log, started } = invocation;
  const child = context.processes.spawn(
    process.execPath,
    [`--max-old-space-size=${config.memoryMb}`, join(__dirname, 'bootstrap.cjs')],
    {
      name: `lambda ${config.name}`,
      cwd: config.codeDir,
      env: runtimeEnvironment(config, context, requestId),
      stdio: ['pipe', log, log, 'pipe'],
    },
  );
  let ended: 'timeout' | 'aborted' | undefined;
  const stop = (reason: 'timeout' | 'aborted') => {
    ended ??= reason;
    // An invocation has nothing to save: Lambda, too, kills without notice.
    context.processes.stop(child, 0).catch((error: unknown) => context.log(`lambda ${config.name}: ${String(error)}`));
  };
  const timer = setTimeout(() => stop('timeout'), config.timeoutSeconds * 1000);
  const onAbort = () => stop('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const exit = new Promise<number | null>((done, failed) => child.once('error', failed).once('exit', done));
    const [input, output] = [child.stdin, child.stdio[3]];
    if (!(input instanceof Writable) || !(output instanceof Readable))
      throw new Error(`lambda ${config.name}: no pipes`);
    // A function that ends before it read its event breaks the pipe; its exit code tells more.
    input.on('error', () => {});
    input.end(JSON.stringify({ event, context: handlerContext(config, requestId, started) }));
    const [answer, code] = await Promise.all([text(output), exit]);
    if (ended === 'aborted') throw signal?.reason;
    if (ended === 'timeout') {
      throw new LambdaError(
        'Sandbox.Timedout',
        `RequestId: ${requestId} Error: Task timed out after ${config.timeoutSeconds.toFixed(2)} seconds`,
      );
    }
    return outcome(answer, code, requestId);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function outcome(answer: string, code: number | null, requestId: string): unknown {
  if (answer === '') {
    throw new LambdaError(
      'Runtime.ExitError',
      `RequestId: ${requestId} Error: Runtime exited with error: ${code === null ? 'signal: killed' : `exit status ${code}`}`,
    );
  }
  const { result, error } = JSON.parse(answer) as Outcome;
  if (error !== undefined) throw new LambdaError(error.errorType, error.errorMessage, error.trace);
  return result;
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

/** What Lambda's runtime sets, the template's variables, and the way to the gateway; nothing of the engine's own environment. */
function runtimeEnvironment(config: FunctionConfig, context: EngineContext, requestId: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    NODE_PATH: RUNTIME_MODULES,
    ...config.environment,
    ...context.awsEnv,
    _HANDLER: config.handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: requestId,
    LAMBDA_TASK_ROOT: config.codeDir,
    LAMBDA_RUNTIME_DIR: RUNTIME_MODULES,
  };
}
