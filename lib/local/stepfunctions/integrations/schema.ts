import { isJsonObject, type Json, kindOf } from '../language/json';

/**
 * Reads the schemas that the AWS SDK carries for its operations: arrays that begin with a number for the kind, or a
 * bare number for simple types. A member with traits is a pair of schema and traits; a recursive one is a function.
 */
interface Structure {
  readonly members: ReadonlyMap<string, unknown>;
  readonly required: readonly string[];
}

const [LIST, MAP, STRUCTURE, UNION] = [1, 2, 3, 4];
const BLOBS = [21, 42];
const TIMESTAMPS = [4, 5, 6, 7];
/** Marks of a list and a map of simple values. */
const [LIST_OF, MAP_OF] = [64, 128];

function resolve(schema: unknown): unknown {
  if (typeof schema === 'function') return resolve((schema as () => unknown)());
  return Array.isArray(schema) && schema.length === 2 ? resolve(schema[0]) : schema;
}

function structureOf(schema: unknown): Structure | undefined {
  const resolved = resolve(schema);
  if (!Array.isArray(resolved) || (resolved[0] !== STRUCTURE && resolved[0] !== UNION)) return undefined;
  const [, , , , names, schemas, required] = resolved as [
    number,
    string,
    string,
    unknown,
    string[],
    unknown[],
    number?,
  ];
  return { members: new Map(names.map((name, i) => [name, schemas[i]])), required: names.slice(0, required ?? 0) };
}

/** The schema of the elements of a list or the values of a map. */
function elementOf(schema: unknown, kind: typeof LIST | typeof MAP): unknown {
  const resolved = resolve(schema);
  if (typeof resolved === 'number') {
    const mark = kind === LIST ? LIST_OF : MAP_OF;
    return mark !== undefined && (resolved & mark) !== 0 ? resolved & ~mark : undefined;
  }
  if (!Array.isArray(resolved) || resolved[0] !== kind) return undefined;
  return kind === LIST ? resolved[4] : resolved[5];
}

/** The input schema of an operation's schema, or undefined if it is none. */
export function inputSchemaOf(operation: unknown): unknown {
  return Array.isArray(operation) ? resolve(operation[4]) : undefined;
}

/**
 * Members that the operation does not have, and required ones that are missing. The SDK would drop the former without
 * a word. Strings may be expressions, so they are never of the wrong type.
 */
export function schemaProblems(schema: unknown, value: Json, path: string): readonly string[] {
  if (typeof value === 'string') return [];
  const structure = structureOf(schema);
  if (structure !== undefined) return structureProblems(structure, value, path);
  if (Array.isArray(value)) {
    const element = elementOf(schema, LIST);
    return value.flatMap((item: Json, i) => schemaProblems(element, item, `${path}[${i}]`));
  }
  if (!isJsonObject(value)) return [];
  const element = elementOf(schema, MAP);
  return Object.entries(value).flatMap(([key, item]) => schemaProblems(element, item, `${path}/${key}`));
}

function structureProblems({ members, required }: Structure, value: Json, path: string): readonly string[] {
  if (!isJsonObject(value)) return [`${path} must be an object; found ${kindOf(value)}`];
  const missing = required.filter((name) => !(name in value)).map((name) => `${path} lacks the required '${name}'`);
  const known = [...members.keys()].join(', ');
  const found = Object.entries(value).flatMap(([name, member]) =>
    members.has(name)
      ? schemaProblems(members.get(name), member, `${path}/${name}`)
      : [`${path} has no member '${name}'; it knows ${known}`],
  );
  return [...missing, ...found];
}

/** Arguments as the SDK takes them: text of time stamps as dates, blobs as JSON text (a string too, in quotes). */
export function toSdkInput(schema: unknown, value: Json): unknown {
  const resolved = resolve(schema);
  const simple = Array.isArray(resolved) && resolved[0] === 0 ? resolve(resolved[4]) : resolved;
  if (typeof simple === 'number' && BLOBS.includes(simple)) return JSON.stringify(value);
  if (typeof simple === 'number' && TIMESTAMPS.includes(simple) && typeof value === 'string') return new Date(value);
  if (Array.isArray(value)) return value.map((item: Json) => toSdkInput(elementOf(schema, LIST), item));
  if (!isJsonObject(value)) return value;
  const structure = structureOf(schema);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      toSdkInput(structure === undefined ? elementOf(schema, MAP) : structure.members.get(key), item),
    ]),
  );
}
