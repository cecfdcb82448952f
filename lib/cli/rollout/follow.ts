import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  paginateGetExecutionHistory,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** Told of each state that the execution enters, in order. */
export type OnState = (name: string, at: Date) => void;

/** Follows an execution to its end, looking every `everyMs` milliseconds. */
export async function follow(
  sfn: SFNClient,
  executionArn: string,
  onState: OnState,
  everyMs = 1000,
): Promise<DescribeExecutionCommandOutput> {
  let seen = 0;
  for (;;) {
    // The status first: what comes after it in the history belongs to it.
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    seen = await tell(sfn, executionArn, seen, onState);
    if (execution.status !== 'RUNNING') return execution;
    await pause(everyMs);
  }
}

/** @returns the number of the last event that was told */
async function tell(sfn: SFNClient, executionArn: string, after: number, onState: OnState): Promise<number> {
  let last = after;
  const pages = paginateGetExecutionHistory(
    { client: sfn },
    { executionArn, maxResults: 1000, includeExecutionData: false },
  );
  for await (const { events = [] } of pages) {
    for (const { id = 0, timestamp, stateEnteredEventDetails: entered } of events) {
      if (id <= last) continue;
      last = id;
      if (entered?.name !== undefined) onState(entered.name, timestamp ?? new Date());
    }
  }
  return last;
}
