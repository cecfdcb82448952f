import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { startTestEngine, temporaryFolder, writeAssembly } from '../harness';

jest.setTimeout(60_000);

const folder = temporaryFolder();
let engine: Awaited<ReturnType<typeof startTestEngine>>;

beforeAll(async () => {
  engine = await startTestEngine(folder.path);
});
afterAll(async () => {
  await engine.close();
  folder.remove();
});

const secret = (Properties: object) => ({ Type: 'AWS::SecretsManager::Secret', Properties });
const deploy = async (Properties: object, name = 'S') => {
  const template = { Resources: { Secret: secret(Properties) }, Outputs: { Arn: { Value: { Ref: 'Secret' } } } };
  const { outputs } = await engine.deploy(writeAssembly({ [name]: { template } }));
  return outputs[name]?.Arn ?? '';
};
const client = () => new SecretsManagerClient(awsClientConfig(engine.context));
const secretOf = async (SecretId: string) =>
  (await client().send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';

test('a value is drawn as asked for, and is another for each secret', async () => {
  const GenerateSecretString = { PasswordLength: 44, ExcludePunctuation: true };
  const [first, second] = [await deploy({ GenerateSecretString }, 'A'), await deploy({ GenerateSecretString }, 'B')];
  expect(first).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:A-Secret-/);
  for (const arn of [first, second]) expect(await secretOf(arn)).toMatch(/^[A-Za-z0-9]{44}$/);
  expect(await secretOf(first)).not.toBe(await secretOf(second));
});

test('a template gets the value as one more member', async () => {
  const GenerateSecretString = {
    SecretStringTemplate: '{"user":"x"}',
    GenerateStringKey: 'password',
    PasswordLength: '20',
    ExcludeNumbers: 'true',
    ExcludeCharacters: 'abc',
  };
  const value = JSON.parse(await secretOf(await deploy({ GenerateSecretString }, 'T')));
  expect(value).toEqual({ user: 'x', password: expect.stringMatching(/^[^abc0-9]{20}$/) });
});

test('a secret that exists keeps its value, which may have been rotated', async () => {
  const properties = { SecretString: 'first' };
  const arn = await deploy(properties);
  await client().send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'rotated' }));
  expect(await deploy(properties)).toBe(arn);
  expect(await secretOf(arn)).toBe('rotated');
});

test.each([
  [{ GenerateSecretString: { Lenght: 3 } }, 'GenerateSecretString.Lenght is not supported here'],
  [{ GenerateSecretString: {}, SecretString: 'x' }, 'exclude each other'],
  [{ GenerateSecretString: { SecretStringTemplate: '[]', GenerateStringKey: 'k' } }, 'must be a JSON object'],
  [{ ReplicaRegions: [] }, 'does not support ReplicaRegions'],
])('%j is refused', async (properties, problem) => {
  await expect(deploy(properties, 'R')).rejects.toThrow(problem);
});

test('what belongs to rotation by Lambda is refused by name', async () => {
  const template = { Resources: { X: { Type: 'AWS::SecretsManager::RotationSchedule', Properties: {} } } };
  await expect(engine.deploy(writeAssembly({ X: { template } }))).rejects.toThrow(
    'cannot create X/X (AWS::SecretsManager::RotationSchedule)',
  );
});
