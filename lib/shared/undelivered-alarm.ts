import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** An alarm that is on while something lies in a queue of what could not be done. */
export function undeliveredAlarm(scope: Construct, queue: Queue, alarmDescription: string): Alarm {
  return new Alarm(scope, 'UndeliveredAlarm', {
    alarmDescription,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: 0,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    // Nothing in the queue is as it should be; a queue that nobody used for hours sends nothing.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
