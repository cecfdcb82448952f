import { abortable } from '../../engine/abortable';
import { LambdaError, type LambdaInvoker } from '../../engine/ports';
import { AwsError } from '../../gateway/service';
import { StateError } from '../language/errors';
import { isJsonObject, type Json } from '../language/json';
import type { Integration } from './integration';

/** InvocationType and LogType are accepted with the values that change nothing. */
const ARGUMENTS: Readonly<Record<string, readonly string[] | undefined>> = {
  FunctionName: undefined,
  Payload: undefined,
  Qualifier: undefined,
  InvocationType: ['RequestResponse'],
  LogType: ['None', 'Tail'],
};

/** `arn:aws:states:::lambda:invoke`: result `{ExecutedVersion, Payload, StatusCode}`. */
export function lambdaInvoke(lambda: LambdaInvoker): Integration {
  return {
    resourceType: 'lambda',
    resource: 'invoke',
    argumentProblems: invokeProblems,
    call: async (args, signal) => {
      const name = isJsonObject(args) ? args.FunctionName : undefined;
      if (!isJsonObject(args) || typeof name !== 'string') {
        throw new StateError('States.Runtime', 'Arguments of lambda:invoke must have a FunctionName');
      }
      const payload = await invoke(lambda, name, args.Payload ?? {}, signal);
      return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
    },
  };
}

/** A function's ARN as the resource: Arguments are its event, its answer is the result. */
export function lambdaArn(lambda: LambdaInvoker, arn: string): Integration {
  return {
    resourceType: 'lambda',
    resource: arn,
    argumentProblems: () => [],
    call: (args, signal) => invoke(lambda, arn, args, signal),
  };
}

function invokeProblems(args: Json): readonly string[] {
  if (typeof args === 'string') return [];
  if (!isJsonObject(args) || args.FunctionName === undefined) return ["Arguments lacks the required 'FunctionName'"];
  return Object.entries(args).flatMap(([key, value]) => {
    if (!(key in ARGUMENTS)) {
      return [`Arguments of lambda:invoke has no member '${key}'; it knows ${Object.keys(ARGUMENTS).join(', ')}`];
    }
    const allowed = ARGUMENTS[key];
    if (allowed === undefined || (typeof value === 'string' && (allowed.includes(value) || value.startsWith('{%'))))
      return [];
    return [`Arguments/${key} must be ${allowed.join(' or ')}; found ${JSON.stringify(value)}`];
  });
}

async function invoke(lambda: LambdaInvoker, name: string, event: Json, signal: AbortSignal): Promise<Json> {
  try {
    const answer = await abortable(lambda.invoke(name, event, signal), signal);
    return answer === undefined ? null : (JSON.parse(JSON.stringify(answer)) as Json);
  } catch (error) {
    signal.throwIfAborted();
    throw stateErrorOf(error);
  }
}

/** A function's own error keeps its name; its cause is the document that Lambda answers with. */
function stateErrorOf(error: unknown): StateError {
  if (error instanceof LambdaError) {
    const { errorType, message, trace } = error;
    return new StateError(errorType, JSON.stringify({ errorType, errorMessage: message, trace }));
  }
  const { message } = error as Error;
  if (error instanceof AwsError) {
    return new StateError(`Lambda.${error.code}`, `${message} (Service: Lambda, Status Code: ${error.status})`);
  }
  return new StateError('Lambda.Unknown', message);
}
