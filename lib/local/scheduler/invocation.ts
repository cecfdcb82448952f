import { randomUUID } from 'node:crypto';
import type { EngineContext } from '../engine/ports';
import type { Redelivery, RetryPolicy } from '../events/redelivery';
import type { CallTarget } from './targets';

/** What a schedule does when it is due. */
export interface Invocation {
  readonly scheduleArn: string;
  readonly targetArn: string;
  readonly call: CallTarget;
  /** @default the notification that Scheduler sends by itself */
  readonly input?: string;
  readonly retry: RetryPolicy;
  /** ARN of an SQS queue. */
  readonly deadLetterQueue?: string;
}

type Place = Pick<EngineContext, 'region' | 'account'>;

const seconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');

/**
 * Calls the target, again if need be. The context attributes `<aws.scheduler.…>` in the input are replaced anew for
 * each attempt. Source: EventBridge Scheduler User Guide, Adding context attributes.
 * @throws the last attempt's error
 */
export async function invoke(invocation: Invocation, at: Date, redelivery: Redelivery, place: Place): Promise<void> {
  const { scheduleArn, targetArn, call, retry, deadLetterQueue } = invocation;
  const id = randomUUID();
  const input = (attempt: number): string =>
    invocation.input === undefined
      ? notification(scheduleArn, id, at, place)
      : Object.entries({
          'schedule-arn': scheduleArn,
          'scheduled-time': seconds(at),
          'execution-id': id,
          'attempt-number': String(attempt),
        }).reduce((text, [name, value]) => text.replaceAll(`<aws.scheduler.${name}>`, value), invocation.input);
  await redelivery.deliver({
    attempt: (attempt) => call(input(attempt)),
    retry,
    ...(deadLetterQueue !== undefined && {
      deadLetter: {
        queue: deadLetterQueue,
        body: input(1),
        attributes: {
          EXECUTION_ID: id,
          SCHEDULED_TIME: seconds(at),
          SCHEDULE_ARN: scheduleArn,
          TARGET_ARN: targetArn,
          IS_PAYLOAD_TRUNCATED: 'false',
        },
      },
    }),
  });
}

/** What a target receives from a schedule without an input of its own. */
const notification = (scheduleArn: string, id: string, at: Date, { region, account }: Place): string =>
  JSON.stringify({
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: seconds(at),
    region,
    resources: [scheduleArn],
    detail: '{}',
  });
