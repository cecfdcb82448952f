import { runEnded, runResumed, runStarted } from '../../lib/core/retraining/runs';
import { HOUR_MS, type RetrainingState, type RetrainingStep, type RunRecord } from '../../lib/core/retraining/state';
import { parseTrigger, pushTrigger } from '../../lib/core/retraining/trigger-text';
import { messageOf } from '../shared/text';
import { hasEnded, type PipelineRun, type PipelineRuns } from './pipeline';

/** CodePipeline needs a moment until it finds what it has just started; a run that it does not know after that is lost. */
const FOUND_AFTER_MS = HOUR_MS;

export type StateChange = (state: RetrainingState) => RetrainingStep;

/** What CodePipeline knows about runs that the state does not, because an event was lost or is late. */
export async function lostEvents(
  { runs }: RetrainingState,
  pipeline: PipelineRuns,
  now: string,
): Promise<readonly StateChange[]> {
  const statuses = await pipeline.statuses();
  const changes: StateChange[] = [];
  for (const run of runs.filter(({ endedAt }) => endedAt === undefined)) {
    const outcome = statuses.get(run.id) ?? (await pipeline.read(run.id))?.status ?? 'Lost';
    const young = Date.parse(now) - Date.parse(run.startedAt) < FOUND_AFTER_MS;
    if (!hasEnded(outcome) || (outcome === 'Lost' && young)) continue;
    changes.push((state) => runEnded(state, { ...run, endedAt: now, outcome }));
  }
  for (const [id, status] of statuses) {
    const known = runs.find((run) => run.id === id);
    if (hasEnded(status) || (known !== undefined && known.endedAt === undefined)) continue;
    const run = await pipeline.read(id);
    if (run === undefined) continue;
    const record = recordOf(run, now);
    changes.push((state) => (known === undefined ? runStarted : runResumed)(state, record));
  }
  return changes;
}

/** A run that CodePipeline tells of. What its variable says is taken as it is: a run with an odd one is a run, too. */
export function recordOf(
  { id, trigger, commit = id }: Pick<PipelineRun, 'id' | 'status' | 'trigger' | 'commit'>,
  at: string,
): RunRecord {
  try {
    return { id, trigger: parseTrigger(trigger, { commit, at }), startedAt: at };
  } catch (error) {
    return { id, trigger: { ...pushTrigger({ commit, at }), reason: messageOf(error) }, startedAt: at };
  }
}
