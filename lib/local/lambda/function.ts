/** A Lambda function as the template describes it. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** Folder with the unpacked code. */
  readonly codeDir: string;
  /** `<file without extension>.<export>` */
  readonly handler: string;
  /** As the template says, e.g. `nodejs22.x`; the Node.js of the engine runs it. */
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly role: string;
}

/** What happens to asynchronous events that keep failing. */
export interface AsyncConfig {
  readonly maximumRetryAttempts: number;
  /** ARN of an SQS queue or SNS topic that gets the event when all attempts failed. */
  readonly onFailure?: string;
}

/** Lambda's own default: one attempt and two more. */
export const DEFAULT_ASYNC: AsyncConfig = { maximumRetryAttempts: 2 };

/** The function name in a name, `name:qualifier`, partial ARN or ARN. */
export function functionName(reference: string): string {
  const parts = reference.split(':');
  const marker = parts.indexOf('function');
  return (marker >= 0 ? parts[marker + 1] : parts[0]) ?? reference;
}
