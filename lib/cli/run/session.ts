import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { loadGates } from '../../config/load';
import type { SeriesPoint } from '../../core/monitoring/state';
import type { RunSummary, RunTraffic } from '../../core/report/run';
import { pushDataset } from '../../golden-data/push';
import type { PullRequestStatus } from '../../local/codebuild/pull-request';
import type { Approvals, PipelineResult } from '../../local/codepipeline/service';
import type { LocalEngine } from '../../local/engine';
import { abortable } from '../../local/engine/abortable';
import { awsClientConfig } from '../../local/engine/aws';
import { Closers } from '../../local/engine/closers';
import { defined } from '../../local/provision/properties';
import { ObjectStore } from '../../release/objects';
import { resolveTarget } from '../../serving/endpoint/target';
import { Callers, type CallersResult } from './callers';
import { type Clients, createClients } from './clients';
import type { Display } from './display';
import { askOnce, describeEndpoint, readWeights } from './endpoint';
import { followRun, nextStart } from './follow';
import { monitoredSeries, monitoredTraffic } from './monitored';
import { NoticeBox } from './notices';
import { RunFolder } from './outcome';
import { RolloutTraffic } from './rollout-traffic';
import { sendAll } from './send-all';
import { sourceOf } from './source';
import { startAll } from './start';
import { summarizeRun, writeRun } from './summary';
import { claimStateFolder, type Workload } from './workload';

export interface SessionOptions {
  /** This project's folder. */
  readonly root: string;
  readonly workload: Workload;
  readonly stateDir: string;
  readonly timeScale: number;
  /** Requests a second to the production endpoint while it changes; 0 sends none. */
  readonly traffic: number;
  readonly approvals: Approvals;
  readonly display: Display;
  readonly signal: AbortSignal;
}

/** What one push led to. */
export interface RunResult {
  readonly summary: RunSummary;
  readonly reportFile: string;
}

/** One engine with one application: pushes go in, results come out, until it is closed. */
export class Session {
  private constructor(
    private readonly options: SessionOptions,
    private readonly engine: LocalEngine,
    private readonly clients: Clients,
    private readonly notices: NoticeBox,
    private readonly closers: Closers,
  ) {}

  /** Synthesizes the app, starts the engine and creates what the templates declare. */
  static async open(options: SessionOptions): Promise<Session> {
    const closers = new Closers();
    try {
      const lock = claimStateFolder(options.stateDir, options.workload);
      closers.add('state folder', () => lock.release());
      const fault = new AbortController();
      const running = { ...options, signal: AbortSignal.any([options.signal, fault.signal]) };
      const engine = await startAll(running, lock, (error) => fault.abort(error));
      closers.add('engine', () => engine.close());
      engine.pipelines.onProgress(options.display.onProgress);
      const config = awsClientConfig(engine.context);
      const clients = createClients(config);
      closers.add('clients', () => clients.close());
      const notices = await NoticeBox.open(config, engine.output('NoticeTopicArn'));
      closers.add('notices', () => notices.close());
      return new Session(running, engine, clients, notices, closers);
    } catch (error) {
      return closers.closeAfter(error);
    }
  }

  /** Aborts when the run is to end: stopped by somebody, or because the engine cannot go on. */
  get signal(): AbortSignal {
    return this.options.signal;
  }

  /** Address of the engine: the AWS endpoint for SDKs and command lines. */
  get url(): string {
    return this.engine.context.endpointUrl;
  }

