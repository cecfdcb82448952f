import { Stack } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Channels of chats. Their workspaces and teams are authorized once, in the console. */
export interface ChatChannels {
  /** @default - none */
  readonly slack?: { readonly workspaceId: string; readonly channelId: string } | undefined;
  /** @default - none */
  readonly teams?: { readonly tenantId: string; readonly teamId: string; readonly channelId: string } | undefined;
}

export interface ChatProps {
  readonly application: string;
  readonly channels: ChatChannels;
}

/**
 * Notices in Slack or Microsoft Teams, through Amazon Q Developer in chat applications (formerly AWS Chatbot). It shows
 * messages of its own schema alone, so it has a topic of its own. Whoever writes in the channel may look, at most: a
 * channel without guardrails would take the policy AdministratorAccess.
 */
export class Chat extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { application, channels }: ChatProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: `Assay ${application} chat`,
      enforceSSL: true,
      masterKey: Alias.fromAliasName(this, 'TopicKey', 'alias/aws/sns'),
    });
    const role = new Role(this, 'Role', {
      description: 'What the chat channels may do: nothing',
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
    });
    const shared = {
      iamRoleArn: role.roleArn,
      snsTopicArns: [this.topic.topicArn],
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess').managedPolicyArn],
      loggingLevel: 'ERROR',
    };
    // Names have to be unique in the account.
    const { stackName } = Stack.of(this);
    const { slack, teams } = channels;
    if (slack !== undefined) {
      new CfnSlackChannelConfiguration(this, 'Slack', {
        ...shared,
        configurationName: `${stackName}-slack`,
        slackWorkspaceId: slack.workspaceId,
        slackChannelId: slack.channelId,
      });
    }
    if (teams !== undefined) {
      new CfnMicrosoftTeamsChannelConfiguration(this, 'Teams', {
        ...shared,
        configurationName: `${stackName}-teams`,
        teamsTenantId: teams.tenantId,
        teamId: teams.teamId,
        teamsChannelId: teams.channelId,
      });
    }
  }
}
