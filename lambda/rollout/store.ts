import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import {
  ITEMS,
  type LockItem,
  type ReleaseHistory,
  type ReleaseRecord,
  type RollbackRecord,
  type RolloutMark,
  type ScalingItem,
} from '../../lib/rollout/records';
import { requiredEnv } from '../shared/text';

/** Somebody else holds the endpoint: whatever was about to be done must not be. State machines match on the name. */
export class LockLost extends Error {
  override readonly name = 'LockLost';
}

export type LockAnswer =
  | { readonly taken: true; readonly lock: LockItem }
  | { readonly taken: false; readonly held: LockItem };

export type LockWish = Omit<LockItem, 'mark'>;

export const documents = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

const OWN_CLIENT = documents(new DynamoDBClient({}));

/** Lock, history and saved autoscaling of one endpoint. Every write is conditional or may be repeated. */
export class RolloutStore {
  constructor(
    private readonly table: string,
    readonly endpoint: string,
    private readonly client: DynamoDBDocumentClient = OWN_CLIENT,
  ) {}

  /** The store of the function's own endpoint. */
  static fromEnvironment(): RolloutStore {
    return new RolloutStore(requiredEnv(ROLLOUT_ENV.table), requiredEnv(ROLLOUT_ENV.endpoint));
  }

  readLock(): Promise<LockItem | undefined> {
    return this.read<LockItem>(ITEMS.lock);
  }

  /** Takes the lock if it is free, or was taken by this holder before: then it keeps its time and its mark. */
  async takeLock(wish: LockWish): Promise<LockAnswer> {
    return this.setLock(wish, 'attribute_not_exists(holder) OR holder = :holder', {});
  }

  /** Takes the lock from a holder that is known to have ended; its mark stays only within the same run. */
  async takeOver(wish: LockWish, ended: LockItem): Promise<LockAnswer> {
    const condition = 'holder = :old AND since = :oldSince';
    return this.setLock(wish, condition, { ':old': ended.holder, ':oldSince': ended.since }, ended);
  }

  /** Gives the lock back; one that somebody else holds stays. */
  async releaseLock(holder: string): Promise<void> {
    await this.unlessRefused(
      new DeleteCommand({
        TableName: this.table,
        Key: this.key(ITEMS.lock),
        ConditionExpression: 'holder = :holder',
        ExpressionAttributeValues: { ':holder': holder },
      }),
    );
  }

  /** @throws LockLost unless `holder` has the lock */
  async requireLock(holder: string): Promise<void> {
    const lock = await this.readLock();
    if (lock?.holder !== holder) throw lost(this.endpoint, lock);
  }

  /** Writes how far the holder has come. @throws LockLost */
  async markLock(holder: string, mark: RolloutMark): Promise<void> {
    const marked = await this.unlessRefused(
      new UpdateCommand({
        TableName: this.table,
        Key: this.key(ITEMS.lock),
        UpdateExpression: 'SET mark = :mark',
        ConditionExpression: 'holder = :holder',
        ExpressionAttributeValues: { ':holder': holder, ':mark': mark },
      }),
    );
    if (!marked) throw lost(this.endpoint, await this.readLock());
  }

  /** Newest first. */
  async history(): Promise<ReleaseHistory> {
    const [releases, rollbacks] = await Promise.all([
      this.list<ReleaseRecord>(ITEMS.releases),
      this.list<RollbackRecord>(ITEMS.rollbacks),
    ]);
    return { releases, rollbacks };
  }

  async recordRelease(record: ReleaseRecord): Promise<void> {
    await this.write(`${ITEMS.releases}${record.promotedAt}`, record);
  }

  async recordRollback(record: RollbackRecord): Promise<void> {
    await this.write(`${ITEMS.rollbacks}${record.at}`, record);
  }

  readScaling(): Promise<ScalingItem | undefined> {
    return this.read<ScalingItem>(ITEMS.scaling);
  }

  /** Keeps what is to be put on again. What was saved before and is not back yet stays: it is the older truth. */
  async saveScaling(scaling: ScalingItem): Promise<void> {
    const Item = { ...this.key(ITEMS.scaling), ...scaling };
    await this.unlessRefused(
      new PutCommand({ TableName: this.table, Item, ConditionExpression: 'attribute_not_exists(savedAt)' }),
    );
  }

  async clearScaling({ savedAt }: ScalingItem): Promise<void> {
    await this.unlessRefused(
      new DeleteCommand({
        TableName: this.table,
        Key: this.key(ITEMS.scaling),
        ConditionExpression: 'savedAt = :savedAt',
        ExpressionAttributeValues: { ':savedAt': savedAt },
      }),
    );
  }

  private key(item: string): { endpoint: string; item: string } {
    return { endpoint: this.endpoint, item };
  }

  private async setLock(
    wish: LockWish,
    condition: string,
    values: Readonly<Record<string, string>>,
    ended?: LockItem,
  ): Promise<LockAnswer> {
    // Only another run forgets how far the last one had come, and only a new holder has a new time.
    const since = ended === undefined ? 'if_not_exists(since, :since)' : ':since';
    const forget = ended !== undefined && ended.runId !== wish.runId ? ' REMOVE mark' : '';
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.table,
          Key: this.key(ITEMS.lock),
          UpdateExpression: `SET holder = :holder, runId = :runId, since = ${since}, #action = :action${forget}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#action': 'action' },
          ExpressionAttributeValues: {
            ':holder': wish.holder,
            ':runId': wish.runId,
            ':since': wish.since,
            ':action': wish.action,
            ...values,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { taken: true, lock: Attributes as LockItem };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const held = await this.readLock();
      // Given back between the two calls: free now.
      return held === undefined ? this.takeLock(wish) : { taken: false, held };
    }
  }

  private async read<T>(item: string): Promise<T | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: this.key(item), ConsistentRead: true }),
    );
    return Item as T | undefined;
  }

  private async write(item: string, record: object): Promise<void> {
    await this.client.send(new PutCommand({ TableName: this.table, Item: { ...record, ...this.key(item) } }));
  }

  private async list<T>(prefix: string): Promise<readonly T[]> {
    const items: T[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.table,
        KeyConditionExpression: 'endpoint = :endpoint AND begins_with(#item, :prefix)',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':endpoint': this.endpoint, ':prefix': prefix },
        ConsistentRead: true,
        ScanIndexForward: false,
      },
    );
    for await (const page of pages) items.push(...((page.Items ?? []) as T[]));
    return items;
  }

  /** @returns false if the condition did not hold */
  private async unlessRefused(command: PutCommand | UpdateCommand | DeleteCommand): Promise<boolean> {
    try {
      await this.client.send(command as PutCommand);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

const lost = (endpoint: string, lock: LockItem | undefined): LockLost =>
  new LockLost(
    lock === undefined
      ? `endpoint ${endpoint} is no longer locked by this execution: the lock was taken away`
      : `endpoint ${endpoint} was taken over by the ${lock.action} of run ${lock.runId} (${lock.holder})`,
  );
