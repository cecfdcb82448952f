import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { CodePipeline } from '../codepipeline/service';
import { awsClientConfig } from '../engine/aws';
import { isObject } from '../engine/json';
import type { EngineContext } from '../engine/ports';
import { jsonService } from '../gateway/json-service';
import type { ServiceHandler } from '../gateway/service';
import type { LambdaService } from '../lambda/service';
import type { RuleBus } from './bus';
import { sendMessage, startBuild, startExecution } from './services';

/** Lets rules reach functions, topics, queues, state machines and builds. */
export function connectTargets(bus: RuleBus, lambda: LambdaService, context: EngineContext): void {
  const sns = new SNSClient(awsClientConfig(context));
  bus.target('arn:aws:lambda:', ({ target, input }) => lambda.invokeLater(target.arn, JSON.parse(input)));
  bus.target('arn:aws:sns:', ({ target, input }) =>
    sns.send(new PublishCommand({ TopicArn: target.arn, Message: input })),
  );
  bus.target('arn:aws:sqs:', ({ target, input }) => sendMessage(context, target.arn, input));
  bus.target('arn:aws:states:', ({ target, input }) => startExecution(context, target.arn, input));
  bus.target('arn:aws:codebuild:', ({ target, input }) => startBuild(context, target.arn, input));
}

/** Lets rules start pipelines, which then say which rule it was. */
export function connectPipelines(bus: RuleBus, pipelines: Pick<CodePipeline, 'start'>): void {
  bus.target('arn:aws:codepipeline:', async ({ target, rule }) =>
    pipelines.start(target.arn.slice(target.arn.lastIndexOf(':') + 1), { type: 'event', rule: rule.arn }),
  );
}

/** PutEvents for handlers that emit events of their own. */
export function eventsApi(bus: RuleBus): ServiceHandler {
  return jsonService({
    services: ['events'],
    targetPrefix: 'AWSEvents',
    operations: {
      PutEvents: ({ Entries }) => {
        const entries = (Array.isArray(Entries) ? Entries : []).filter(isObject);
        const results = entries.map((entry) => putEvent(bus, entry));
        return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
      },
    },
  });
}

function putEvent(bus: RuleBus, { Source, DetailType, Detail, Resources }: Readonly<Record<string, unknown>>): object {
  let detail: unknown;
  try {
    detail = JSON.parse(String(Detail));
  } catch {
    detail = undefined;
  }
  if (!isObject(detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is not a JSON object.' };
  const id = bus.publish({
    source: String(Source),
    'detail-type': String(DetailType),
    detail,
    resources: Array.isArray(Resources) ? Resources.map(String) : [],
  });
  return { EventId: id };
}
