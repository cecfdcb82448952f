import type { DrillRecordEvent, DrillResult } from '../../lib/rollout/rollback-contract';
import { oneLine } from '../shared/text';
import { RolloutStore } from './store';

/** Writes how long going back took, which `assay status` and `assay plan` expect of a real one from now on. */
export async function handler(event: DrillRecordEvent): Promise<DrillResult> {
  const { plan, by, verifiedAt: at } = event;
  const seconds = secondsBetween(event.askedAt, at);
  const instancesSeconds = secondsBetween(event.addedFrom, event.addedAt);
  const { model } = plan;
  await RolloutStore.fromEnvironment().recordRollback({
    at,
    by,
    reason: 'drill',
    from: model,
    to: model,
    seconds,
    instancesSeconds,
    kind: 'drill',
    temperature: 'warm',
  });
  const reason = `drill by ${by}: every request was back after ${seconds} s; a second variant took ${instancesSeconds} s to start`;
  return { model, seconds, instancesSeconds, reason: oneLine(reason) };
}

const secondsBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 100) / 10;
