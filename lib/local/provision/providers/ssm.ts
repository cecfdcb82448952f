import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { awsClientConfig } from '../../engine/aws';
import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { defined, Properties } from '../properties';

export function parameterProvider(context: EngineContext): ResourceProvider {
  const ssm = new SSMClient(awsClientConfig(context));
  const current = async (name: string): Promise<string | undefined> => {
    try {
      return (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  };
  return {
    types: ['AWS::SSM::Parameter'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'Name',
        'Type',
        'Value',
        'Description',
        'Tier',
        'AllowedPattern',
        'Tags',
        'DataType',
        'Policies',
      ]);
      const name = properties.text('Name') ?? physicalName(resource, 512);
      const [type, value] = [properties.requiredText('Type'), properties.requiredText('Value')];
      if (type !== 'String' && type !== 'StringList')
        throw properties.error(`Type must be String or StringList; found ${type}`);
      // An unchanged value gets no new parameter version on a second run.
      if ((await current(name)) !== value) {
        await ssm.send(
          new PutParameterCommand({
            Name: name,
            Type: type,
            Value: value,
            Overwrite: true,
            ...defined({ Description: properties.text('Description') }),
          }),
        );
      }
      return { ref: name, attributes: { Type: type, Value: value } };
    },
  };
}
