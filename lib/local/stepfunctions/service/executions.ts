import { randomUUID } from 'node:crypto';
import { abortable } from '../../engine/abortable';
import type { EngineContext } from '../../engine/ports';
import { AwsError } from '../../gateway/service';
import type { FindIntegration } from '../integrations/registry';
import type { ExecutionDescription, Executions } from '../integrations/start-execution';
import { History, Trace } from '../interpreter/history';
import { runFlow } from '../interpreter/interpreter';
import { Scope } from '../interpreter/scope';
import { PAYLOAD_LIMIT, StateError } from '../language/errors';
import type { Json } from '../language/json';
import { ExecutionStopped, statusEvent, terminalEvent } from './lifecycle';
import type { Machines, StateMachine } from './machines';
import type { ExecutionStore } from './store';

interface Live {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Printable characters that Step Functions allows in a name. */
const NAME = /^[0-9A-Za-z._=@+'()!-]{1,80}$/;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Starts, follows and stops executions. */
export class ExecutionService implements Executions {
  private readonly live = new Map<string, Live>();
  private closing = false;

  constructor(
    private readonly context: EngineContext,
    private readonly machines: Machines,
    private readonly store: ExecutionStore,
    private readonly find: FindIntegration,
  ) {
    this.abortLeftovers();
  }

  async start(stateMachineArn: string, input: unknown, name?: string): Promise<string> {
    return this.startText(stateMachineArn, JSON.stringify(input ?? {}), name).executionArn;
  }

  /** As StartExecution: the same name with the same input is the same execution while it runs. */
  startText(stateMachineArn: string, input: string, name: string = randomUUID()): ExecutionDescription {
    const machine = this.machines.get(stateMachineArn);
    if (this.closing) throw new AwsError('ServiceUnavailable', 'the engine is shutting down', 503);
    if (!NAME.test(name)) {
      throw new AwsError('InvalidName', `Invalid Name: '${name}' must have 1 to 80 letters, digits, '-' or '_'`);
    }
    const parsed = readInput(input);
    const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = this.store.find(executionArn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && existing.input === input) return existing;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const execution: ExecutionDescription = {
      executionArn,
      stateMachineArn,
      name,
      status: 'RUNNING',
      startDate: this.context.clock.now(),
      input,
    };
    this.store.save(execution);
    this.context.events.publish(statusEvent(execution));
    const controller = new AbortController();
    const ended = this.run(machine, execution, parsed, controller);
    this.live.set(executionArn, { controller, ended });
    return execution;
  }

  describe(executionArn: string): ExecutionDescription {
    const found = this.store.find(executionArn);
    if (found !== undefined) return found;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }

  async wait(executionArn: string, signal?: AbortSignal): Promise<ExecutionDescription> {
    signal?.throwIfAborted();
    const ended = this.live.get(executionArn)?.ended ?? Promise.resolve();
    await (signal === undefined ? ended : abortable(ended, signal));
    return this.describe(executionArn);
  }

  async stop(executionArn: string, error?: string, cause?: string): Promise<void> {
    this.describe(executionArn);
    const live = this.live.get(executionArn);
    live?.controller.abort(new ExecutionStopped(error, cause));
    await live?.ended;
  }

  /** Executions that have not ended. */
  underway(): readonly Promise<unknown>[] {
    return [...this.live.values()].map(({ ended }) => ended);
  }

  /** Stops everything that runs, and waits until it has. */
  async close(): Promise<void> {
    this.closing = true;
    for (const { controller } of this.live.values()) {
      controller.abort(new ExecutionStopped('States.EngineStopped', 'the one-machine engine was stopped'));
    }
    await Promise.all([...this.live.values()].map(({ ended }) => ended));
  }

  private async run(
    machine: StateMachine,
    execution: ExecutionDescription,
    input: Json,
    controller: AbortController,
  ): Promise<void> {
    const { executionArn: arn, name, startDate: startTime } = execution;
    const { roleArn, definition } = machine;
    const history = new History(
      () => this.context.clock.now(),
      (event) => this.store.append(arn, event),
    );
    const trace = new Trace();
    const timer = limit(definition.TimeoutSeconds, controller);
    const run = {
      execution: { arn, name, roleArn, startTime, input },
      machine: { arn: machine.arn, name: machine.name },
      clock: this.context.clock,
      history,
      integration: this.find,
    };
    try {
      history.record(trace, 'ExecutionStarted', { executionStartedEventDetails: { input: execution.input, roleArn } });
      const thread = { scope: new Scope(), signal: controller.signal, trace };
      const output = JSON.stringify(await runFlow(run, definition, input, thread));
      this.end(history, trace, { ...execution, status: 'SUCCEEDED', output });
    } catch (error) {
      this.end(history, trace, { ...execution, ...this.outcome(execution, error, controller.signal) });
    } finally {
      clearTimeout(timer);
      this.live.delete(arn);
    }
  }

  /** How a failure ends the execution: stopped, out of time, or failed. */
  private outcome(
    execution: ExecutionDescription,
    error: unknown,
    signal: AbortSignal,
  ): Pick<ExecutionDescription, 'status' | 'error' | 'cause'> {
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (reason instanceof ExecutionStopped) return { status: 'ABORTED', ...reason.details };
    if (reason instanceof StateError) {
      return { status: signal.aborted ? 'TIMED_OUT' : 'FAILED', error: reason.error, cause: reason.cause };
    }
    const message = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    this.context.log(`stepfunctions: ${execution.executionArn}: ${message}`);
    return { status: 'FAILED', error: 'States.Runtime', cause: reason instanceof Error ? reason.message : message };
  }

  private end(history: History, trace: Trace, execution: ExecutionDescription): void {
    const ended = { ...execution, stopDate: this.context.clock.now() };
    const { type, details } = terminalEvent(ended);
    history.record(trace, type, details);
    this.store.save(ended);
    this.context.events.publish(statusEvent(ended));
  }

  /** Executions that ran when an earlier engine ended without stopping them. */
  private abortLeftovers(): void {
    for (const { executionArn, status } of this.store.list()) {
      if (status !== 'RUNNING') continue;
      const ended: ExecutionDescription = {
        ...this.describe(executionArn),
        status: 'ABORTED',
        stopDate: this.context.clock.now(),
        error: 'States.EngineStopped',
        cause: 'the one-machine engine ended while the execution ran',
      };
      const last = this.store.history(executionArn).at(-1)?.id ?? 0;
      const timestamp = ended.stopDate === undefined ? 0 : ended.stopDate.getTime() / 1000;
      const { type, details } = terminalEvent(ended);
      this.store.append(executionArn, { id: last + 1, previousEventId: last, timestamp, type, ...details });
      this.store.save(ended);
    }
  }
}

/** The machine's own time limit, in real seconds. */
function limit(seconds: number | undefined, controller: AbortController): NodeJS.Timeout | undefined {
  if (seconds === undefined) return undefined;
  const error = new StateError('States.Timeout', `the execution took longer than ${seconds} s`);
  return setTimeout(() => controller.abort(error), Math.min(seconds * 1000, LONGEST_TIMER_MS));
}

function readInput(text: string): Json {
  const bytes = Buffer.byteLength(text);
  if (bytes > PAYLOAD_LIMIT) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: ${bytes} bytes; ${PAYLOAD_LIMIT} are allowed`,
    );
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}
