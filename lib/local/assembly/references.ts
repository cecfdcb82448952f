import type { Template } from './types';

const SUB_VARIABLE = /\$\{([^!][^}]*)\}/g;

/** The names between `${` and `}` of a Fn::Sub text, without literals (`${!name}`). */
export function subVariables(text: string): readonly string[] {
  return [...text.matchAll(SUB_VARIABLE)].flatMap(([, name]) => (name === undefined ? [] : [name.trim()]));
}

/** Replaces each variable of a Fn::Sub text; `${!name}` becomes `${name}`. */
export function substitute(text: string, value: (name: string) => string): string {
  return text.replace(SUB_VARIABLE, (_match, name: string) => value(name.trim())).replaceAll('${!', '${');
}

/** Logical ids that a resource needs first: DependsOn, and every Ref, Fn::GetAtt and Fn::Sub in its properties. */
export function dependenciesOf(template: Template, logicalId: string): ReadonlySet<string> {
  const resource = template.Resources[logicalId];
  const found = new Set<string>(resource?.DependsOn === undefined ? [] : [resource.DependsOn].flat());
  collect(resource?.Properties, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, argument] of Object.entries(value)) {
    for (const name of referred(key, argument)) found.add(name.split('.')[0] ?? '');
    collect(argument, found);
  }
}

/** Names that one member of an object refers to, attributes included. */
function referred(key: string, argument: unknown): readonly string[] {
  const first = String(Array.isArray(argument) ? argument[0] : argument);
  if (key === 'Ref' || key === 'Fn::GetAtt') return [first];
  return key === 'Fn::Sub' ? subVariables(first) : [];
}
