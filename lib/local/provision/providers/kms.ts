import { isObject } from '../../engine/json';
import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { AwsCallError, awsJsonCall } from '../aws-call';
import { physicalName } from '../physical-name';
import { defined, Properties } from '../properties';

/** Keys get random ids; those of earlier runs are remembered under this name. */
const STATE = 'provision-kms-keys';

export function kmsProviders(context: EngineContext): readonly ResourceProvider[] {
  const call = (operation: string, input: Readonly<Record<string, unknown>>) =>
    awsJsonCall(context, 'kms', `TrentService.${operation}`, input);
  const exists = async (keyId: string): Promise<boolean> => {
    try {
      await call('DescribeKey', { KeyId: keyId });
      return true;
    } catch (error) {
      if (error instanceof AwsCallError && error.name === 'NotFoundException') return false;
      throw error;
    }
  };
  const key: ResourceProvider = {
    types: ['AWS::KMS::Key'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'Description',
        'KeyPolicy',
        'EnableKeyRotation',
        'PendingWindowInDays',
        'RotationPeriodInDays',
        'Tags',
        'KeySpec',
        'KeyUsage',
        'Enabled',
      ]);
      const known = context.state.read<Record<string, string>>(STATE) ?? {};
      const name = `${resource.stack}/${resource.logicalId}`;
      let keyId = known[name];
      if (keyId === undefined || !(await exists(keyId))) {
        const { KeyMetadata } = await call(
          'CreateKey',
          defined({ Description: properties.text('Description'), Policy: properties.document('KeyPolicy') }),
        );
        keyId = String(isObject(KeyMetadata) ? KeyMetadata.KeyId : '');
        context.state.write(STATE, { ...known, [name]: keyId });
      }
      return {
        ref: keyId,
        attributes: { KeyId: keyId, Arn: `arn:aws:kms:${context.region}:${context.account}:key/${keyId}` },
      };
    },
  };
  const alias: ResourceProvider = {
    types: ['AWS::KMS::Alias'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['AliasName', 'TargetKeyId']);
      const name = properties.text('AliasName') ?? `alias/${physicalName(resource, 200)}`;
      const input = {
        AliasName: name,
        TargetKeyId: properties.requiredText('TargetKeyId').replace(/^arn:.*:key\//, ''),
      };
      try {
        await call('CreateAlias', input);
      } catch (error) {
        if (!(error instanceof AwsCallError) || error.name !== 'AlreadyExistsException') throw error;
        await call('UpdateAlias', input);
      }
      return { ref: name, attributes: {} };
    },
  };
  return [key, alias];
}
