import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * The issues of the alternative that the author meant, in place of "invalid input": for an entry of
 * `data.expectations` the long form when it has a `type`, otherwise the short one. Other unions tell one line.
 */
export function flattenUnions(issue: Issue, root: unknown): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length < 2) return [issue];
  const [first = [], second = []] = issue.errors;
  const entry = issue.path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    root,
  );
  if (issue.path[1] !== 'expectations') return [{ ...issue, message: unionMessage(issue.errors) }];
  const chosen = typeof entry === 'object' && entry !== null && 'type' in entry ? first : second;
  return chosen.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function unionMessage(errors: readonly (readonly Issue[])[]): string {
  const expected = errors.flat().flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : []));
  return `is a ${[...new Set(expected)].join(' or ')}`;
}
