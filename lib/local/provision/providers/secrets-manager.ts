import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsClientConfig } from '../../engine/aws';
import { isObject, type Json } from '../../engine/json';
import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { defined, Properties } from '../properties';

/** Members of GenerateSecretString that GetRandomPassword has, too. */
const PASSWORD_MEMBERS = [
  'ExcludeCharacters',
  'ExcludeLowercase',
  'ExcludeNumbers',
  'ExcludePunctuation',
  'ExcludeUppercase',
  'IncludeSpace',
  'PasswordLength',
  'RequireEachIncludedType',
];
const TEMPLATE_MEMBERS = ['GenerateStringKey', 'SecretStringTemplate'];

/** Secrets of the emulator. One that exists keeps its value: it may have been rotated since. */
export function secretProvider(context: EngineContext): ResourceProvider {
  const client = new SecretsManagerClient(awsClientConfig(context));
  const find = async (name: string): Promise<string | undefined> => {
    try {
      return (await client.send(new DescribeSecretCommand({ SecretId: name }))).ARN;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  return {
    types: ['AWS::SecretsManager::Secret'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'Description',
        'GenerateSecretString',
        'KmsKeyId',
        'Name',
        'SecretString',
        'Tags',
      ]);
      const Name = properties.text('Name') ?? physicalName(resource, 512);
      const arn = (await find(Name)) ?? (await create(client, Name, properties));
      return { ref: arn, attributes: { Id: arn } };
    },
  };
}

async function create(client: SecretsManagerClient, Name: string, properties: Properties): Promise<string> {
  const { ARN } = await client.send(
    new CreateSecretCommand({
      Name,
      SecretString: await initialValue(client, properties),
      ...defined({ Description: properties.text('Description'), KmsKeyId: properties.text('KmsKeyId') }),
    }),
  );
  if (ARN === undefined) throw properties.error('the emulator gave the secret no ARN');
  return ARN;
}

async function initialValue(client: SecretsManagerClient, properties: Properties): Promise<string> {
  const given = properties.text('SecretString');
  const generate = properties.object('GenerateSecretString');
  if (generate === undefined) return given ?? '';
  if (given !== undefined) throw properties.error('GenerateSecretString and SecretString exclude each other');
  const known = [...PASSWORD_MEMBERS, ...TEMPLATE_MEMBERS];
  const unknown = Object.keys(generate).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw properties.error(`GenerateSecretString.${unknown} is not supported here; supported are ${known.join(', ')}`);
  }
  const members = Object.entries(generate).filter(([name]) => PASSWORD_MEMBERS.includes(name));
  const { RandomPassword = '' } = await client.send(new GetRandomPasswordCommand(typed(Object.fromEntries(members))));
  return fillTemplate(generate, RandomPassword, properties);
}

/** Templates give numbers and truth values as text, too. */
function typed(members: Json): Json {
  const value = (text: unknown) => (text === 'true' || text === 'false' ? text === 'true' : text);
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      name === 'PasswordLength' ? Number(member) : name === 'ExcludeCharacters' ? member : value(member),
    ]),
  );
}

function fillTemplate(generate: Json, password: string, properties: Properties): string {
  const { SecretStringTemplate: template, GenerateStringKey: key } = generate;
  if (template === undefined && key === undefined) return password;
  const parsed: unknown = typeof template === 'string' ? JSON.parse(template) : undefined;
  if (!isObject(parsed) || typeof key !== 'string') {
    throw properties.error(
      'SecretStringTemplate must be a JSON object, and GenerateStringKey must name its new member',
    );
  }
  return JSON.stringify({ ...parsed, [key]: password });
}
