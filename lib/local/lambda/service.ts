import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { awsClientConfig } from '../engine/aws';
import type { EngineContext, LambdaInvoker } from '../engine/ports';
import { awsJsonCall } from '../provision/aws-call';
import { type AsyncConfig, DEFAULT_ASYNC, type FunctionConfig, functionName } from './function';
import { Runtimes } from './run';

/** Seconds before the second and the third attempt of an asynchronous event. */
const RETRY_SECONDS = [60, 120] as const;

/** The functions of the assembly, and both ways to invoke them. */
export class LambdaService implements LambdaInvoker {
  private readonly functions = new Map<string, FunctionConfig>();
  private readonly asyncConfigs = new Map<string, AsyncConfig>();
  private readonly pending = new Set<Promise<unknown>>();
  private readonly stopping = new AbortController();
  private readonly runtimes: Runtimes;

  constructor(private readonly context: EngineContext) {
    this.runtimes = new Runtimes(context);
  }

  register(config: FunctionConfig): void {
    this.functions.set(config.name, config);
  }

  configureAsync(reference: string, config: AsyncConfig): void {
    this.asyncConfigs.set(functionName(reference), config);
  }

  /** @param reference name, `name:qualifier` or ARN. Undefined if there is no such function. */
  find(reference: string): FunctionConfig | undefined {
    return this.functions.get(functionName(reference));
  }

  /** Waits for the answer, like `RequestResponse`. @throws LambdaError if the function threw or timed out. */
  async invoke(reference: string, event: unknown, signal?: AbortSignal): Promise<unknown> {
    const abort = signal === undefined ? this.stopping.signal : AbortSignal.any([signal, this.stopping.signal]);
    const work = this.runtimes.run(this.known(reference), event, abort).finally(() => this.pending.delete(work));
    this.pending.add(work);
    return work;
  }

  /** Returns at once, like `Event`: failures are tried again, then go to the failure destination and to the log. */
  invokeLater(reference: string, event: unknown): Promise<void> {
    const config = this.known(reference);
    const work = this.attempt(config, event).finally(() => this.pending.delete(work));
    this.pending.add(work);
    return work;
  }

  /** Invocations that have not ended, waits for their retries included. */
  underway(): readonly Promise<unknown>[] {
    return [...this.pending];
  }

  /** Stops running invocations and waiting retries. */
  async close(): Promise<void> {
    this.stopping.abort(new Error('The engine is stopping.'));
    await Promise.allSettled([...this.pending]);
    await this.runtimes.close();
  }

  private known(reference: string): FunctionConfig {
    const config = this.find(reference);
    if (config !== undefined) return config;
    throw new Error(
      `There is no function ${functionName(reference)}; known are ${[...this.functions.keys()].sort().join(', ')}.`,
    );
  }

  private async attempt(config: FunctionConfig, event: unknown): Promise<void> {
    const { maximumRetryAttempts, onFailure } = this.asyncConfigs.get(config.name) ?? DEFAULT_ASYNC;
    for (let retry = 0; !this.stopping.signal.aborted; retry += 1) {
      try {
        await this.invoke(config.name, event);
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        const { name, message } = error as Error;
        const last = retry >= maximumRetryAttempts;
        this.context.log(
          `lambda ${config.name} failed (attempt ${retry + 1} of ${maximumRetryAttempts + 1}): ${name}: ${message}`,
        );
        if (last) {
          if (onFailure !== undefined) await this.deliverFailure(onFailure, config, event, error as Error);
          return;
        }
        await this.context.clock
          .sleep(RETRY_SECONDS[retry] ?? RETRY_SECONDS[1], this.stopping.signal)
          .catch(() => undefined);
      }
    }
  }

  private async deliverFailure(
    destination: string,
    config: FunctionConfig,
    event: unknown,
    error: Error,
  ): Promise<void> {
    const message = JSON.stringify({
      version: '1.0',
      timestamp: this.context.clock.now().toISOString(),
      requestContext: { functionArn: `${config.arn}:$LATEST`, condition: 'RetriesExhausted' },
      requestPayload: event,
      responsePayload: { errorType: error.name, errorMessage: error.message },
    });
    try {
      if (destination.includes(':sqs:')) {
        const QueueUrl = `${this.context.endpointUrl}/${this.context.account}/${destination.split(':').at(-1)}`;
        await awsJsonCall(this.context, 'sqs', 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: message });
      } else {
        await new SNSClient(awsClientConfig(this.context)).send(
          new PublishCommand({ TopicArn: destination, Message: message }),
        );
      }
    } catch (failure) {
      this.context.log(
        `lambda ${config.name}: its failure could not be delivered to ${destination}: ${(failure as Error).message}`,
      );
    }
  }
}
