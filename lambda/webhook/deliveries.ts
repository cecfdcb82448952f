import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { RETRAINING_KEYS } from '../../lib/retraining/contract';
import { DELIVERY_PREFIX } from '../../lib/webhook/contract';

const { partition, expiry } = RETRAINING_KEYS;

/** Longer than an invocation takes: after it nobody works on the delivery any more. */
const LEASE_SECONDS = 40;
/** Senders repeat a delivery for a day or so. */
const KEPT_SECONDS = 7 * 24 * 3600;

/** Seconds and digests; neither the id as sent nor the body is kept. */
interface DeliveryItem {
  readonly state: 'taken' | 'published';
  readonly body: string;
  readonly leaseUntil: number;
  readonly [expiry]: number;
}

/**
 * What is to be done with a delivery:
 * `mine` publish it · `published` it was · `taken` somebody is at it · `differs` its id stands for another body
 */
export type Claim = 'mine' | 'published' | 'taken' | 'differs';

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Which deliveries were taken, so that each is published once however often and however concurrently it comes. */
export class Deliveries {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /** @param at milliseconds since the epoch */
  async claim(id: string, body: Uint8Array, at: number): Promise<Claim> {
    const now = Math.floor(at / 1000);
    const item: DeliveryItem = {
      state: 'taken',
      body: sha256(body),
      leaseUntil: now + LEASE_SECONDS,
      [expiry]: now + KEPT_SECONDS,
    };
    const unclaimed = `attribute_not_exists(#item) OR #expiry <= :now`;
    const abandoned = '#state = :taken AND #lease <= :now AND #body = :body';
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { ...this.key(id), ...item },
          ConditionExpression: `${unclaimed} OR (${abandoned})`,
          ExpressionAttributeNames: {
            '#item': partition,
            '#expiry': expiry,
            '#state': 'state',
            '#lease': 'leaseUntil',
            '#body': 'body',
          },
          ExpressionAttributeValues: { ':now': now, ':taken': 'taken', ':body': item.body },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'mine';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return claimOf(error, item.body);
    }
  }

  async published(id: string): Promise<void> {
    await this.change(id, '#state', 'published');
  }

  /** Lets the sender's next try have it at once. */
  async giveBack(id: string): Promise<void> {
    await this.change(id, '#lease', 0);
  }

  private async change(id: string, name: '#state' | '#lease', value: string | number): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.table,
        Key: this.key(id),
        UpdateExpression: `SET ${name} = :value`,
        ExpressionAttributeNames: { [name]: name === '#state' ? 'state' : 'leaseUntil' },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
  }

  private key(id: string): Record<string, string> {
    return { [partition]: `${DELIVERY_PREFIX}${sha256(id)}` };
  }
}

/** What the item says that is there; in doubt somebody is at it. */
function claimOf({ Item: item = {} }: ConditionalCheckFailedException, body: string): Claim {
  if (item.body?.S !== undefined && item.body.S !== body) return 'differs';
  return item.state?.S === 'published' ? 'published' : 'taken';
}
