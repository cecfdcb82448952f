import { isObject, type Json } from '../engine/json';
import type { EngineContext } from '../engine/ports';
import { awsJsonCall } from '../provision/aws-call';

/** What calls through the gateway need of the engine. */
type Place = Pick<EngineContext, 'region' | 'account' | 'endpointUrl'>;

/** Overrides of StartBuild that the input of a target may carry. */
const BUILD_OVERRIDES = ['environmentVariablesOverride', 'sourceVersion', 'buildspecOverride'] as const;

const lastOf = (arn: string, separator: string): string => arn.slice(arn.lastIndexOf(separator) + 1);

/** Sends to an SQS queue given by ARN. */
export function sendMessage(
  context: Place,
  queue: string,
  MessageBody: string,
  attributes: Readonly<Record<string, string>> = {},
  MessageGroupId?: string,
): Promise<Json> {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  const QueueUrl = `${context.endpointUrl}/${context.account}/${lastOf(queue, ':')}`;
  const group = MessageGroupId === undefined ? {} : { MessageGroupId };
  return awsJsonCall(context, 'sqs', 'AmazonSQS.SendMessage', { QueueUrl, MessageBody, MessageAttributes, ...group });
}

/** Starts an execution of a state machine given by ARN. @param input JSON text */
export const startExecution = (context: Place, stateMachineArn: string, input: string): Promise<Json> =>
  awsJsonCall(context, 'states', 'AWSStepFunctions.StartExecution', { stateMachineArn, input });

/** Starts a build of a project given by ARN. @param input JSON text; its StartBuild overrides are used, nothing else of it */
export function startBuild(context: Place, project: string, input: string): Promise<Json> {
  const given: unknown = JSON.parse(input);
  const overrides = isObject(given)
    ? Object.fromEntries(BUILD_OVERRIDES.filter((name) => name in given).map((name) => [name, given[name]]))
    : {};
  const projectName = lastOf(project, '/');
  return awsJsonCall(context, 'codebuild', 'CodeBuild_20161006.StartBuild', { projectName, ...overrides });
}

/** Starts a run of a pipeline given by ARN. */
export const startPipeline = (context: Place, pipeline: string): Promise<Json> =>
  awsJsonCall(context, 'codepipeline', 'CodePipeline_20150709.StartPipelineExecution', { name: lastOf(pipeline, ':') });
