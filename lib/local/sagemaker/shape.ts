import * as z from 'zod';
import { invalid } from './errors';

export type Operation = (input: unknown) => Promise<object>;
export type Operations = Readonly<Record<string, Operation>>;

/** Checks a request against its shape. Throws ValidationException with every problem, in SageMaker's own wording. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `Value at '${issue.path.join('.')}' failed to satisfy constraint: ${issue.message}`,
  );
  throw invalid(
    `${problems.length} validation error${problems.length > 1 ? 's' : ''} detected: ${problems.join('; ')}`,
  );
}

/** An operation whose input has the given shape. */
export const operation =
  <T>(schema: z.ZodType<T>, run: (input: T) => object | Promise<object>): Operation =>
  async (input) =>
    run(parse(schema, input));

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;

/** Names of all SageMaker resources: at most 63 characters; letters, digits and inner hyphens. */
export const nameShape = z
  .string()
  .max(63, 'Member must have length less than or equal to 63')
  .regex(NAME, 'Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}');

const S3_URI = /^s3:\/\/[^/]+(\/.*)?$/;
export const s3UriShape = z.string().max(1024).regex(S3_URI, 'Member must be an s3:// URI');

export const environmentShape = z.record(z.string().max(1024), z.string().max(1024));

export const tagsShape = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(50);

export const instanceTypeShape = z
  .string()
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'Member must be an ml.* instance type');

export const intBetween = (minimum: number, maximum: number): z.ZodNumber =>
  z
    .number()
    .int()
    .min(minimum, `Member must have value greater than or equal to ${minimum}`)
    .max(maximum, `Member must have value less than or equal to ${maximum}`);
