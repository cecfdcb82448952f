import { chatbotProvider } from '../../../lib/local/provision/providers/chatbot';
import { machine } from '../codebuild/harness';

test('a chat channel has no effect, which the log says by its name; what it does not know it refuses', async () => {
  const { context, log, close } = machine();
  const provider = chatbotProvider(context);
  const create = (properties: object) =>
    provider.create({
      logicalId: 'Slack',
      stack: 'Churn-Pipeline',
      type: 'AWS::Chatbot::SlackChannelConfiguration',
      properties: { ConfigurationName: 'churn-slack', SlackWorkspaceId: 'T1', SlackChannelId: 'C1', ...properties },
    });
  expect(await create({})).toEqual({
    ref: 'arn:aws:chatbot::123456789012:chat-configuration/SlackChannelConfiguration/churn-slack',
    attributes: { Arn: expect.any(String) },
  });
  expect(log).toEqual([expect.stringContaining('AWS::Chatbot::SlackChannelConfiguration churn-slack has no effect')]);
  await expect(create({ UserRoleRequired: true })).rejects.toThrow('does not support UserRoleRequired');
  await close();
});
