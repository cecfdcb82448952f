import {
  type CodePipelineClient,
  GetPipelineExecutionCommand,
  ListPipelineExecutionsCommand,
  PipelineExecutionNotFoundException,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import type { StartingRun } from '../../lib/core/retraining/state';
import { triggerText } from '../../lib/core/retraining/trigger-text';
import { PUSHED, TRIGGER_VARIABLE } from '../../lib/retraining/contract';
import { sha256 } from './store';

/** One execution, as CodePipeline has it. */
export interface PipelineRun {
  readonly id: string;
  readonly status: string;
  /** Value of the variable `Trigger`; `PUSHED` where it has none. */
  readonly trigger: string;
  readonly commit?: string;
}

/** Executions that a look back compares with a run that was decided. */
const LOOKED_AT = 10;

/** The pipeline's executions. */
export class PipelineRuns {
  constructor(
    private readonly name: string,
    private readonly client: CodePipelineClient,
  ) {}

  /** Starts what was decided. The token makes repetitions of one decision one execution. @returns its id */
  async start({ trigger, at }: StartingRun): Promise<string> {
    const { pipelineExecutionId } = await this.client.send(
      new StartPipelineExecutionCommand({
        name: this.name,
        variables: [{ name: TRIGGER_VARIABLE, value: triggerText(trigger) }],
        clientRequestToken: sha256(`${trigger.key}\n${at}`),
      }),
    );
    if (pipelineExecutionId === undefined)
      throw new Error(`CodePipeline started ${this.name} without naming the execution`);
    return pipelineExecutionId;
  }

  /** undefined if CodePipeline does not know it. */
  async read(id: string): Promise<PipelineRun | undefined> {
    try {
      const { pipelineExecution } = await this.client.send(
        new GetPipelineExecutionCommand({ pipelineName: this.name, pipelineExecutionId: id }),
      );
      const { status = 'InProgress', variables = [], artifactRevisions = [] } = pipelineExecution ?? {};
      const trigger = variables.find(({ name }) => name === TRIGGER_VARIABLE)?.resolvedValue ?? PUSHED;
      const commit = artifactRevisions[0]?.revisionId;
      return { id, status, trigger, ...(commit === undefined ? {} : { commit }) };
    } catch (error) {
      if (error instanceof PipelineExecutionNotFoundException) return undefined;
      throw error;
    }
  }

  /** Status by execution id of the last hundred, the newest first. */
  async statuses(): Promise<ReadonlyMap<string, string>> {
    const { pipelineExecutionSummaries = [] } = await this.client.send(
      new ListPipelineExecutionsCommand({ pipelineName: this.name, maxResults: 100 }),
    );
    return new Map(
      pipelineExecutionSummaries.map(({ pipelineExecutionId = '', status = '' }) => [pipelineExecutionId, status]),
    );
  }

  /** The execution of a decision among the newest, if it was started after all. */
  async find({ trigger }: StartingRun, known: readonly string[]): Promise<PipelineRun | undefined> {
    const wanted = triggerText(trigger);
    const unknown = [...(await this.statuses()).keys()].filter((id) => !known.includes(id)).slice(0, LOOKED_AT);
    for (const id of unknown) {
      const run = await this.read(id);
      if (run?.trigger === wanted) return run;
    }
    return undefined;
  }
}

/** Whether an execution with the status has come to its end. */
export const hasEnded = (status: string): boolean => !['InProgress', 'Stopping'].includes(status);
