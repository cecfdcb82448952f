/**
 * The values of a text of JSON or of JSON lines, with the numbers that Python writes and JSON does not know: NaN is null,
 * Infinity infinite.
 *
 * @returns undefined for anything else
 */
export function parseLoose(text: string): readonly unknown[] | undefined {
  const whole = parse(text);
  if (whole !== undefined) return [whole];
  const values: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = parse(line);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values.length === 0 ? undefined : values;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return /NaN|Infinity/.test(text) ? parseWith(text.replace(TOKENS, replacement)) : undefined;
  }
}

/**
 * Texts are skipped whole, so that what looks like a number inside one stays; so is one without an end, or it would be
 * looked for anew from each of its quotes.
 */
const TOKENS = /"(?:[^"\\]|\\.)*(?:"|\\?$)|NaN|Infinity/gs;

const replacement = (token: string): string => (token === 'NaN' ? 'null' : token === 'Infinity' ? '1e999' : token);

function parseWith(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
