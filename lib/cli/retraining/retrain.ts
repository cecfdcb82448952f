import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { TriggerStore } from '../../../lambda/retraining/store';
import type { StartingRun } from '../../core/retraining/state';
import type { Trigger } from '../../core/retraining/trigger';
import { ASSAY_EVENTS, type KeyItem, type RetrainingEvent } from '../../retraining/contract';
import { EXIT, Refused } from '../exit';
import { type ApplicationOptions, applicationConfig } from '../rollout/application';
import { locateRetraining } from '../rollout/location';
import { retrainingClients } from './clients';

export interface RetrainOptions extends ApplicationOptions {
  readonly reason?: string;
  readonly force?: true;
}

/** What `assay retrain --json` prints. */
export interface RetrainDocument {
  readonly schema: 'assay.retrain/1';
  readonly key: string;
  readonly decision: 'started' | 'waits';
  readonly reason: string;
  /** Pipeline execution id. */
  readonly runId?: string;
  /** When it can start at the earliest, ISO 8601, where that is known. */
  readonly until?: string;
}

/** How long the decision is waited for: functions are called within seconds. */
const PATIENCE_MS = 60_000;
/** Events tell time to the second. */
const SECOND_MS = 1000;

/** `assay retrain`. @returns 0 when a run was started, 2 when the request waits @throws Refused without a decision */
export async function retrain({ reason = 'asked for by hand', force, ...options }: RetrainOptions): Promise<number> {
  const config = applicationConfig(options);
  const clients = retrainingClients(config.region);
  const location = await locateRetraining(clients.ssm, config);
  const { Arn } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const event: RetrainingEvent = {
    application: config.application,
    kind: 'manual',
    reason,
    at: new Date().toISOString(),
    key: `manual/${randomUUID()}`,
    ...(Arn === undefined ? {} : { by: Arn }),
    ...(force === true ? { force } : {}),
  };
  await ask(clients.eventbridge, event);
  const document = await followDecision(clients.store(location), event.key);
  if (document === undefined) {
    throw new Refused(
      `nobody decided about the request within ${PATIENCE_MS / 1000} s; it is not lost: "assay triggers" tells, and docs/runbook.md#triggers-undelivered says where to look`,
    );
  }
  process.stdout.write(options.json === true ? `${JSON.stringify(document, null, 2)}\n` : `${describe(document)}\n`);
  return document.decision === 'started' ? EXIT.pass : EXIT.inconclusive;
}

async function ask(eventbridge: EventBridgeClient, event: RetrainingEvent): Promise<void> {
  const Entry = { Source: ASSAY_EVENTS.source, DetailType: ASSAY_EVENTS.requested, Detail: JSON.stringify(event) };
  const { FailedEntryCount = 0, Entries = [] } = await eventbridge.send(new PutEventsCommand({ Entries: [Entry] }));
  if (FailedEntryCount > 0) throw new Refused(`the event bus refused the request: ${Entries[0]?.ErrorMessage}`);
}

/**
 * Follows a request until a run answers it or it waits.
 * @returns undefined if nothing was decided in time
 */
export async function followDecision(
  store: Pick<TriggerStore, 'read' | 'readKey'>,
  key: string,
  { everyMs = 500, patienceMs = PATIENCE_MS } = {},
): Promise<RetrainDocument | undefined> {
  for (let waited = 0; waited <= patienceMs; waited += everyMs) {
    const found = await decisionOf(store, key);
    if (found !== undefined) return found;
    await pause(everyMs);
  }
  return undefined;
}

async function decisionOf(
  store: Pick<TriggerStore, 'read' | 'readKey'>,
  key: string,
): Promise<RetrainDocument | undefined> {
  const item = await store.readKey(key);
  if (item === undefined) return undefined;
  const about = { schema: 'assay.retrain/1', key } as const;
  const { runs, starting } = await store.read();
  const answers = ({ trigger, at }: StartingRun): boolean =>
    trigger.key === key || (Date.parse(at) >= Date.parse(item.at) - SECOND_MS && names(trigger, item));
  const run = runs.find(({ trigger, startedAt }) => answers({ trigger, at: startedAt }));
  if (run !== undefined) return { ...about, decision: 'started', reason: run.trigger.reason, runId: run.id };
  if (starting !== undefined && answers(starting)) return undefined;
  const { reason, until } = item.decision ?? { reason: 'it is answered together with others' };
  return { ...about, decision: 'waits', reason, ...(until === undefined ? {} : { until }) };
}

/** Whether a run that was started for another reason answers the request as well. Its record cuts long reasons. */
const names = ({ also = [] }: Trigger, { kind, reason }: KeyItem): boolean =>
  also.some((other) => other.kind === kind && reason.startsWith(other.reason));

function describe({ decision, reason, runId, until }: RetrainDocument): string {
  if (decision === 'started') return `run ${runId} was started: ${reason}`;
  return `the request waits: ${reason}${until === undefined ? '' : `; it can start at ${until}`}`;
}
