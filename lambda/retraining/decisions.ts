import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { RetrainingDecision } from '../../lib/core/retraining/state';
import { ASSAY_EVENTS, type DecidedEvent } from '../../lib/retraining/contract';
import { sha256 } from './store';

/** Most entries of one PutEvents. */
const BATCH = 10;

/** Tells the bus what became of requests. */
export async function tell(
  client: EventBridgeClient,
  application: string,
  decisions: readonly RetrainingDecision[],
): Promise<void> {
  for (let i = 0; i < decisions.length; i += BATCH) {
    const Entries = decisions.slice(i, i + BATCH).map((decision) => {
      const { trigger, runId = '' } = decision;
      // A request whose run was superseded is started twice.
      const id = sha256(`${decision.decision}\n${trigger.key}\n${trigger.at}\n${runId}`);
      const detail: DecidedEvent = { ...decision, application, id };
      return { Source: ASSAY_EVENTS.source, DetailType: ASSAY_EVENTS.decided, Detail: JSON.stringify(detail) };
    });
    const { FailedEntryCount = 0, Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount === 0) continue;
    const refused = answers.find(({ ErrorCode }) => ErrorCode !== undefined);
    throw new Error(`the bus refused ${FailedEntryCount} events: ${refused?.ErrorCode}: ${refused?.ErrorMessage}`);
  }
}
