import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { awsClientConfig } from '../engine/aws';
import type { EngineContext } from '../engine/ports';
import type { Buildspec } from './buildspec';
import { secretValue } from './secrets';

export const VARIABLE_TYPES = ['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'] as const;
export interface BuildVariable {
  readonly name: string;
  readonly value: string;
  /** @default PLAINTEXT */
  readonly type?: (typeof VARIABLE_TYPES)[number];
}

export interface ResolvedVariables {
  readonly values: Readonly<Record<string, string>>;
  /** Values to be masked in the log. */
  readonly secrets: readonly string[];
}

/** The variables of a buildspec in the form a project uses; the three kinds differ in where the value lies. */
export function specVariables(spec: Buildspec): BuildVariable[] {
  const of = (values: Readonly<Record<string, string>>, type: (typeof VARIABLE_TYPES)[number]): BuildVariable[] =>
    Object.entries(values).map(([name, value]) => ({ name, value, type }));
  return [
    ...of(spec.env.variables, 'PLAINTEXT'),
    ...of(spec.env['parameter-store'], 'PARAMETER_STORE'),
    ...of(spec.env['secrets-manager'], 'SECRETS_MANAGER'),
  ];
}

/**
 * Values of the variables; a later one of the same name wins, so give them as buildspec, project, StartBuild.
 * Rejects if a name is reserved or a parameter or secret does not exist.
 */
export async function resolveVariables(
  context: EngineContext,
  variables: readonly BuildVariable[],
): Promise<ResolvedVariables> {
  const effective = new Map(variables.map((variable) => [variable.name, variable]));
  const values: Record<string, string> = {};
  const secrets: string[] = [];
  for (const { name, value, type = 'PLAINTEXT' } of effective.values()) {
    if (name.startsWith('CODEBUILD_'))
      throw new Error(`Variable ${name}: names that begin with CODEBUILD_ are reserved.`);
    values[name] = type === 'PLAINTEXT' ? value : await lookUp(context, name, value, type);
    if (type !== 'PLAINTEXT') secrets.push(values[name]);
  }
  return { values, secrets };
}

async function lookUp(
  context: EngineContext,
  name: string,
  reference: string,
  type: 'PARAMETER_STORE' | 'SECRETS_MANAGER',
): Promise<string> {
  if (type === 'SECRETS_MANAGER') return secretValue(context, name, reference);
  const client = new SSMClient(awsClientConfig(context));
  const { Parameters = [] } = await client.send(new GetParametersCommand({ Names: [reference], WithDecryption: true }));
  const value = Parameters[0]?.Value;
  if (value === undefined) throw new Error(`Variable ${name}: the Parameter Store has no parameter ${reference}.`);
  return value;
}
