import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { Gates } from '../../config/gates';
import type { Report } from '../../core/report/report';
import type { RunAction, RunReport, RunRollout, RunStage, RunSummary } from '../../core/report/run';
import type { PipelineDefinition } from '../../local/codepipeline/definition';
import type { ActionRecord, ExecutionRecord } from '../../local/codepipeline/store';
import { REPORT_NAMES, RUN_KEYS, reportKey, runPrefix } from '../../pipeline/contract';

/** Reads what a run left in its folder. */
export class RunFolder {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly runId: string,
  ) {}

  async reports(): Promise<readonly RunReport[]> {
    const found = await Promise.all(
      REPORT_NAMES.map(async (name) => {
        const report = await this.json<Report>(reportKey(name));
        return report === undefined ? [] : [{ ...report, name }];
      }),
    );
    return found.flat();
  }

  /** Rows of the run's holdout as real-time requests, one row each; none before the run prepared them. */
  async requestBodies(limit = 500): Promise<readonly string[]> {
    const rows = await this.text(RUN_KEYS.transformInput);
    const release = await this.json<{ readonly gates: Pick<Gates, 'serving'> }>(RUN_KEYS.release);
    if (rows === undefined || release === undefined) return [];
    const { instances } = release.gates.serving.fields;
    const lines = rows.split('\n').filter((line) => line !== '');
    return lines.slice(0, limit).map((line) => JSON.stringify({ [instances]: [JSON.parse(line) as unknown] }));
  }

  /** What the rollout of this run is judged by. */
  async canaryRules(): Promise<Gates['canary'] | undefined> {
    const release = await this.json<{ readonly gates: Pick<Gates, 'canary'> }>(RUN_KEYS.release);
    return release?.gates.canary;
  }

  rollout(): Promise<RunRollout | undefined> {
    return this.json<RunRollout>(RUN_KEYS.rollout);
  }

  private async json<T>(key: string): Promise<T | undefined> {
    const text = await this.text(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  private async text(key: string): Promise<string | undefined> {
    let object: GetObjectCommandOutput;
    try {
      object = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: `${runPrefix(this.runId)}${key}` }));
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
    return object.Body?.transformToString();
  }
}

/** The stages of a run in the order of the pipeline, those that were never reached included. */
export function summarizeStages(execution: ExecutionRecord, pipeline: PipelineDefinition): readonly RunStage[] {
  return pipeline.stages.map(({ name }) => {
    const status = execution.stages.find((stage) => stage.name === name)?.status ?? 'Not reached';
    const records = execution.actions.filter((action) => action.stageName === name);
    const actions = records.map(summarizeAction);
    const failed = records.find((action) => action.error !== undefined)?.error?.message;
    const begun = Math.min(...records.map((action) => action.startTime));
    const ended = Math.max(...records.map((action) => action.lastUpdateTime));
    return {
      name,
      status,
      ...(records.length === 0 ? {} : { seconds: ended - begun }),
      ...(failed === undefined ? {} : { reason: failed }),
      actions,
    };
  });
}

function summarizeAction(action: ActionRecord): RunAction {
  const summary = action.error?.message ?? action.external.externalExecutionSummary;
  return {
    name: action.actionName,
    status: action.status,
    seconds: action.lastUpdateTime - action.startTime,
    ...(summary === undefined ? {} : { summary }),
  };
}

const OUTCOMES: Readonly<Record<string, RunSummary['outcome']>> = { Succeeded: 'succeeded', Failed: 'failed' };

export const outcomeOf = (status: ExecutionRecord['status']): RunSummary['outcome'] => OUTCOMES[status] ?? 'stopped';
