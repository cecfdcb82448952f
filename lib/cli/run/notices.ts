import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { NOTICE_SCHEMA, type Notice } from '../../core/notice/notice';
import type { AwsClientConfig } from '../../local/engine/aws';

const QUEUE = 'assay-run-notices';

/** A subscriber of the notice topic: what a team reads in its mail, the command shows as the run's reason. */
export class NoticeBox {
  private constructor(
    private readonly sqs: SQSClient,
    private readonly queueUrl: string,
  ) {}

  static async open(config: AwsClientConfig, topicArn: string): Promise<NoticeBox> {
    const sqs = new SQSClient(config);
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const sns = new SNSClient(config);
    try {
      const Endpoint = Attributes?.QueueArn ?? '';
      await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint }));
    } finally {
      sns.destroy();
    }
    return new NoticeBox(sqs, QueueUrl);
  }

  /** Takes all notices that arrived since the last call, oldest first; requests for approval are left out. */
  async take(): Promise<readonly Notice[]> {
    const notices: Notice[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.queueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return notices;
      for (const { Body = '{}', ReceiptHandle } of Messages) {
        const notice = readNotice(Body);
        if (notice !== undefined) notices.push(notice);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queueUrl, ReceiptHandle }));
      }
    }
  }

  close(): void {
    this.sqs.destroy();
  }
}

/** The notice in a message of the topic; undefined for what CodePipeline itself tells. */
function readNotice(body: string): Notice | undefined {
  const { Message = '{}' } = JSON.parse(body) as { readonly Message?: string };
  const told = JSON.parse(Message) as Partial<Notice>;
  return told.schema === NOTICE_SCHEMA ? (told as Notice) : undefined;
}
