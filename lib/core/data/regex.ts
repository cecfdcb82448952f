import { fromPython } from '../sql/python-regex';

/**
 * A pattern in Python's notation as a JavaScript expression.
 *
 * @throws SyntaxError for what is no pattern
 */
export function pythonRegex(pattern: string): RegExp {
  const leading = /^\(\?([a-zA-Z]+)\)/.exec(pattern);
  const flags = leading?.[1] ?? '';
  const odd = [...flags].find((flag) => !'imsu'.includes(flag));
  if (odd !== undefined) throw new SyntaxError(`the flag ${odd} is not read here; i, m and s are`);
  const body = pattern.slice(leading?.[0].length ?? 0);
  return new RegExp(
    fromPython(body, 'javascript') ?? body,
    `${[...new Set(flags)].filter((flag) => flag !== 'u').join('')}u`,
  );
}

/** Undefined for a pattern that can be read. */
export function regexProblem(pattern: string): string | undefined {
  try {
    pythonRegex(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
