import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { noticeKey } from '../../lib/observability/contract';
import { RETRAINING_KEYS } from '../../lib/retraining/contract';

/** Longer than publishing takes with all its attempts, shorter than the minute after which Lambda tries a function again. */
export const LEASE_MS = 30_000;

/** Events are delivered again for a day at most. */
const KEPT_SECONDS = 30 * 86_400;

/** Another delivery of the event is being told right now, or was when it died. The next attempt finds out. */
export class BeingTold extends Error {
  override readonly name = 'BeingTold';
}

/** The right to tell a notice, for as long as the lease lasts. */
export interface Claim {
  readonly holder: string;
  /** Channels that an earlier holder, who did not get to the end, has told already. */
  readonly told: readonly string[];
}

interface NoticeItem {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly leaseUntil: number;
  readonly told: readonly string[];
  readonly done?: true;
}

/** Which notices were told: one item for each, in the retraining table. */
export class NoticeClaims {
  constructor(
    private readonly table: string,
    private readonly client: DynamoDBDocumentClient,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Claims a notice.
   * @returns undefined if it was told
   * @throws BeingTold if another holder's lease has not ended
   */
  async take(id: string): Promise<Claim | undefined> {
    const holder = randomUUID();
    if (await this.takeNew(id, holder)) return { holder, told: [] };
    const left = await this.takeLeft(id, holder);
    if (left !== undefined) return { holder, told: left };
    const { Item } = await this.client.send(new GetCommand({ ...this.key(id), ConsistentRead: true }));
    const item = Item as NoticeItem | undefined;
    if (item?.done === true) return undefined;
    throw new BeingTold(`notice ${id} is being told by another delivery of its event`);
  }

  /** Nobody has seen it, or it was so long ago that the item is only waiting to be removed. */
  private takeNew(id: string, holder: string): Promise<boolean> {
    const { TableName, Key } = this.key(id);
    const seconds = Math.floor(this.now() / 1000);
    const item: NoticeItem = { holder, leaseUntil: this.now() + LEASE_MS, told: [] };
    return unlessRefused(
      this.client.send(
        new PutCommand({
          TableName,
          Item: { ...Key, ...item, [RETRAINING_KEYS.expiry]: seconds + KEPT_SECONDS },
          ConditionExpression: 'attribute_not_exists(#item) OR #expiry <= :seconds',
          ExpressionAttributeNames: { '#item': RETRAINING_KEYS.partition, '#expiry': RETRAINING_KEYS.expiry },
          ExpressionAttributeValues: { ':seconds': seconds },
        }),
      ),
    ).then((answer) => answer !== undefined);
  }

  /** Whoever had it died or failed before the end. */
  private async takeLeft(id: string, holder: string): Promise<readonly string[] | undefined> {
    const answer = await unlessRefused(
      this.client.send(
        new UpdateCommand({
          ...this.key(id),
          UpdateExpression: 'SET holder = :holder, leaseUntil = :until',
          ConditionExpression: 'attribute_not_exists(done) AND leaseUntil <= :now',
          ExpressionAttributeValues: { ':holder': holder, ':until': this.now() + LEASE_MS, ':now': this.now() },
          ReturnValues: 'ALL_NEW',
        }),
      ),
    );
    return (answer?.Attributes as NoticeItem | undefined)?.told;
  }

  /** Writes down that a channel was told, unless the claim has gone to another. */
  async told(id: string, { holder }: Claim, channel: string): Promise<void> {
    await this.change(id, holder, 'SET told = list_append(told, :channel)', { ':channel': [channel] });
  }

  /** Writes down that all channels were told: there will be no other claim. */
  async finish(id: string, { holder }: Claim): Promise<void> {
    await this.change(id, holder, 'SET done = :done', { ':done': true });
  }

  /** Ends the lease before its time, after a failure that was noticed. */
  async release(id: string, { holder }: Claim): Promise<void> {
    await this.change(id, holder, 'SET leaseUntil = :never', { ':never': 0 });
  }

  private async change(id: string, holder: string, update: string, values: Record<string, unknown>): Promise<void> {
    await unlessRefused(
      this.client.send(
        new UpdateCommand({
          ...this.key(id),
          UpdateExpression: update,
          ConditionExpression: 'holder = :holder',
          ExpressionAttributeValues: { ...values, ':holder': holder },
        }),
      ),
    );
  }

  private key(id: string) {
    return { TableName: this.table, Key: { [RETRAINING_KEYS.partition]: noticeKey(id) } };
  }
}

/** @returns undefined if the condition did not hold */
async function unlessRefused<T>(sending: Promise<T>): Promise<T | undefined> {
  try {
    return await sending;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
