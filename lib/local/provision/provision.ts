import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { inDependencyOrder } from '../assembly/order';
import { dependenciesOf } from '../assembly/references';
import { type CrossStackValues, StackScope } from '../assembly/stack-scope';
import type { Assembly, AssemblyStack } from '../assembly/types';
import { awsClientConfig } from '../engine/aws';
import { isObject } from '../engine/json';
import type { EngineContext, ProvisionedResource, ResourceProvider } from '../engine/ports';
import { publishAssets } from './assets';

export interface DeployedResource extends ProvisionedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/** What a run created or found again. */
export interface Deployment {
  readonly resources: readonly DeployedResource[];
  /** Outputs by stack name and logical id of the output. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Creates every resource of every stack, in the order of their dependencies; what exists from an earlier run is found again.
 * Resources that left the template since then are not deleted.
 * @throws Error naming stack, logical id and type of everything no provider knows, before anything is created.
 */
export async function provision(
  assembly: Assembly,
  providers: readonly ResourceProvider[],
  context: EngineContext,
): Promise<Deployment> {
  const byType = new Map(providers.flatMap((provider) => provider.types.map((type) => [type, provider] as const)));
  refuseUnknownTypes(assembly, byType);
  await publishAssets(assembly, context);
  const shared: CrossStackValues = { exports: new Map(), outputs: new Map() };
  const resources: DeployedResource[] = [];
  const outputs: Record<string, Record<string, string>> = {};
  for (const stack of assembly.stacks) {
    const scope = new StackScope({ stack, shared, ssmParameter: await readSsmParameters(stack, context) });
    resources.push(...(await createStack(stack, scope, byType)));
    outputs[stack.name] = evaluateOutputs(stack, scope, shared);
  }
  return { resources, outputs };
}

function refuseUnknownTypes(assembly: Assembly, byType: ReadonlyMap<string, ResourceProvider>): void {
  const unknown = assembly.stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources).flatMap(([id, { Type }]) =>
      byType.has(Type) ? [] : [`${stack.name}/${id} (${Type})`],
    ),
  );
  if (unknown.length === 0) return;
  throw new Error(
    `The one-machine engine cannot create ${unknown.join(', ')}; it knows ${[...byType.keys()].sort().join(', ')}.`,
  );
}

async function createStack(
  stack: AssemblyStack,
  scope: StackScope,
  byType: ReadonlyMap<string, ResourceProvider>,
): Promise<readonly DeployedResource[]> {
  const { template, name } = stack;
  const order = inDependencyOrder(
    Object.keys(template.Resources),
    (id) => dependenciesOf(template, id),
    (cycle) => `Stack ${name}: resources depend on each other in a circle: ${cycle}.`,
  );
  const created: DeployedResource[] = [];
  for (const logicalId of order) {
    const resource = template.Resources[logicalId];
    if (resource === undefined || (resource.Condition !== undefined && !scope.condition(resource.Condition))) continue;
    const { Type: type } = resource;
    const properties = scope.evaluate(resource.Properties ?? {}, logicalId);
    if (!isObject(properties)) throw new Error(`${name}/${logicalId} (${type}): Properties must be an object.`);
    const provisioned = await create(byType.get(type), { logicalId, type, properties, stack: name });
    scope.add(logicalId, type, provisioned);
    created.push({ ...provisioned, stack: name, logicalId, type });
  }
  return created;
}

async function create(
  provider: ResourceProvider | undefined,
  resource: Parameters<ResourceProvider['create']>[0],
): Promise<ProvisionedResource> {
  const place = `${resource.stack}/${resource.logicalId} (${resource.type})`;
  if (provider === undefined) throw new Error(`${place}: no provider.`);
  try {
    return await provider.create(resource);
  } catch (error) {
    const { message, name } = error as Error;
    if (message.startsWith(resource.stack)) throw error;
    throw new Error(`${place}: ${name === 'Error' ? '' : `${name}: `}${message}`, { cause: error });
  }
}

function evaluateOutputs(stack: AssemblyStack, scope: StackScope, shared: CrossStackValues): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [id, output] of Object.entries(stack.template.Outputs ?? {})) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
    const value = scope.evaluate(output.Value, `Outputs.${id}`);
    outputs[id] = String(value);
    if (output.Export === undefined) continue;
    const exportName = String(scope.evaluate(output.Export.Name, `Outputs.${id}`));
    if (shared.exports.has(exportName))
      throw new Error(`${stack.name}/Outputs.${id}: another stack already exports ${exportName}.`);
    shared.exports.set(exportName, value);
  }
  shared.outputs.set(stack.name, outputs);
  return outputs;
}

/** Values of the SSM parameters that template parameters of type AWS::SSM::Parameter::Value name. */
async function readSsmParameters(
  stack: AssemblyStack,
  context: EngineContext,
): Promise<(name: string) => string | undefined> {
  const ssm = new SSMClient(awsClientConfig(context));
  const values = new Map<string, string>();
  for (const [id, { Type, Default }] of Object.entries(stack.template.Parameters ?? {})) {
    const name = stack.parameters[id] ?? Default;
    if (!Type.startsWith('AWS::SSM::Parameter::Value') || name === undefined) continue;
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: String(name) }));
      if (Parameter?.Value !== undefined) values.set(String(name), Parameter.Value);
    } catch (error) {
      // An absent parameter matters only if a resource refers to it; the scope then says so.
      if (!(error instanceof ParameterNotFound)) throw error;
    }
  }
  return (name) => values.get(name);
}
