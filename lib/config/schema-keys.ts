import * as z from 'zod';

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** Names that a schema allows below a path, for "did you mean". */
export function keysOf(schema: z.ZodType): (path: readonly PropertyKey[]) => readonly string[] {
  let root: JsonSchema | undefined;
  return (path) => {
    // Only for a wrong name: right files are the rule, and this costs more than reading one.
    root ??= z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    let level: readonly JsonSchema[] = [root];
    for (const step of path) level = level.flatMap((node) => below(node, step));
    return [...new Set(level.flatMap(alternatives).flatMap(names))];
  };
}

function alternatives(node: JsonSchema): readonly JsonSchema[] {
  return [node, ...[...(node.anyOf ?? []), ...(node.allOf ?? [])].flatMap(alternatives)];
}

function names(node: JsonSchema): readonly string[] {
  return [...Object.keys(node.properties ?? {}), ...(node.propertyNames?.enum ?? [])];
}

function below(node: JsonSchema, step: PropertyKey): readonly JsonSchema[] {
  return alternatives(node).flatMap((option) => {
    if (typeof step === 'number') return option.items === undefined ? [] : [option.items];
    const property = option.properties?.[String(step)];
    if (property !== undefined) return [property];
    return typeof option.additionalProperties === 'object' ? [option.additionalProperties] : [];
  });
}
