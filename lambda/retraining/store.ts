import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import {
  NEW_STATE,
  type RetrainingDecision,
  type RetrainingState,
  type RetrainingStep,
} from '../../lib/core/retraining/state';
import type { Trigger } from '../../lib/core/retraining/trigger';
import { type KeyItem, RETRAINING_KEYS, TRIGGER_ITEMS } from '../../lib/retraining/contract';

/** How long a key is known: a repetition after that is a new request. */
const KEY_SECONDS = 30 * 24 * 3600;
/** Writers that meet try again this often. Each round lets at least one of them through. */
const ATTEMPTS = 16;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 6000;

/** The request that a change answers. */
export interface NewKey {
  readonly trigger: Trigger;
  /** Milliseconds since the epoch: the time of the request. */
  readonly now: number;
}

interface Stored {
  readonly version: number;
  readonly state: string;
}

type Written = 'written' | 'known' | 'overtaken';

/**
 * The state of the triggers: one item with a version, and one for each key that was ever asked with. A change and its key
 * are written together or not at all.
 */
export class TriggerStore {
  constructor(
    private readonly table: string,
    private readonly client: DynamoDBDocumentClient,
  ) {}

  async read(): Promise<RetrainingState> {
    return (await this.load()).state;
  }

  /** What became of the first request with the key; undefined if there was none. */
  async readKey(key: string): Promise<KeyItem | undefined> {
    const Key = { [RETRAINING_KEYS.partition]: keyItemName(key) };
    const { Item } = await this.client.send(new GetCommand({ TableName: this.table, Key, ConsistentRead: true }));
    return Item as KeyItem | undefined;
  }

  /**
   * Changes the state, as often as it takes until nobody else did meanwhile.
   * @param key of the request; @returns `known` if there was a request with it before: then nothing was changed
   */
  async change(step: (state: RetrainingState) => RetrainingStep, key?: NewKey): Promise<RetrainingStep | 'known'> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { state, version } = await this.load();
      const next = step(state);
      if (key === undefined && JSON.stringify(next.state) === JSON.stringify(state)) return next;
      const decision = next.decisions.find(({ trigger }) => trigger.key === key?.trigger.key);
      const written = await this.write(next.state, version, key, decision);
      if (written === 'known') return 'known';
      if (written === 'written') return next;
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
    }
    throw new Error(`the state of the triggers in ${this.table} was changed by others ${ATTEMPTS} times in a row`);
  }

  private async load(): Promise<{ readonly state: RetrainingState; readonly version: number }> {
    const Key = { [RETRAINING_KEYS.partition]: TRIGGER_ITEMS.state };
    const { Item } = await this.client.send(new GetCommand({ TableName: this.table, Key, ConsistentRead: true }));
    if (Item === undefined) return { state: NEW_STATE, version: 0 };
    const { state, version } = Item as Stored;
    return { state: JSON.parse(state) as RetrainingState, version };
  }

  private async write(
    state: RetrainingState,
    version: number,
    key: NewKey | undefined,
    decision: RetrainingDecision | undefined,
  ): Promise<Written> {
    const names = { '#item': RETRAINING_KEYS.partition };
    const put = {
      TableName: this.table,
      // As text: one attribute, whatever the state comes to hold.
      Item: {
        [RETRAINING_KEYS.partition]: TRIGGER_ITEMS.state,
        version: version + 1,
        state: JSON.stringify(state),
      },
      ConditionExpression: version === 0 ? 'attribute_not_exists(#item)' : '#item = :item AND version = :version',
      ExpressionAttributeNames: names,
      ...(version === 0 ? {} : { ExpressionAttributeValues: { ':item': TRIGGER_ITEMS.state, ':version': version } }),
    };
    const TransactItems = [{ Put: put }, ...(key === undefined ? [] : [{ Put: this.keyItem(key, decision) }])];
    try {
      await this.client.send(new TransactWriteCommand({ TransactItems }));
      return 'written';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [ofState, ofKey] = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      if (ofKey === 'ConditionalCheckFailed') return 'known';
      if ([ofState, ofKey].some((code) => code !== undefined && OVERTAKEN.includes(code))) return 'overtaken';
      throw error;
    }
  }

  private keyItem({ trigger, now }: NewKey, decided: RetrainingDecision | undefined) {
    const { kind, reason, at, key } = trigger;
    const seconds = Math.floor(now / 1000);
    const item: KeyItem = { kind, reason, at, ...(decided === undefined ? {} : { decision: shortened(decided) }) };
    return {
      TableName: this.table,
      Item: {
        [RETRAINING_KEYS.partition]: keyItemName(key),
        ...item,
        [RETRAINING_KEYS.expiry]: seconds + KEY_SECONDS,
      },
      // DynamoDB deletes what has expired some time after it did.
      ConditionExpression: 'attribute_not_exists(#item) OR #expiry <= :now',
      ExpressionAttributeNames: { '#item': RETRAINING_KEYS.partition, '#expiry': RETRAINING_KEYS.expiry },
      ExpressionAttributeValues: { ':now': seconds },
    };
  }
}

const OVERTAKEN: readonly string[] = ['ConditionalCheckFailed', 'TransactionConflict'];

const shortened = ({ decision, reason, until }: RetrainingDecision): NonNullable<KeyItem['decision']> => ({
  decision,
  reason,
  ...(until === undefined ? {} : { until }),
});

const keyItemName = (key: string): string => `${TRIGGER_ITEMS.keys}${sha256(key)}`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
