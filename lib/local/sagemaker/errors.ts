import { AwsError } from '../gateway/service';

/** SageMaker answers nearly everything that is wrong with a request as ValidationException (not modelled in the SDK). */
export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

export const resourceInUse = (message: string): AwsError => new AwsError('ResourceInUse', message);

/** For what AWS can do and one machine cannot: refused by name, never skipped. */
export const unsupported = (what: string, allowed: string): AwsError =>
  invalid(`${what} is not supported by the one-machine engine; supported: ${allowed}`);

/** The text of anything thrown, on one line. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
