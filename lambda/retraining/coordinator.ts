import { ask, proceed, stillWaiting } from '../../lib/core/retraining/policy';
import { runEnded, runResumed, runStarted } from '../../lib/core/retraining/runs';
import type {
  RetrainingDecision,
  RetrainingPolicy,
  RetrainingRequest,
  RetrainingState,
  RetrainingStep,
  RunRecord,
} from '../../lib/core/retraining/state';
import { lostEvents, recordOf } from './lost-events';
import type { PipelineRuns } from './pipeline';
import type { RunChange } from './requests';
import type { NewKey, TriggerStore } from './store';
import { forgetTold, keepUntold, matters } from './untold';

export interface CoordinatorParts {
  readonly store: TriggerStore;
  readonly pipeline: PipelineRuns;
  readonly policy: RetrainingPolicy;
  readonly tell: (decisions: readonly RetrainingDecision[]) => Promise<void>;
}

/** Takes requests, runs that start and end, and the passing of time, and starts the pipeline when the policy lets it. */
export class Coordinator {
  constructor(private readonly parts: CoordinatorParts) {}

  /** @param now ISO 8601, as every time here */
  async request(request: RetrainingRequest, now: string): Promise<void> {
    const key = { trigger: request.trigger, now: Date.parse(now) };
    const known = await this.change(now, (state) => ask(state, request, this.parts.policy, now), key);
    // Delivered again: the time before may have ended between the decision and the start.
    if (known) await this.finish(await this.parts.store.read(), now, true);
  }

  async run({ runId, state, time }: RunChange): Promise<void> {
    if (state === 'STOPPING') return;
    const found = await this.parts.pipeline.read(runId);
    const record = recordOf(found ?? { id: runId, status: '', trigger: '' }, time);
    await this.change(time, (before) => {
      if (state === 'STARTED') return runStarted(before, record);
      if (state === 'RESUMED') return runResumed(before, record);
      const { state: after, decisions } = runEnded(before, { ...record, endedAt: time, outcome: capitalised(state) });
      return { state: after, decisions: [...decisions, ...stillWaiting(after, this.parts.policy, time)] };
    });
  }

  /** Finishes what was left, finds runs whose events were lost, starts what may now start, and tells what was not told. */
  async tick(now: string): Promise<void> {
    const state = await this.parts.store.read();
    await this.finish(state, now, true);
    const changes = await lostEvents(state, this.parts.pipeline, now);
    await this.change(now, (before) =>
      changes.reduce<RetrainingStep>(
        (step, change) => {
          const next = change(step.state);
          return { state: next.state, decisions: [...step.decisions, ...next.decisions] };
        },
        { state: before, decisions: [] },
      ),
    );
    await this.tell(state.untold ?? []);
  }

  /** Changes the state, and starts and tells what comes of it. @returns whether the key was known */
  private async change(now: string, what: (state: RetrainingState) => RetrainingStep, key?: NewKey): Promise<boolean> {
    let decided = false;
    const step = await this.parts.store.change((before) => {
      const changed = what(before);
      const next = proceed(changed.state, this.parts.policy, now);
      const { starting } = next.state;
      decided = starting !== undefined && starting !== before.starting;
      return keepUntold({ state: next.state, decisions: [...changed.decisions, ...next.decisions] });
    }, key);
    if (step === 'known') return true;
    await this.tell(step.decisions);
    if (decided) await this.finish(step.state, now, false);
    return false;
  }

  /** Starts what was decided. @param again whether somebody may have done so already */
  private async finish({ starting, runs }: RetrainingState, now: string, again: boolean): Promise<void> {
    if (starting === undefined) return;
    const { pipeline, store } = this.parts;
    const known = runs.map(({ id }) => id);
    const found = again ? await pipeline.find(starting, known) : undefined;
    const id = found?.id ?? (await pipeline.start(starting));
    const record: RunRecord = { id, trigger: starting.trigger, startedAt: now };
    const step = await store.change((state) => keepUntold(runStarted(state, record)));
    if (step !== 'known') await this.tell(step.decisions);
  }

  private async tell(decisions: readonly RetrainingDecision[]): Promise<void> {
    if (decisions.length === 0) return;
    await this.parts.tell(decisions);
    if (!decisions.some(matters)) return;
    await this.parts.store.change((state) => ({ state: forgetTold(state, decisions), decisions: [] }));
  }
}

/** CodePipeline's events shout: `SUCCEEDED`; its API says `Succeeded`. */
const capitalised = (state: string): string =>
  state === 'CANCELED' ? 'Cancelled' : `${state.charAt(0)}${state.slice(1).toLowerCase()}`;
