import type { Gates } from '../../config/gates';
import { loadGates } from '../../config/load';
import type { SeriesPoint } from '../../core/monitoring/state';
import { LANDING_FOLDER } from '../../golden-data/contract';
import { churnExtract } from '../../golden-data/generate';
import { Customers } from './customers';
import type { Display } from './display';
import type { RunResult, Session } from './session';
import type { Workload } from './workload';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** As often as production is looked at. */
const CHECK_MS = 6 * HOUR_MS;

/** Requests from one check to the next, of ten rows each. */
const REQUESTS = 40;

const STEADY_CHECKS = 2;
/** More than enough for drift to ask for a run, with a cool-down before it. */
const MOST_SHIFTED_CHECKS = 8;
const QUIET_DAYS = 30;

/** The extract that lands has as many customers as the golden data of the example. */
const EXTRACT_ROWS = 8000;

const SEEDS = { steady: 101, shifted: 102, extract: 103 } as const;

export interface DriftOptions {
  /** Simulated days of the same traffic after the retraining. @default 30 */
  readonly quietDays?: number;
}

/** What the scenario led to. */
export interface DriftResult {
  readonly retrained: RunResult;
  /** Checks of the quiet days, of which none asked for a run. */
  readonly quiet: readonly SeriesPoint[];
}

/**
 * The loop closes by itself: callers begin to ask about other customers, captured traffic shows it, a run is started on
 * data that landed meanwhile, and the better model takes over. Then the same traffic goes on, which is what the new
 * release was trained on, and nothing happens for thirty simulated days.
 *
 * @param session with a release that serves
 * @throws Error naming what went otherwise
 */
export async function playDrift(
  session: Session,
  workload: Workload,
  display: Pick<Display, 'line'>,
  { quietDays = QUIET_DAYS }: DriftOptions = {},
): Promise<DriftResult> {
  const { gates } = loadGates(workload.folder);
  const story = new DriftStory(session, gates, display);
  await story.steady(await Customers.of('steady', gates, SEEDS.steady));
  const shifted = await Customers.of('shifted', gates, SEEDS.shifted);
  const retrained = await story.shift(shifted);
  if (retrained.summary.outcome !== 'succeeded') return { retrained, quiet: [] };
  const quiet = await story.quiet(shifted, quietDays);
  return { retrained: await session.tellAgain(retrained, story.seen), quiet };
}

class DriftStory {
  /** Every check so far; the monitor itself remembers the last 90. */
  readonly seen: SeriesPoint[] = [];

  constructor(
    private readonly session: Session,
    private readonly gates: Gates,
    private readonly display: Pick<Display, 'line'>,
  ) {}

  async steady(customers: Customers): Promise<void> {
    for (let check = 0; check < STEADY_CHECKS; check += 1) {
      const run = await this.between(customers);
      if (run !== undefined) throw unexpected('traffic like that of the training', run);
    }
    this.tell('traffic as the release knows it', this.seen);
  }

  /** Other customers call, and the data of what became of them lands before the next check. */
  async shift(customers: Customers): Promise<RunResult> {
    for (let check = 0; check < MOST_SHIFTED_CHECKS; check += 1) {
      const run = check === 1 ? await this.betweenWithLanding(customers) : await this.between(customers);
      this.tell('traffic of other customers', this.seen.slice(-1));
      if (run !== undefined) return run;
    }
    throw new Error(`scenario: ${MOST_SHIFTED_CHECKS} checks of shifted traffic started no run`);
  }

  async quiet(customers: Customers, days: number): Promise<readonly SeriesPoint[]> {
    const checks = Math.round((days * DAY_MS) / CHECK_MS);
    for (let check = 0; check < checks; check += 1) {
      const run = await this.between(customers);
      if (run !== undefined) throw unexpected('the traffic that the release was trained on', run);
    }
    const found = this.seen.slice(-checks);
    this.tell(`${days} more days of the same`, found);
    return found;
  }

  /** Calls of six hours, and the check that follows. @returns the run that it started, at its end */
  private async between(customers: Customers): Promise<RunResult | undefined> {
    return this.calls(customers, () => this.session.pass(CHECK_MS));
  }

  private async calls(customers: Customers, pass: () => Promise<void>): Promise<RunResult | undefined> {
    await this.session.sendAll(customers.take(REQUESTS));
    return this.session.triggered(async () => {
      await pass();
      this.seen.push(...(await this.session.series()).slice(-1));
    });
  }

  /** The extract lands so shortly before the check that new data alone would start its run after it. */
  private betweenWithLanding(customers: Customers): Promise<RunResult | undefined> {
    return this.calls(customers, async () => {
      const { settleMinutes } = this.gates.monitoring.drift;
      const last = Date.parse(this.seen.at(-1)?.at ?? '') + settleMinutes * MINUTE_MS;
      const before = last + CHECK_MS - 5 * MINUTE_MS - this.session.now.getTime();
      await this.session.pass(before);
      this.display.line(`landed: ${await landExtract(this.session, this.gates.dataset, SEEDS.extract)}`);
      await this.session.pass(CHECK_MS - before);
    });
  }

  private tell(what: string, points: readonly SeriesPoint[]): void {
    const [name, psi, null95] = points
      .flatMap(({ features }) => Object.entries(features).map(([name, [psi, null95]]) => [name, psi, null95] as const))
      .reduce((most, found) => (found[1] > most[1] ? found : most), ['nothing', 0, 0] as const);
    const drifted = points.filter(({ outcome }) => outcome === 'drifted').length;
    this.display.line(
      `${what}: ${points.length} checks, ${drifted} with drift; largest PSI ${psi} (${name}; 95 % without drift: below ${null95})`,
    );
  }
}

/** Puts an extract of the shifted market where raw data lands. @returns where, and how much */
export async function landExtract({ golden }: Session, { name }: Gates['dataset'], seed: number): Promise<string> {
  const key = `${LANDING_FOLDER}${name}/extract-${seed}.csv`;
  await golden.store.write(golden.bucket, key, Buffer.from(churnExtract(EXTRACT_ROWS, seed, 'shifted')), 'text/csv');
  return `s3://${golden.bucket}/${key}, ${EXTRACT_ROWS} rows`;
}

const unexpected = (traffic: string, { summary }: RunResult): Error =>
  new Error(`scenario: ${traffic} started run ${summary.runId}: ${summary.trigger.reason}`);
