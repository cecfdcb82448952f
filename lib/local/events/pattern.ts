import { isObject, type Json } from '../engine/json';
import { type Matcher, matcherOf } from './matcher';

export type EventPredicate = (event: Json) => boolean;

/**
 * Compiles an EventBridge event pattern. Fields of one object must all match, values of one list are alternatives.
 * @throws Error naming the path of a part that is not supported.
 */
export function compilePattern(pattern: unknown): EventPredicate {
  return compileObject(pattern, '');
}

function compileObject(pattern: unknown, path: string): EventPredicate {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new Error(`Event pattern${at(path)}: must be an object with at least one field.`);
  const parts = Object.entries(pattern).map(([key, value]) =>
    key === '$or' ? compileOr(value, path) : compileField(key, value, `${path}.${key}`),
  );
  return (event) => parts.every((part) => part(event));
}

function compileOr(alternatives: unknown, path: string): EventPredicate {
  if (!Array.isArray(alternatives) || alternatives.length === 0)
    throw new Error(`Event pattern${at(path)}: $or must be a list of patterns.`);
  const parts = alternatives.map((alternative: unknown) => compileObject(alternative, path));
  return (event) => parts.some((part) => part(event));
}

function compileField(key: string, value: unknown, path: string): EventPredicate {
  if (Array.isArray(value)) return compileLeaf(key, value, path);
  const nested = compileObject(value, path);
  // A list of objects matches if one of them does; an absent object can still satisfy `exists: false` below it.
  return (event) => {
    const member = event[key];
    return Array.isArray(member)
      ? member.some((item) => isObject(item) && nested(item))
      : nested(isObject(member) ? member : {});
  };
}

function compileLeaf(key: string, alternatives: readonly unknown[], path: string): EventPredicate {
  if (alternatives.length === 0) throw new Error(`Event pattern${at(path)}: the list of values is empty.`);
  const matchers: readonly Matcher[] = alternatives.map((alternative) =>
    matcherOf(alternative, `Event pattern${at(path)}`),
  );
  return (event) => {
    const member = event[key];
    // Only leaves have values: an object or an empty list counts as absent.
    const values = Array.isArray(member)
      ? member.filter((item) => !isObject(item))
      : isObject(member) || member === undefined
        ? []
        : [member];
    return matchers.some((matches) => (values.length === 0 ? matches(undefined) : values.some(matches)));
  };
}

const at = (path: string): string => (path === '' ? '' : ` at ${path.slice(1)}`);
