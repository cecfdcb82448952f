import { type Hold, holdsOf } from '../../core/retraining/holds';
import {
  DAY_MS,
  HOUR_MS,
  type RetrainingPolicy,
  type RetrainingState,
  type RunRecord,
  type WaitingRequest,
} from '../../core/retraining/state';
import { EXIT } from '../exit';
import { type ApplicationOptions, applicationConfig } from '../rollout/application';
import { locateRetraining } from '../rollout/location';
import { textTable } from '../rollout/table';
import { retrainingClients } from './clients';

/** What `assay triggers --json` prints. Times are ISO 8601. */
export interface TriggersDocument {
  readonly schema: 'assay.triggers/1';
  readonly application: string;
  readonly at: string;
  readonly policy: RetrainingPolicy;
  /** The newest first. */
  readonly runs: readonly RunRecord[];
  readonly starting?: RetrainingState['starting'];
  readonly waiting: readonly WaitingRequest[];
  /** What keeps requests from starting a run now. */
  readonly holds: readonly Hold[];
  readonly runsWithin24Hours: number;
  readonly coolDownUntil?: string;
}

/** Runs that the text shows. */
const SHOWN = 10;

/** `assay triggers`. */
export async function showTriggers(options: ApplicationOptions): Promise<number> {
  const config = applicationConfig(options);
  const clients = retrainingClients(config.region);
  const location = await locateRetraining(clients.ssm, config);
  const state = await clients.store(location).read();
  const document = triggersDocument(config.application, state, location.policy, Date.now());
  process.stdout.write(options.json === true ? `${JSON.stringify(document, null, 2)}\n` : triggersText(document));
  return EXIT.pass;
}

/** @param now milliseconds since the epoch */
export function triggersDocument(
  application: string,
  state: RetrainingState,
  policy: RetrainingPolicy,
  now: number,
): TriggersDocument {
  const { runs, waiting, starting, coolDownFrom } = state;
  // One machine's calendar can be ahead of the clock: then it is as late as the last that happened.
  const happened = [
    ...runs.flatMap((run) => [run.startedAt, run.endedAt ?? run.startedAt]),
    ...waiting.map(({ latest }) => latest),
  ];
  const at = Math.max(now, ...happened.map(Date.parse));
  const coolDownEnd =
    coolDownFrom === undefined ? undefined : Date.parse(coolDownFrom) + policy.coolDownHours * HOUR_MS;
  return {
    schema: 'assay.triggers/1',
    application,
    at: new Date(at).toISOString(),
    policy,
    runs: [...runs].reverse(),
    ...(starting === undefined ? {} : { starting }),
    waiting,
    holds: holdsOf(state, policy, at),
    runsWithin24Hours: runs.filter(({ startedAt }) => Date.parse(startedAt) > at - DAY_MS).length,
    ...(coolDownEnd === undefined || coolDownEnd <= at ? {} : { coolDownUntil: new Date(coolDownEnd).toISOString() }),
  };
}

/** The state for a person: runs with their reasons, what waits and why. */
export function triggersText(document: TriggersDocument): string {
  const { application, runs, waiting, holds, policy, coolDownUntil, starting } = document;
  const rows = runs
    .slice(0, SHOWN)
    .map(({ id, trigger, startedAt, endedAt, outcome }) => [
      id,
      trigger.kind,
      startedAt,
      endedAt ?? '',
      outcome ?? 'under way',
      trigger.reason,
    ]);
  const table =
    rows.length === 0
      ? ['  no run yet']
      : textTable([['RUN', 'TRIGGER', 'STARTED', 'ENDED', 'OUTCOME', 'REASON'], ...rows]);
  const held = holds.map(
    ({ reason, until }) => `  held back: ${reason}${until === undefined ? '' : `; until ${until}`}`,
  );
  return [
    `${application}: ${document.runsWithin24Hours} of ${policy.maxRunsPerDay} runs within 24 hours; cool-down ${coolDownUntil === undefined ? 'over' : `until ${coolDownUntil}`}`,
    '',
    ...table,
    '',
    ...(starting === undefined ? [] : [`being started: ${starting.trigger.kind}: ${starting.trigger.reason}`]),
    waiting.length === 0 ? 'nothing waits' : 'waiting:',
    ...waiting.map(
      ({ trigger, since, more }) =>
        `  ${trigger.kind}: ${trigger.reason}${more === 0 ? '' : ` (and ${more} more)`}, since ${since}`,
    ),
    ...(waiting.length === 0 ? [] : held),
    '',
  ].join('\n');
}
