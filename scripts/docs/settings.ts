import * as z from 'zod';
import { gatesSchema } from '../../lib/config/gates';
import { DRIFT_STATISTICS } from '../../lib/core/drift';
import { METRIC_NAMES } from '../../lib/core/model/metrics/definition';

/** One setting of gates.yaml as the published schema knows it. */
export interface Setting {
  /** `model.slices[].minRows`; `<name>` stands for a name that the team or a list gives. */
  readonly path: string;
  /** What is allowed, in words. */
  readonly allowed: string;
  /** As YAML would have it; undefined where there is none. */
  readonly standard: string | undefined;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** Objects with an entry for each of these names are told once. */
const FAMILIES: readonly (readonly [placeholder: string, names: ReadonlySet<string>])[] = [
  ['<metric>', new Set<string>(METRIC_NAMES)],
  ['<statistic>', new Set<string>(DRIFT_STATISTICS.map(({ name }) => name))],
];

/** Every setting of one part of gates.yaml, in the order of the schema. */
export function settingsOf(part: string): readonly Setting[] {
  const schema = z.toJSONSchema(gatesSchema, { io: 'input' }) as Schema;
  const found = schema.properties?.[part];
  if (found === undefined) throw new RangeError(`gates.yaml has no part "${part}"`);
  return walk(found, part);
}

function walk(schema: Schema, path: string): readonly Setting[] {
  if (schema.properties !== undefined) {
    const entries = Object.entries(schema.properties);
    const family = FAMILIES.find(([, names]) => entries.every(([name]) => names.has(name)));
    const shown = family === undefined ? entries : entries.slice(0, 1);
    return shown.flatMap(([name, child]) => walk(child, `${path}.${family?.[0] ?? name}`));
  }
  if (schema.items?.properties !== undefined) return walk(schema.items, `${path}[]`);
  const values = schema.additionalProperties;
  if (typeof values === 'object' && values.properties !== undefined) {
    return walk(values, `${path}.${schema.propertyNames?.enum === undefined ? '<column>' : '<metric>'}`);
  }
  return [{ path, allowed: allowed(schema), standard: standard(schema) }];
}

function standard(schema: Schema): string | undefined {
  if (schema.default === undefined) return undefined;
  return typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default);
}

function allowed(schema: Schema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.length > 10 ? 'one of the names above' : schema.enum.join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(allowed).join(' or ');
  const { type } = schema;
  if (type === 'array') return `list of ${schema.items === undefined ? 'values' : allowed(schema.items)}`;
  if (type === 'object') return 'names with values';
  if (type === 'boolean') return 'true, false';
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return number(schema);
  return Array.isArray(type) ? 'text, number, true, false'.concat(type.includes('null') ? ', null' : '') : 'any value';
}

function number({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const bounds = [
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? [] : [`to ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ];
  return [type === 'integer' ? 'whole number' : 'number', ...bounds].join(' ');
}
