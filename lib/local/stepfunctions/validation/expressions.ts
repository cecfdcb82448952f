import jsonata from 'jsonata';
import { expressionOf } from '../language/evaluate';
import { ADDED_FUNCTIONS } from '../language/functions';
import { isJsonObject, type Json } from '../language/json';
import type { Report } from './fields';

/** What an expression may refer to. */
export interface Names {
  /** Members of `$states` that exist in this field. */
  readonly states: readonly string[];
  /** Variables that some state of this flow or of one around it assigns. */
  readonly variables: ReadonlySet<string>;
}

interface References {
  readonly variables: Set<string>;
  /** Names that the expression itself binds: `:=`, parameters, `@$i`, `#$i`. */
  readonly bound: Set<string>;
  readonly states: Set<string>;
}

/** Reports what is wrong with the expressions in a field, at any depth: syntax, unknown variables, `$eval`. */
export async function checkExpressions(value: Json, path: string, names: Names, report: Report): Promise<void> {
  if (typeof value === 'string') return checkText(value, path, names, report);
  if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly Json[]).entries())
      await checkExpressions(item, `${path}[${i}]`, names, report);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key.endsWith('.$')) report(`${path}/${key}`, 'ends in \'.$\', which belongs to JSONPath; use "{% … %}"');
      await checkExpressions(item, `${path}/${key}`, names, report);
    }
  }
}

async function checkText(text: string, path: string, names: Names, report: Report): Promise<void> {
  const source = expressionOf(text);
  if (source === undefined) {
    if (/^\s*\{%|%\}\s*$/.test(text)) report(path, "must begin with '{%' and end with '%}' to be an expression");
    return;
  }
  let found: References;
  try {
    found = collect(jsonata(source).ast());
  } catch (error) {
    report(path, `is not JSONata: ${(error as Error).message} in '${source}'`);
    return;
  }
  for (const member of found.states) {
    if (!names.states.includes(member)) {
      report(path, `uses $states.${member}; available here are ${names.states.map((n) => `$states.${n}`).join(', ')}`);
    }
  }
  for (const name of found.variables) {
    if (name === 'eval') report(path, 'uses $eval, which Step Functions does not have; use $parse to read JSON');
    else if (!found.bound.has(name) && !names.variables.has(name) && !(await isBuiltIn(name))) {
      report(path, `uses $${name}, which no state assigns`);
    }
  }
}

async function isBuiltIn(name: string): Promise<boolean> {
  if (name === 'states' || ADDED_FUNCTIONS.includes(name)) return true;
  return /^[A-Za-z]\w*$/.test(name) && (await jsonata(`$${name}`).evaluate(null)) !== undefined;
}

function collect(ast: unknown): References {
  const found: References = { variables: new Set(), bound: new Set(), states: new Set() };
  visit(ast, found);
  return found;
}

function visit(node: unknown, found: References): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, value, lhs, arguments: parameters, steps, focus, index } = node as Readonly<Record<string, unknown>>;
  // '' and '$' are the context and the root of the expression itself.
  if (type === 'variable' && typeof value === 'string' && value !== '' && value !== '$') found.variables.add(value);
  if (type === 'bind') bind(lhs, found);
  if (type === 'lambda' && Array.isArray(parameters)) for (const parameter of parameters) bind(parameter, found);
  for (const name of [focus, index]) if (typeof name === 'string') found.bound.add(name);
  if (type === 'path' && Array.isArray(steps)) noteStates(steps, found);
  for (const child of Object.values(node)) visit(child, found);
}

function bind(variable: unknown, found: References): void {
  const name = (variable as { readonly value?: unknown } | undefined)?.value;
  if (typeof name === 'string') found.bound.add(name);
}

function noteStates([first, second]: readonly unknown[], found: References): void {
  const root = first as { readonly type?: unknown; readonly value?: unknown };
  const member = second as { readonly type?: unknown; readonly value?: unknown } | undefined;
  if (root.type !== 'variable' || root.value !== 'states') return;
  if (member?.type === 'name' && typeof member.value === 'string') found.states.add(member.value);
}
