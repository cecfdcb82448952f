import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogLevel, type LogOptions } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** Logging as every state machine of this app has it: all events, with their data, for three months. */
export function machineLogs(scope: Construct, id: string): LogOptions {
  return {
    destination: new LogGroup(scope, id, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    level: LogLevel.ALL,
    includeExecutionData: true,
  };
}
