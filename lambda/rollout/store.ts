import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import {
  ITEMS,
  type ReleaseHistory,
  type ReleaseRecord,
  type RollbackRecord,
  type ScalingItem,
} from '../../lib/rollout/records';
import { requiredEnv } from '../shared/text';
import { EndpointItems } from './items';
import { EndpointLock } from './lock-item';

/** Lock, history and saved autoscaling of one endpoint. Every write is conditional or may be repeated. */
export class RolloutStore {
  readonly lock: EndpointLock;
  private readonly items: EndpointItems;

  constructor(
    table: string,
    readonly endpoint: string,
    client?: DynamoDBDocumentClient,
  ) {
    this.items = new EndpointItems(table, endpoint, client);
    this.lock = new EndpointLock(this.items);
  }

  /** The store of the function's own endpoint. */
  static fromEnvironment(): RolloutStore {
    return new RolloutStore(requiredEnv(ROLLOUT_ENV.table), requiredEnv(ROLLOUT_ENV.endpoint));
  }

  /** Newest first. */
  async history(): Promise<ReleaseHistory> {
    const [releases, rollbacks] = await Promise.all([
      this.items.list<ReleaseRecord>(ITEMS.releases),
      this.items.list<RollbackRecord>(ITEMS.rollbacks),
    ]);
    return { releases, rollbacks };
  }

  async recordRelease(record: ReleaseRecord): Promise<void> {
    await this.items.put(`${ITEMS.releases}${record.promotedAt}`, record);
  }

  async recordRollback(record: RollbackRecord): Promise<void> {
    await this.items.put(`${ITEMS.rollbacks}${record.at}`, record);
  }

  readScaling(): Promise<ScalingItem | undefined> {
    return this.items.read<ScalingItem>(ITEMS.scaling);
  }

  /** Keeps what is to be put on again. What was saved before and is not back yet stays: it is the older truth. */
  async saveScaling(scaling: ScalingItem): Promise<void> {
    await this.items.put(ITEMS.scaling, scaling, 'attribute_not_exists(savedAt)');
  }

  async clearScaling({ savedAt }: ScalingItem): Promise<void> {
    await this.items.unlessRefused(
      new DeleteCommand({
        ...this.items.key(ITEMS.scaling),
        ConditionExpression: 'savedAt = :savedAt',
        ExpressionAttributeValues: { ':savedAt': savedAt },
      }),
    );
  }
}
