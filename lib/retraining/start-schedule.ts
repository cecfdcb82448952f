import { Duration } from 'aws-cdk-lib';
import { ContextAttribute, Schedule, type ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import type { ScheduledEvent } from './contract';
import type { StartFunction } from './start-function';

export interface StartScheduleProps {
  readonly start: StartFunction;
  readonly description: string;
  readonly schedule: ScheduleExpression;
  /** `time` is added: when the schedule was due. */
  readonly event: Omit<ScheduledEvent, 'time'>;
}

/** A schedule of EventBridge Scheduler that calls the function that starts runs. */
export class StartSchedule extends Schedule {
  constructor(scope: Construct, id: string, { start, description, schedule, event }: StartScheduleProps) {
    super(scope, id, {
      description,
      schedule,
      target: new LambdaInvoke(start.handler, {
        input: ScheduleTargetInput.fromObject({ ...event, time: ContextAttribute.scheduledTime }),
        retryAttempts: 3,
        maxEventAge: Duration.hours(6),
        deadLetterQueue: start.undelivered,
      }),
    });
  }
}
