/**
 * A pattern in Python's notation as a JavaScript expression: named groups and leading flags are written otherwise.
 *
 * @throws SyntaxError for what is no pattern
 */
export function pythonRegex(pattern: string): RegExp {
  const flags = new Set(['u']);
  let body = pattern.replaceAll('(?P<', '(?<').replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>');
  const leading = /^\(\?([imsxau]+)\)/.exec(body);
  if (leading !== null) {
    for (const flag of leading[1] ?? '') if ('ims'.includes(flag)) flags.add(flag);
    body = body.slice(leading[0].length);
  }
  body = body.replaceAll('\\A', '^').replaceAll('\\Z', '$');
  try {
    return new RegExp(body, [...flags].join(''));
  } catch (error) {
    // Python takes needless escapes such as \- and \_, which JavaScript takes without the flag u alone.
    flags.delete('u');
    const lenient = new RegExp(body, [...flags].join(''));
    if (/\\[pP]\{/.test(body)) throw error;
    return lenient;
  }
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
