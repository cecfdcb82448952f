import { isObject, type Json } from '../engine/json';

/** What a rule's target receives; without any of them, the whole event. */
export interface TargetInput {
  readonly input?: string;
  readonly inputPath?: string;
  readonly transformer?: { readonly paths: Readonly<Record<string, string>>; readonly template: string };
}

export interface RuleIdentity {
  readonly name: string;
  readonly arn: string;
}

/** The text that a target receives for an event; JSON unless a template says otherwise. */
export function targetInput(spec: TargetInput, event: Json, rule: RuleIdentity): string {
  if (spec.input !== undefined) return spec.input;
  if (spec.inputPath !== undefined) return JSON.stringify(select(event, spec.inputPath) ?? {});
  if (spec.transformer === undefined) return JSON.stringify(event);
  const { paths, template } = spec.transformer;
  const values = new Map<string, unknown>(Object.entries(paths).map(([name, path]) => [name, select(event, path)]));
  const builtIn: readonly (readonly [string, unknown])[] = [
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event', event],
    ['aws.events.event.json', event],
    ['aws.events.event.ingestion-time', event.time],
  ];
  for (const [name, value] of builtIn) values.set(name, value);
  return fill(template, values);
}

/** Inside a string literal of the template a value is inserted as text, elsewhere as JSON. */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (match, name: string | undefined) => {
    if (match === '"') quoted = !quoted;
    if (name === undefined || !values.has(name)) return match;
    const value = values.get(name) ?? '';
    if (!quoted) return JSON.stringify(value);
    return typeof value === 'string'
      ? JSON.stringify(value).slice(1, -1)
      : JSON.stringify(JSON.stringify(value)).slice(1, -1);
  });
}

/** The value at a simple JSON path: `$`, `$.detail.state`, `$.resources[0]`, `$['detail-type']`. */
export function select(event: Json, path: string): unknown {
  let value: unknown = event;
  for (const key of pathKeys(path)) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isObject(value) ? value[key] : undefined;
  }
  return value;
}

/** @throws Error for paths with filters, wildcards or slices. */
export function pathKeys(path: string): readonly string[] {
  if (!/^\$(\.[\w-]+|\[\d+\]|\['[^']+'\])*$/.test(path))
    throw new Error(`The JSON path ${path} is not supported; use $.a.b, $.a[0] or $['a'].`);
  return [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]) => name ?? index ?? quoted ?? '',
  );
}
