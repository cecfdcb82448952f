import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import { chatMessage } from '../../lib/core/notice/chat';
import type { Notice } from '../../lib/core/notice/notice';
import { emailText } from '../../lib/core/notice/text';
import type { NoticeClaims } from './claim';

export interface Channels {
  /** For e-mail and programs. */
  readonly topicArn: string;
  /** For chats. @default - there are none */
  readonly chatTopicArn?: string;
}

/**
 * Tells a notice on every channel, once for each id: repetitions of an event, also at the same time, are told once. The one
 * exception is a function that dies between the answer of SNS and the note that it was told: the next attempt, which
 * Lambda makes after a minute, tells it again rather than never.
 *
 * @returns whether this call told it
 * @throws BeingTold, or what SNS or DynamoDB say: the event has to be delivered again
 */
export async function publishOnce(
  notice: Notice,
  channels: Channels,
  { claims, sns }: { readonly claims: NoticeClaims; readonly sns: SNSClient },
): Promise<boolean> {
  const { id } = notice;
  const claim = await claims.take(id);
  if (claim === undefined) return false;
  try {
    for (const [channel, message] of Object.entries(messages(notice, channels))) {
      if (claim.told.includes(channel)) continue;
      await sns.send(new PublishCommand(message));
      await claims.told(id, claim, channel);
    }
  } catch (error) {
    await claims.release(id, claim);
    throw error;
  }
  await claims.finish(id, claim);
  return true;
}

/** By channel. Subscriptions can filter on the attributes. */
function messages(notice: Notice, { topicArn, chatTopicArn }: Channels): Readonly<Record<string, PublishCommandInput>> {
  const { severity, event } = notice;
  const MessageAttributes = Object.fromEntries(
    Object.entries({ severity, event }).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  const main: PublishCommandInput = {
    TopicArn: topicArn,
    Subject: notice.subject,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: JSON.stringify(notice), email: emailText(notice) }),
    MessageAttributes,
  };
  if (chatTopicArn === undefined) return { main };
  return {
    main,
    chat: { TopicArn: chatTopicArn, Message: JSON.stringify(chatMessage(notice)), MessageAttributes },
  };
}