  /** Variables that lead another process's SDKs and command lines to the engine. */
  get environment(): Readonly<Record<string, string>> {
    const {
      AWS_ENDPOINT_URL = '',
      AWS_REGION = '',
      AWS_ACCESS_KEY_ID = '',
      AWS_SECRET_ACCESS_KEY = '',
    } = this.engine.context.awsEnv;
    return { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  }

  get productionEndpoint(): string {
    return this.engine.output('ProductionEndpointName');
  }

  /** True when a release serves in production. */
  async isLive(): Promise<boolean> {
    return (await describeEndpoint(this.clients.sagemaker, this.productionEndpoint)) !== undefined;
  }

  /** Sends one request to production, as a caller would. */
  ask(body: string): ReturnType<typeof askOnce> {
    return askOnce(this.clients.runtime, this.productionEndpoint, body);
  }

  /** Sends requests to production as callers do. @throws EndpointError of the first that is not answered */
  async sendAll(bodies: readonly string[]): Promise<void> {
    const target = await resolveTarget(awsClientConfig(this.engine.context));
    await sendAll(target, this.productionEndpoint, bodies);
  }

  /** Lets time pass on the engine's calendar: schedules fire, and what they lead to is awaited, but no run. */
  async pass(milliseconds: number): Promise<void> {
    this.signal.throwIfAborted();
    await this.engine.advance(milliseconds);
  }

  /** The date on the engine's calendar. */
  get now(): Date {
    return this.engine.context.calendar.now();
  }

  /** What the drift monitor found in production, oldest first. */
  series(): Promise<readonly SeriesPoint[]> {
    const config = awsClientConfig(this.engine.context);
    return monitoredSeries(config, this.engine.output('RetrainingTableName'), this.productionEndpoint);
  }

  /** Writes the page about a run anew, with the checks of production's traffic until now. */
  async tellAgain({ summary }: RunResult, points: readonly SeriesPoint[]): Promise<RunResult> {
    const told = { ...summary, ...defined({ traffic: this.traffic(points) }) };
    return { summary: told, reportFile: writeRun(this.runFolder(summary.runId), told) };
  }

  private traffic(points: readonly SeriesPoint[]): RunTraffic | undefined {
    return monitoredTraffic(points, loadGates(this.options.workload.folder).gates.monitoring.drift);
  }

  /** The golden bucket, as a team's own tools would write to it. */
  get golden(): { readonly store: ObjectStore; readonly s3: S3Client; readonly bucket: string } {
    const { s3 } = this.clients;
    return { store: new ObjectStore(s3), s3, bucket: this.engine.output('GoldenBucketName') };
  }

  /** Stores the workload's golden dataset, if it has a folder with one; a run finds it in the bucket otherwise. */
  async pushGoldenData(folder: string): Promise<void> {
    const { gates } = loadGates(folder);
    const data = join(folder, gates.dataset.path);
    if (!existsSync(data)) {
      this.options.display.line(
        `${data} does not exist: the run uses the golden data that an earlier one stored, if any`,
      );
      return;
    }
    const { store, bucket } = this.golden;
    await pushDataset(store, bucket, data, gates.dataset);
  }

  /**
   * Pushes a folder to the pipeline's branch and follows the run to its end.
   *
   * @param repository folder that becomes the commit
   * @param requestsPerSecond of callers to production while it changes; 0 for none
   * @throws the signal's reason when it aborts; the run is over then, and what it changed stays as it is
   */
  async push(repository: string, requestsPerSecond = this.options.traffic): Promise<RunResult> {
    const { pipelines, sources } = this.engine;
    this.signal.throwIfAborted();
    const name = this.engine.output('PipelineName');
    const target = sourceOf(pipelines.pipeline(name));
    const pushed = await sources.snapshotWorkTree(repository, target);
    this.options.display.line(`push ${basename(repository)} to ${target.branch}: commit ${pushed.commit.slice(0, 12)}`);
    return this.accompany(requestsPerSecond, async () => pipelines.start(name, { type: 'push', ...target }));
  }

  /** Opens a pull request to the pipeline's branch with the files of a folder. Nothing is released. */
  pullRequest(repository: string): Promise<PullRequestStatus> {
    const { display, signal } = this.options;
    const { branch } = sourceOf(this.engine.pipelines.pipeline(this.engine.output('PipelineName')));
    display.line(`pull request of ${basename(repository)} to ${branch}`);
    const request = { number: 1, title: basename(repository), base: branch, signal };
    return display.task('checks of the pull request', () => this.engine.pullRequest(repository, request));
  }

  /**
   * Follows the run that something else than a push starts.
   *
   * @param cause what may start one, e.g. time that passes; it is given a promise of the start
   * @returns undefined if none had begun when `cause` was over
   * @throws as `push` does
   */
  async triggered(cause: (begun: Promise<string>) => Promise<unknown>): Promise<RunResult | undefined> {
    const next = nextStart(this.engine.pipelines);
    try {
      return await this.accompany(this.options.traffic, async () => {
        await abortable(cause(next.begun), this.signal);
        return next.executionId();
      });
    } finally {
      next.close();
    }
  }

  /** From the start of a run to all that is told about it, with callers of production while it changes. */
  private async accompany(requestsPerSecond: number, start: () => Promise<string>): Promise<RunResult>;
  private async accompany(
    requestsPerSecond: number,
    start: () => Promise<string | undefined>,
  ): Promise<RunResult | undefined>;
  private async accompany(
    requestsPerSecond: number,
    start: () => Promise<string | undefined>,
  ): Promise<RunResult | undefined> {
    const traffic = new RolloutTraffic((runId) => this.createCallers(runId, requestsPerSecond));
    const stopListening = this.engine.pipelines.onProgress(traffic.onProgress);
    try {
      const executionId = await start();
      if (executionId === undefined) return undefined;
      const result = await followRun(this.engine.pipelines, executionId, this.signal);
      const callers = await traffic.stop();
      await this.engine.drain();
      const summary = await this.summarize(result, callers);
      await this.engine.checkpoint();
      return { summary, reportFile: writeRun(this.runFolder(summary.runId), summary) };
    } finally {
      stopListening();
      // After a failure nobody asks for its counts.
      await traffic.stop().catch(() => undefined);
    }
  }

  /** Callers that send golden rows to production; undefined when none are wanted or nothing serves. */
  private async createCallers(runId: string, requestsPerSecond: number): Promise<Callers | undefined> {
    if (requestsPerSecond === 0 || !(await this.isLive())) return undefined;
    const { productionEndpoint: endpointName } = this;
    return new Callers({
      endpointName,
      requestsPerSecond,
      bodies: await this.folder(runId).requestBodies(),
      target: await resolveTarget(awsClientConfig(this.engine.context)),
      logFile: join(this.runFolder(runId), 'requests.jsonl'),
      weights: () => readWeights(this.clients.sagemaker, endpointName),
    });
  }

  private async summarize(result: PipelineResult, callers: CallersResult | undefined): Promise<RunSummary> {
    const folder = this.folder(result.execution.id);
    const [body, endpoint, points] = await Promise.all([
      folder.requestBodies(1).then(([first]) => first),
      describeEndpoint(this.clients.sagemaker, this.productionEndpoint),
      this.series(),
    ]);
    return summarizeRun({
      application: this.options.workload.application,
      result,
      pipeline: this.engine.pipelines.pipeline(result.execution.pipeline),
      folder,
      notices: await this.notices.take(),
      ...defined({
        callers,
        endpoint,
        traffic: this.traffic(points),
        sample: endpoint === undefined || body === undefined ? undefined : await this.ask(body),
      }),
    });
  }

  private folder(runId: string): RunFolder {
    return new RunFolder(this.clients.s3, this.engine.output('ArtifactBucketName'), runId);
  }

  /** What this command itself writes about a run. */
  private runFolder(runId: string): string {
    return join(this.options.stateDir, 'runs', runId);
  }

  async close(): Promise<void> {
    await this.closers.close();
  }

  /** Closes because of a failure, and throws it. */
  async closeAfter(failure: unknown): Promise<never> {
    return this.closers.closeAfter(failure);
  }
}
