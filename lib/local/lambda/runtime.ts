import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { EngineContext } from '../engine/ports';
import type { FunctionConfig } from './function';

/** Where a function finds the AWS SDK, which Lambda's Node runtimes carry and bundles therefore leave out. */
const RUNTIME_MODULES = resolve(__dirname, '../../../node_modules');

/** What came of one invocation: the line that the process answered, or how it ended instead. */
export type Ended = { readonly line: string } | { readonly exit: number | null };

/** One process of a function. It takes one invocation at a time, and can take another when it has answered. */
export class Runtime {
  private readonly child: ChildProcess;
  private readonly exit: Promise<number | null>;
  private readonly input: Writable;
  private text = '';
  private onLine: ((line: string) => void) | undefined;
  private over = false;

  /** @param log file descriptor of the function's log */
  constructor(
    config: FunctionConfig,
    private readonly context: EngineContext,
    log: number,
  ) {
    this.child = context.processes.spawn(
      process.execPath,
      [`--max-old-space-size=${config.memoryMb}`, join(__dirname, 'bootstrap.cjs')],
      {
        name: `lambda ${config.name}`,
        cwd: config.codeDir,
        env: runtimeEnvironment(config, context),
        stdio: ['pipe', log, log, 'pipe'],
      },
    );
    this.exit = new Promise((done, failed) => this.child.once('error', failed).once('exit', done));
    this.exit.catch(() => undefined).finally(() => (this.over = true));
    const [input, output] = [this.child.stdin, this.child.stdio[3]];
    if (!(input instanceof Writable) || !(output instanceof Readable))
      throw new Error(`lambda ${config.name}: no pipes`);
    // A function that ends before it read its event breaks the pipe; its exit code tells more.
    input.on('error', () => undefined);
    this.input = input;
    output.setEncoding('utf8').on('data', (part: string) => this.take(part));
  }

  /** False once the process has ended. */
  get alive(): boolean {
    return !this.over;
  }

  /** Rejects if the process could not be started. */
  invoke(message: unknown): Promise<Ended> {
    const line = new Promise<Ended>((done) => {
      this.onLine = (text) => done({ line: text });
    });
    this.input.write(`${JSON.stringify(message)}\n`);
    // What was answered right before the end is still in the pipe then.
    const exit = this.exit.then((code) => new Promise<Ended>((done) => setImmediate(done, { exit: code })));
    return Promise.race([line, exit]);
  }

  /** An invocation has nothing to save: Lambda, too, kills without notice. */
  async stop(): Promise<void> {
    this.over = true;
    await this.context.processes.stop(this.child, 0);
  }

  private take(part: string): void {
    this.text += part;
    const end = this.text.indexOf('\n');
    if (end < 0) return;
    const line = this.text.slice(0, end);
    this.text = this.text.slice(end + 1);
    this.onLine?.(line);
  }
}

/** What Lambda's runtime sets, the template's variables, and the way to the gateway; nothing of the engine's own environment. */
function runtimeEnvironment(config: FunctionConfig, context: EngineContext): Record<string, string> {
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
    AWS_LAMBDA_LOG_STREAM_NAME: randomUUID(),
    LAMBDA_TASK_ROOT: config.codeDir,
    LAMBDA_RUNTIME_DIR: RUNTIME_MODULES,
  };
}
