import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';

export const documents = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

const OWN_CLIENT = documents(new DynamoDBClient({}));

/** One item of an endpoint, as DynamoDB addresses it. */
export interface ItemKey {
  readonly TableName: string;
  readonly Key: { readonly endpoint: string; readonly item: string };
}

/** The items of one endpoint in the table of its application. Reads are consistent. */
export class EndpointItems {
  constructor(
    private readonly table: string,
    readonly endpoint: string,
    private readonly client: DynamoDBDocumentClient = OWN_CLIENT,
  ) {}

  key(item: string): ItemKey {
    return { TableName: this.table, Key: { endpoint: this.endpoint, item } };
  }

  async read<T>(item: string): Promise<T | undefined> {
    const { Item } = await this.client.send(new GetCommand({ ...this.key(item), ConsistentRead: true }));
    return Item as T | undefined;
  }

  /** @param condition what must hold of the item there is. @default - nothing @returns false if it did not hold */
  async put(item: string, content: object, condition?: string): Promise<boolean> {
    const { TableName, Key } = this.key(item);
    const Item = { ...content, ...Key };
    return this.unlessRefused(new PutCommand({ TableName, Item, ConditionExpression: condition }));
  }

  /** @returns the item as it is now; undefined if the condition did not hold */
  async update<T>(item: string, input: Omit<UpdateCommandInput, keyof ItemKey>): Promise<T | undefined> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({ ...this.key(item), ...input, ReturnValues: 'ALL_NEW' }),
      );
      return Attributes as T;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** @returns false if the condition did not hold */
  async unlessRefused(command: PutCommand | DeleteCommand): Promise<boolean> {
    try {
      await this.client.send(command as PutCommand);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Items whose name begins so, the last name first. */
  async list<T>(prefix: string): Promise<readonly T[]> {
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
}
