import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { awsClientConfig } from '../engine/aws';
import { isObject, type Json } from '../engine/json';
import type { EngineContext } from '../engine/ports';
import { sendMessage, startBuild, startExecution, startPipeline } from '../events/services';
import type { LambdaService } from '../lambda/service';
import { awsJsonCall } from '../provision/aws-call';
import { UNIVERSAL, universalCall } from './universal';

/** Calls the API that stands behind a target. @param input JSON text, or plain text for queues and topics */
export type CallTarget = (input: string) => Promise<unknown>;

/** What the template says about a target besides its input. */
export interface TargetProperties {
  readonly arn: string;
  readonly eventBridge?: { readonly detailType: string; readonly source: string };
  readonly messageGroupId?: string;
}

/**
 * The targets of EventBridge Scheduler that can be called on one machine.
 * @throws Error naming the target and what can be called
 */
export class ScheduleTargets {
  readonly #sns: SNSClient;
  readonly #calls: readonly (readonly [prefix: string, (target: TargetProperties) => CallTarget])[];

  constructor(
    private readonly context: EngineContext,
    lambda: Pick<LambdaService, 'invokeLater'>,
  ) {
    this.#sns = new SNSClient(awsClientConfig(context));
    this.#calls = [
      [
        'arn:aws:lambda:',
        ({ arn }) =>
          async (input) =>
            lambda.invokeLater(arn, JSON.parse(input)),
      ],
      [
        'arn:aws:states:',
        ({ arn }) =>
          (input) =>
            startExecution(context, arn, input),
      ],
      [
        'arn:aws:codepipeline:',
        ({ arn }) =>
          () =>
            startPipeline(context, arn),
      ],
      [
        'arn:aws:codebuild:',
        ({ arn }) =>
          (input) =>
            startBuild(context, arn, input),
      ],
      [
        'arn:aws:sqs:',
        ({ arn, messageGroupId }) =>
          (input) =>
            sendMessage(context, arn, input, {}, messageGroupId),
      ],
      [
        'arn:aws:sns:',
        ({ arn }) =>
          (input) =>
            this.#sns.send(new PublishCommand({ TopicArn: arn, Message: input })),
      ],
      ['arn:aws:events:', (target) => (input) => this.#putEvents(target, input)],
      ['arn:aws:scheduler:::aws-sdk:', ({ arn }) => universalCall(context, arn)],
    ];
  }

  resolve(target: TargetProperties): CallTarget {
    const found = this.#calls.find(([prefix]) => target.arn.startsWith(prefix));
    if (found !== undefined) return found[1](target);
    const known = [...this.#calls.map(([prefix]) => prefix), ...UNIVERSAL].join(', ');
    throw new Error(`the target ${target.arn} cannot be called here; callable are ${known}`);
  }

  async #putEvents({ arn, eventBridge }: TargetProperties, input: string): Promise<Json> {
    const entry = {
      EventBusName: arn,
      Source: eventBridge?.source,
      DetailType: eventBridge?.detailType,
      Detail: input,
    };
    const answer = await awsJsonCall(this.context, 'events', 'AWSEvents.PutEvents', { Entries: [entry] });
    const [result] = Array.isArray(answer.Entries) ? answer.Entries : [];
    if (isObject(result) && result.ErrorCode !== undefined)
      throw new Error(`${String(result.ErrorCode)}: ${String(result.ErrorMessage)}`);
    return answer;
  }
}
