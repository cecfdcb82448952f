import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { ITEMS, type LockItem, type RolloutMark } from '../../lib/rollout/records';
import type { EndpointItems } from './items';

/** Somebody else holds the endpoint: whatever was about to be done must not be. State machines match on the name. */
export class LockLost extends Error {
  override readonly name = 'LockLost';
}

/** Who has the endpoint, and the rollout that has not come to an end; either may be there without the other. */
export interface LockState {
  readonly lock?: LockItem;
  readonly mark?: RolloutMark;
}

export type LockAnswer =
  | { readonly taken: true; readonly lock: LockItem; readonly mark?: RolloutMark }
  | { readonly taken: false; readonly held: LockItem };

/** As the table has it. */
type Stored = Partial<LockItem> & { readonly mark?: string };

const HOLDER = 'holder = :holder';

/**
 * The lock of one endpoint. With it lies the mark of the rollout that changes the endpoint; it stays when the lock is
 * given back or taken over, until somebody has written down how that rollout ended.
 */
export class EndpointLock {
  constructor(private readonly items: EndpointItems) {}

  async read(): Promise<LockState> {
    return stateOf(await this.items.read<Stored>(ITEMS.lock));
  }

  /** Takes the lock if it is free, or was taken by this holder before: then it keeps its time. */
  take(wish: LockItem): Promise<LockAnswer> {
    return this.set(wish, `attribute_not_exists(holder) OR ${HOLDER}`, 'if_not_exists(since, :since)', {});
  }

  /** Takes the lock from a holder that is known to have ended. */
  takeOver(wish: LockItem, ended: LockItem): Promise<LockAnswer> {
    const old = { ':old': ended.holder, ':oldSince': ended.since };
    return this.set(wish, 'holder = :old AND since = :oldSince', ':since', old);
  }

  /** Gives the lock back; one that somebody else holds stays, and so does a mark. */
  async release(holder: string): Promise<void> {
    const values = { ':holder': holder };
    const gone = await this.items.unlessRefused(
      new DeleteCommand({
        ...this.items.key(ITEMS.lock),
        ConditionExpression: `${HOLDER} AND attribute_not_exists(mark)`,
        ExpressionAttributeValues: values,
      }),
    );
    if (gone) return;
    await this.items.update(ITEMS.lock, {
      UpdateExpression: 'REMOVE holder, runId, since, #action',
      ConditionExpression: HOLDER,
      ExpressionAttributeNames: { '#action': 'action' },
      ExpressionAttributeValues: values,
    });
  }

  /** @throws LockLost unless `holder` has the lock */
  async require(holder: string): Promise<void> {
    const { lock } = await this.read();
    if (lock?.holder !== holder) throw this.lost(lock);
  }

  /** Writes how far the holder has come. @throws LockLost */
  mark(holder: string, mark: RolloutMark): Promise<void> {
    // As text: evidence may be smaller than the numbers that DynamoDB takes.
    return this.change(holder, 'SET mark = :mark', { ':mark': JSON.stringify(mark) });
  }

  /** The rollout has an end that is on record. @throws LockLost */
  unmark(holder: string): Promise<void> {
    return this.change(holder, 'REMOVE mark', {});
  }

  private async change(holder: string, expression: string, values: Readonly<Record<string, string>>): Promise<void> {
    const changed = await this.items.update(ITEMS.lock, {
      UpdateExpression: expression,
      ConditionExpression: HOLDER,
      ExpressionAttributeValues: { ':holder': holder, ...values },
    });
    if (changed === undefined) throw this.lost((await this.read()).lock);
  }

  private async set(
    wish: LockItem,
    condition: string,
    since: string,
    values: Readonly<Record<string, string>>,
  ): Promise<LockAnswer> {
    const { holder, runId, action } = wish;
    const stored = await this.items.update<Stored>(ITEMS.lock, {
      UpdateExpression: `SET holder = :holder, runId = :runId, since = ${since}, #action = :action`,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#action': 'action' },
      ExpressionAttributeValues: {
        ':holder': holder,
        ':runId': runId,
        ':since': wish.since,
        ':action': action,
        ...values,
      },
    });
    const { lock, mark } = stateOf(stored);
    if (lock !== undefined) return { taken: true, lock, ...(mark === undefined ? {} : { mark }) };
    const { lock: held } = await this.read();
    // Given back between the two calls: free now.
    return held === undefined ? this.take(wish) : { taken: false, held };
  }

  private lost(lock: LockItem | undefined): LockLost {
    const { endpoint } = this.items;
    return new LockLost(
      lock === undefined
        ? `endpoint ${endpoint} is no longer locked by this execution: the lock was taken away`
        : `endpoint ${endpoint} was taken over by the ${lock.action} of run ${lock.runId} (${lock.holder})`,
    );
  }
}

function stateOf(stored: Stored | undefined): LockState {
  const { holder, runId, since, action, mark } = stored ?? {};
  const held = holder !== undefined && runId !== undefined && since !== undefined && action !== undefined;
  return {
    ...(held ? { lock: { holder, runId, since, action } } : {}),
    ...(mark === undefined ? {} : { mark: JSON.parse(mark) as RolloutMark }),
  };
}
