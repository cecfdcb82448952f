import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { Properties } from '../properties';

const SHARED = ['ConfigurationName', 'IamRoleArn', 'SnsTopicArns', 'GuardrailPolicies', 'LoggingLevel', 'Tags'];
const OWN: Readonly<Record<string, readonly string[]>> = {
  SlackChannelConfiguration: ['SlackWorkspaceId', 'SlackChannelId'],
  MicrosoftTeamsChannelConfiguration: ['TeamsTenantId', 'TeamId', 'TeamsChannelId'],
};

/** Chat channels: what is published to their topic stays there, and the log says so. */
export function chatbotProvider(context: EngineContext): ResourceProvider {
  return {
    types: Object.keys(OWN).map((kind) => `AWS::Chatbot::${kind}`),
    create: async (resource) => {
      const kind = resource.type.split('::').at(-1) ?? '';
      const properties = new Properties(resource).only([...SHARED, ...(OWN[kind] ?? [])]);
      const name = properties.text('ConfigurationName') ?? physicalName(resource, 128);
      context.log(`${resource.type} ${name} has no effect here: no chat is reached from one machine`);
      const arn = `arn:${context.partition}:chatbot::${context.account}:chat-configuration/${kind}/${name}`;
      return { ref: arn, attributes: { Arn: arn } };
    },
  };
}
