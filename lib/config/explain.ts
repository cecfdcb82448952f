import type { z } from 'zod';
import { didYouMean } from '../core/nearest';

type Issue = z.core.$ZodIssue;

/** A problem of the schema, told without zod's vocabulary. `path` leads to the value (or to the unknown key). */
export interface Explained {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** True when `path` names a key that should not be there. */
  readonly atKey: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

/** YAML reads an unquoted 1 or true as what it looks like. */
const quoted = ({ expected }: Extract<Issue, { code: 'invalid_type' }>, found: unknown): string =>
  expected === 'string' && (typeof found === 'number' || typeof found === 'boolean') ? `; write "${found}"` : '';

/** Words for what stands at a path of a document. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * Explains one issue.
 *
 * @param find what the document holds at a path
 * @param keysAt names that the schema allows at a path
 */
export function explain(
  issue: Issue,
  find: (path: readonly PropertyKey[]) => unknown,
  keysAt: (path: readonly PropertyKey[]) => readonly string[],
): readonly Explained[] {
  const { path } = issue;
  const dotted = path.map(String).join('.');
  const found = find(path);
  const at = (message: string): readonly Explained[] => [
    { path, message: dotted === '' ? message : `${dotted} ${message}`, atKey: false },
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, keysAt(path)));
    case 'invalid_key': {
      const key = String(path.at(-1));
      const allowed = keysAt(path.slice(0, -1));
      if (allowed.length > 0) return [unknownKey(path.slice(0, -1), key, allowed)];
      return [{ path, atKey: true, message: `${dotted}: ${issue.issues.map((inner) => inner.message).join(', ')}` }];
    }
    case 'invalid_type':
      if (found === undefined) return at(`is missing (${issue.expected === 'record' ? 'a mapping' : issue.expected})`);
      if (found === null && dotted === '') return at('the file is empty');
      return at(`is ${WORDS[issue.expected] ?? `a ${issue.expected}`}; found ${show(found)}${quoted(issue, found)}`);
    case 'invalid_value': {
      const values = issue.values.map(show).join(', ');
      if (found === undefined) return at(`is missing (${values})`);
      return at(`is one of ${values}; found ${show(found)}${didYouMean(String(found), issue.values.map(String))}`);
    }
    case 'too_small':
      return at(`is ${issue.inclusive === false ? 'above' : 'at least'} ${limit(issue)}; found ${show(found)}`);
    case 'too_big':
      return at(`is ${issue.inclusive === false ? 'below' : 'at most'} ${limit(issue)}; found ${show(found)}`);
    default:
      return at(`${issue.message}; found ${show(found)}`);
  }
}

function limit(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  if (issue.origin === 'string') return `${bound} characters long`;
  return issue.origin === 'array' ? `${bound} entries long` : String(bound);
}

function unknownKey(path: readonly PropertyKey[], key: string, allowed: readonly string[]): Explained {
  const place = path.length === 0 ? '' : ` in ${path.map(String).join('.')}`;
  const list = allowed.length === 0 ? '' : `; known are ${allowed.join(', ')}`;
  return {
    path: [...path, key],
    atKey: true,
    message: `unknown key "${key}"${place}${didYouMean(key, allowed)}${list}`,
  };
}
