import type { FindIntegration } from '../integrations/registry';
import type { Machine } from '../language/definition';
import { isJsonObject, type Json, type JsonObject, kindOf } from '../language/json';
import { checkFields, FLOW_FIELDS, MACHINE_FIELDS, PROCESSOR_CONFIG_FIELDS, PROCESSOR_FIELDS } from './fields';
import { assignedNames, checkTransitions } from './flow';
import { type Checks, checkState } from './states';

/** Bytes of a definition that Step Functions takes. */
const DEFINITION_LIMIT = 1_048_576;

/** All problems of a definition, each with its place: `/States/Train/Next: names the state …`. */
export class DefinitionError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InvalidDefinition';
  }
}

/** Reads a definition. Throws DefinitionError with every problem found. */
export async function readDefinition(text: string, find: FindIntegration): Promise<Machine> {
  const problems: string[] = [];
  const report = (path: string, problem: string) => problems.push(`${path === '' ? '/' : path}: ${problem}`);
  const definition = parse(text);
  if (definition.QueryLanguage !== 'JSONata') {
    const found =
      definition.QueryLanguage === undefined ? 'none, which means JSONPath' : JSON.stringify(definition.QueryLanguage);
    throw new DefinitionError([
      `/QueryLanguage: must be "JSONata": the one-machine engine does not run JSONPath; found ${found}`,
    ]);
  }
  checkFields(definition, MACHINE_FIELDS, ['StartAt', 'States'], '', report);
  await checkFlow(definition, '', new Map(), new Map(), { report, find });
  if (problems.length > 0) throw new DefinitionError(problems);
  return definition as unknown as Machine;
}

function parse(text: string): JsonObject {
  if (Buffer.byteLength(text) > DEFINITION_LIMIT) {
    throw new DefinitionError([`/: has more than the ${DEFINITION_LIMIT} bytes that Step Functions takes`]);
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new DefinitionError([`/: is not JSON: ${(error as Error).message}`]);
  }
  if (isJsonObject(value)) return value;
  throw new DefinitionError([`/: must be an object; found ${kindOf(value)}`]);
}

/**
 * @param names states seen so far in the whole machine, each with its path: names are unique across it
 * @param outer variables assigned in the flows around this one, each with the state that does
 */
async function checkFlow(
  flow: JsonObject,
  path: string,
  names: Map<string, string>,
  outer: ReadonlyMap<string, string>,
  checks: Checks,
): Promise<void> {
  checkTransitions(flow, path, checks.report);
  const own = assignedNames(flow);
  for (const [variable, state] of own) {
    const owner = outer.get(variable);
    if (owner === undefined) continue;
    checks.report(`${path}/States/${state}`, `assigns $${variable}, which belongs to the flow around it ('${owner}')`);
  }
  const scope = new Map([...outer, ...own]);
  const variables = new Set(scope.keys());
  for (const [name, state] of isJsonObject(flow.States) ? Object.entries(flow.States) : []) {
    const at = `${path}/States/${name}`;
    checkName(name, at, names, checks);
    await checkState(state, at, variables, checks);
    if (isJsonObject(state)) await checkNested(state, at, names, scope, checks);
  }
}

function checkName(name: string, path: string, names: Map<string, string>, { report }: Checks): void {
  const other = names.get(name);
  if (other !== undefined) report(path, `has the name of ${other}; names are unique in the whole machine`);
  if (name.length > 80) report(path, `has a name of ${name.length} characters; 80 are allowed`);
  names.set(name, path);
}

async function checkNested(
  state: JsonObject,
  path: string,
  names: Map<string, string>,
  scope: ReadonlyMap<string, string>,
  checks: Checks,
): Promise<void> {
  const branches = Array.isArray(state.Branches) ? (state.Branches as readonly Json[]) : [];
  for (const [i, branch] of branches.entries()) {
    const at = `${path}/Branches[${i}]`;
    if (!isJsonObject(branch)) checks.report(at, `must be an object; found ${kindOf(branch)}`);
    else {
      checkFields(branch, FLOW_FIELDS, ['StartAt', 'States'], at, checks.report);
      await checkFlow(branch, at, names, scope, checks);
    }
  }
  const { ItemProcessor: processor } = state;
  if (!isJsonObject(processor)) return;
  const at = `${path}/ItemProcessor`;
  checkFields(processor, PROCESSOR_FIELDS, ['StartAt', 'States'], at, checks.report);
  if (isJsonObject(processor.ProcessorConfig)) {
    checkFields(processor.ProcessorConfig, PROCESSOR_CONFIG_FIELDS, [], `${at}/ProcessorConfig`, checks.report);
  }
  await checkFlow(processor, at, names, scope, checks);
}
