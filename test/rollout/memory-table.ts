import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Item = Readonly<Record<string, unknown>>;

interface Conditional {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

/**
 * One DynamoDB table behind the real SDK client, with the expressions that rollouts use and no others: an unknown one
 * throws. `store.test.ts` runs the same cases on this table and on the emulator.
 */
export class MemoryTable {
  readonly items = new Map<string, Item>();
  private readonly client = mockClient(DynamoDBDocumentClient);

  /** @param asked told before every call; may throw */
  constructor(asked: (operation: string) => void = () => undefined) {
    const { client, items } = this;
    client.on(GetCommand).callsFake(({ Key }) => {
      asked('GetItem');
      return { Item: items.get(nameOf(Key)) };
    });
    client.on(PutCommand).callsFake((input) => {
      asked('PutItem');
      const before = items.get(nameOf(input.Item));
      check(before, input);
      items.set(nameOf(input.Item), input.Item);
      return input.ReturnValues === 'ALL_OLD' ? { Attributes: before } : {};
    });
    client.on(DeleteCommand).callsFake((input) => {
      asked('DeleteItem');
      check(items.get(nameOf(input.Key)), input);
      items.delete(nameOf(input.Key));
      return {};
    });
    client.on(UpdateCommand).callsFake((input) => {
      asked('UpdateItem');
      const before = items.get(nameOf(input.Key));
      check(before, input);
      const after = update(before ?? input.Key, input);
      items.set(nameOf(input.Key), after);
      return { Attributes: after };
    });
    client.on(QueryCommand).callsFake((input) => {
      asked('Query');
      if (input.KeyConditionExpression !== 'endpoint = :endpoint AND begins_with(#item, :prefix)')
        throw new Error(`unknown query ${input.KeyConditionExpression}`);
      const { ':endpoint': endpoint, ':prefix': prefix } = input.ExpressionAttributeValues;
      const start = `${endpoint}\n${prefix}`;
      const names = [...items.keys()].filter((name) => name.startsWith(start)).sort();
      return { Items: (input.ScanIndexForward === false ? names.reverse() : names).map((name) => items.get(name)) };
    });
  }

  restore(): void {
    this.client.restore();
  }
}

const nameOf = ({ endpoint, item }: Item): string => `${endpoint}\n${item}`;

function check(item: Item | undefined, input: Conditional): void {
  const { ConditionExpression: condition } = input;
  if (condition === undefined) return;
  const holds = condition
    .split(' OR ')
    .some((clause) => clause.split(' AND ').every((term) => test(item, term, input)));
  if (!holds) throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
}

function test(item: Item | undefined, term: string, { ExpressionAttributeValues: values }: Conditional): boolean {
  const absent = /^attribute_not_exists\((\w+)\)$/.exec(term)?.[1];
  if (absent !== undefined) return item?.[absent] === undefined;
  const [, name, value] = /^(\w+) = (:\w+)$/.exec(term) ?? [];
  if (name === undefined || value === undefined) throw new Error(`unknown condition ${term}`);
  return item !== undefined && item[name] === values?.[value];
}

function update(item: Item, input: Conditional & { readonly UpdateExpression?: string }): Item {
  const expression = input.UpdateExpression ?? '';
  const [, sets, removes] = /^(?:SET (.*)|REMOVE (.*))$/.exec(expression) ?? [];
  if (sets === undefined && removes === undefined) throw new Error(`unknown update ${expression}`);
  const after: Record<string, unknown> = { ...item };
  for (const [, name = '', value = ''] of (sets ?? '').matchAll(/([#\w]+) = (if_not_exists\([^)]*\)|:\w+)/g)) {
    const attribute = input.ExpressionAttributeNames?.[name] ?? name;
    const [, existing, fallback] = /^if_not_exists\((\w+), (:\w+)\)$/.exec(value) ?? [];
    const given = input.ExpressionAttributeValues?.[fallback ?? value];
    if (given === undefined) throw new Error(`unknown value in ${input.UpdateExpression}`);
    after[attribute] = (existing === undefined ? undefined : item[existing]) ?? given;
  }
  for (const name of removes?.split(', ') ?? []) delete after[input.ExpressionAttributeNames?.[name] ?? name];
  return after;
}
