import { isObject, type Json } from '../engine/json';
import type { EngineContext } from '../engine/ports';
import { awsJsonCall } from '../provision/aws-call';

interface Api {
  /** SigV4 name. */
  readonly service: string;
  readonly target: string;
  /** Whether members begin with a small letter there; a schedule may write them either way. */
  readonly camelCase: boolean;
}

const codepipeline = { service: 'codepipeline', camelCase: true };
const codebuild = { service: 'codebuild', camelCase: true };

/** The write operations that a schedule may call, by `service:action`. */
const OPERATIONS: Readonly<Record<string, Api>> = {
  'codepipeline:startPipelineExecution': { ...codepipeline, target: 'CodePipeline_20150709.StartPipelineExecution' },
  'codepipeline:stopPipelineExecution': { ...codepipeline, target: 'CodePipeline_20150709.StopPipelineExecution' },
  'codebuild:startBuild': { ...codebuild, target: 'CodeBuild_20161006.StartBuild' },
  'sfn:startExecution': { service: 'states', target: 'AWSStepFunctions.StartExecution', camelCase: true },
  'sqs:sendMessage': { service: 'sqs', target: 'AmazonSQS.SendMessage', camelCase: false },
  'eventbridge:putEvents': { service: 'events', target: 'AWSEvents.PutEvents', camelCase: false },
};

/** ARNs of the universal targets that can be called here. */
export const UNIVERSAL: readonly string[] = Object.keys(OPERATIONS).map(
  (name) => `arn:aws:scheduler:::aws-sdk:${name}`,
);

/** Calls `arn:aws:scheduler:::aws-sdk:<service>:<action>`. @throws Error naming the operations that there are */
export function universalCall(context: EngineContext, arn: string): (input: string) => Promise<Json> {
  const name = arn.split(':').slice(-2).join(':');
  const api = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (api === undefined)
    throw new Error(`the universal target ${arn} cannot be called here; callable are ${UNIVERSAL.join(', ')}`);
  return async (input) => {
    const given: unknown = JSON.parse(input);
    if (!isObject(given)) throw new Error(`the input of ${arn} must be a JSON object; found ${input.slice(0, 100)}`);
    const members = api.camelCase ? camelCase(given) : given;
    return awsJsonCall(context, api.service, api.target, isObject(members) ? members : {});
  };
}

function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, camelCase(member)]),
  );
}
