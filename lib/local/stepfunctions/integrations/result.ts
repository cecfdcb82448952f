import type { Json, JsonObject } from '../language/json';

/** AWS SDK integrations write times as ISO 8601, optimised ones as milliseconds since 1970. */
export type TimeFormat = 'iso' | 'milliseconds';

interface TextStream {
  transformToString(): Promise<string>;
}

/** The output of an SDK call as a state's result: bodies as text, times as `times` says, without SDK metadata. */
export async function toJson(output: object, times: TimeFormat): Promise<JsonObject> {
  const members = Object.entries(output).filter(([key, value]) => key !== '$metadata' && value !== undefined);
  const converted = await Promise.all(members.map(async ([key, value]) => [key, await convert(value, times)] as const));
  return Object.fromEntries(converted);
}

async function convert(value: unknown, times: TimeFormat): Promise<Json> {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return times === 'iso' ? value.toISOString() : value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return Promise.all(value.map((item) => convert(item, times)));
  if (isTextStream(value)) return value.transformToString();
  if (typeof value === 'object') return toJson(value, times);
  throw new Error(`a result cannot hold a ${typeof value}`);
}

function isTextStream(value: unknown): value is TextStream {
  return typeof value === 'object' && value !== null && 'transformToString' in value;
}
