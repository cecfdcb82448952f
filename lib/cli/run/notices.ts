import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
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

  /** Takes all notices that arrived since the last call, oldest first. */
  async take(): Promise<readonly string[]> {
    const notices: string[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.queueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return notices;
      for (const { Body = '{}', ReceiptHandle } of Messages) {
        notices.push(String((JSON.parse(Body) as { Message?: string }).Message ?? ''));
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queueUrl, ReceiptHandle }));
      }
    }
  }

  close(): void {
    this.sqs.destroy();
  }
}
