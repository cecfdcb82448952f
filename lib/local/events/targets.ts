import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { CodePipeline } from '../codepipeline/service';
import { awsClientConfig } from '../engine/aws';
import type { EngineContext } from '../engine/ports';
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
