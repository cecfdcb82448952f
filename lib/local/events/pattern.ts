import { isObject, type Json } from '../engine/json';
import { matcherOf, OPERATOR_NAMES } from './matcher';

export type EventPredicate = (event: Json) => boolean;

/** Judges an object on the way through the event. @param root the whole event */
type Part = (object: Json, root: Json) => boolean;

/**
 * Compiles an EventBridge event pattern. Fields of one object must all match, values of one list are alternatives.
 * Lists in events are looked through, however deep; fields of one object in a list must match together.
 * Numbers match by value; EventBridge itself tells 300 from 300.0 and 3e2, which no parsed JSON does.
 * Sources: EventBridge User Guide, Event patterns; README of aws/event-ruler.
 * @throws Error naming the path of a part that EventBridge would refuse
 */
export function compilePattern(pattern: unknown): EventPredicate {
  const compiled = compileObject(pattern, []);
  return (event) => compiled(event, event);
}

function compileObject(pattern: unknown, path: readonly string[]): Part {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new Error(`${at(path)}: must be an object with at least one field.`);
  const parts = Object.entries(pattern).map(([key, value]) =>
    key === '$or' ? compileOr(value, path) : compileField(key, value, [...path, key]),
  );
  return (object, root) => parts.every((part) => part(object, root));
}

function compileOr(alternatives: unknown, path: readonly string[]): Part {
  if (!Array.isArray(alternatives) || alternatives.length < 2)
    throw new Error(`${at(path)}: $or must be a list of at least two patterns.`);
  const parts = alternatives.map((alternative: unknown) => {
    const reserved = OPERATOR_NAMES.find((name) => isObject(alternative) && name in alternative);
    if (reserved !== undefined) throw new Error(`${at(path)}: $or cannot have a field named ${reserved}.`);
    return compileObject(alternative, path);
  });
  return (object, root) => parts.some((part) => part(object, root));
}

function compileField(key: string, value: unknown, path: readonly string[]): Part {
  if (Array.isArray(value)) return compileLeaf(key, value, path);
  const nested = compileObject(value, path);
  return (object, root) => {
    const objects = crushed(object[key]).filter(isObject);
    // An absent object can still satisfy `exists: false` below it.
    return objects.length === 0 ? nested({}, root) : objects.some((item) => nested(item, root));
  };
}

function compileLeaf(key: string, alternatives: readonly unknown[], path: readonly string[]): Part {
  if (alternatives.length === 0) throw new Error(`${at(path)}: the list of values is empty.`);
  const mayBeAbsent = alternatives.some(isAbsence);
  const matchers = alternatives.filter((entry) => !isAbsence(entry)).map((entry) => matcherOf(entry, at(path)));
  return (object, root) => {
    const values = leaves(object[key]);
    if (values.some((value) => matchers.some((matches) => matches(value)))) return true;
    return mayBeAbsent && leavesAt(root, path).length === 0;
  };
}

const isAbsence = (entry: unknown): boolean =>
  isObject(entry) && Object.keys(entry).length === 1 && entry.exists === false;

/** The value without the structure of its lists: `[[a], b]` is a and b; nothing for an absent field. */
const crushed = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.flatMap(crushed) : value === undefined ? [] : [value];

/** Only leaves have values: an object or an empty list counts as absent. */
const leaves = (value: unknown): readonly unknown[] => crushed(value).filter((item) => !isObject(item));

/** Values at a path anywhere in the event: a field is absent only where no element of a list has it. */
function leavesAt(root: Json, path: readonly string[]): readonly unknown[] {
  let objects: readonly Json[] = [root];
  for (const key of path.slice(0, -1)) objects = objects.flatMap((object) => crushed(object[key]).filter(isObject));
  return objects.flatMap((object) => leaves(object[path.at(-1) ?? '']));
}

const at = (path: readonly string[]): string => `Event pattern${path.length === 0 ? '' : ` at ${path.join('.')}`}`;
