import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { StartFunction } from './start-function';

/** A rule on the default bus that hands events to the function that starts runs. */
export class StartRule extends Rule {
  constructor(scope: Construct, id: string, start: StartFunction, description: string, eventPattern: EventPattern) {
    super(scope, id, {
      description,
      eventPattern,
      targets: [
        new LambdaFunction(start.handler, {
          retryAttempts: 3,
          maxEventAge: Duration.hours(6),
          deadLetterQueue: start.undelivered,
        }),
      ],
    });
  }
}
