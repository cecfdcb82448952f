import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { RETRAINING_KEYS } from '../../lib/retraining/contract';

/** What a monitor remembers, with the version that a change must still find. */
export interface Remembered<T> {
  /** 0: there is nothing yet. */
  readonly version: number;
  readonly state: T | undefined;
}

/** One item of the retraining table with a monitor's memory as JSON text. Writes are conditional on what was read. */
export class MonitorMemory<T> {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
    private readonly item: string,
  ) {}

  async read(): Promise<Remembered<T>> {
    const Key = { [RETRAINING_KEYS.partition]: this.item };
    const { Item } = await this.client.send(new GetCommand({ TableName: this.table, Key, ConsistentRead: true }));
    if (Item === undefined) return { version: 0, state: undefined };
    return { version: Number(Item.version), state: JSON.parse(String(Item.state)) as T };
  }

  /** @returns the version as it is now; undefined where somebody else has written since */
  async write(version: number, state: T): Promise<number | undefined> {
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { [RETRAINING_KEYS.partition]: this.item, version: version + 1, state: JSON.stringify(state) },
          ...(version === 0
            ? {
                ConditionExpression: 'attribute_not_exists(#item)',
                ExpressionAttributeNames: { '#item': RETRAINING_KEYS.partition },
              }
            : {
                ConditionExpression: '#version = :version',
                ExpressionAttributeNames: { '#version': 'version' },
                ExpressionAttributeValues: { ':version': version },
              }),
        }),
      );
      return version + 1;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}
