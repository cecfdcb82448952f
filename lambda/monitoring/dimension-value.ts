/** Characters that CloudWatch takes in the value of a dimension. */
const LONGEST = 1024;

/**
 * A name as CloudWatch takes it: ASCII that does not begin with a colon; other characters as `\u00e9`, so that two names
 * stay two. One value that it refuses would cost all of a check's metrics, and the check with them.
 *
 * Source: Amazon CloudWatch API reference, "Dimension".
 */
export function dimensionValue(name: string): string {
  const value = name.replaceAll(/^:|[^\x20-\x7e]/g, escaped).slice(0, LONGEST);
  return value.trim() === '' ? '(blank)' : value;
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
