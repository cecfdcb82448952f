import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { DefinitionBody, QueryLanguage, StateMachine, TaskInput, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { machineLogs } from '../shared/machine-logs';
import { ASSAY_EVENTS } from './contract';
import type { StartFunction } from './start-function';

/** Longest wait: cool-downs last thirty days at most. */
const LONGEST = Duration.days(31);

const SECONDS =
  '{% $max([0, $ceil(($toMillis($states.input.detail.until) - $toMillis($states.input.time)) / 1000)]) %}';

/**
 * Looks at what waits at the very time at which it may start, e.g. when uploads have settled. The tick would find it too, up to
 * a quarter of an hour later, and still does where the time has moved since.
 */
export class WakeUp extends Construct {
  constructor(scope: Construct, id: string, start: StartFunction, application: string) {
    super(scope, id);
    const ask = LambdaInvoke.jsonata(this, 'Ask', {
      lambdaFunction: start.handler,
      payload: TaskInput.fromObject({ kind: 'tick', time: '{% $states.input.detail.until %}' }),
    });
    const machine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(
        Wait.jsonata(this, 'UntilItMayStart', { time: WaitTime.seconds(SECONDS) }).next(ask),
      ),
      queryLanguage: QueryLanguage.JSONATA,
      timeout: LONGEST,
      tracingEnabled: true,
      logs: machineLogs(this, 'Logs'),
    });
    new Rule(this, 'Waits', {
      description: 'A request for a run waits until a known time',
      eventPattern: {
        source: [ASSAY_EVENTS.source],
        detailType: [ASSAY_EVENTS.decided],
        detail: { application: [application], decision: ['waits'], until: [{ exists: true }] },
      },
      targets: [
        new SfnStateMachine(machine, {
          retryAttempts: 3,
          maxEventAge: Duration.hours(6),
          deadLetterQueue: start.undelivered,
        }),
      ],
    });
  }
}
