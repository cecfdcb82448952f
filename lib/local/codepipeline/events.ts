import type { EngineContext } from '../engine/ports';
import type { PipelineDefinition } from './definition';
import type { ActionRecord, ExecutionRecord } from './store';

/** Publishes the three kinds of EventBridge events of a run, in AWS's form. */
export class PipelineEvents {
  constructor(
    private readonly context: EngineContext,
    private readonly pipeline: PipelineDefinition,
    private readonly execution: ExecutionRecord,
  ) {}

  pipelineState(state: 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'STOPPING' | 'STOPPED' | 'SUPERSEDED' | 'CANCELED'): void {
    const { triggerType, triggerDetail } = this.execution.trigger;
    this.#publish('Pipeline', {
      'execution-trigger': { 'trigger-type': triggerType, 'trigger-detail': triggerDetail },
      state,
    });
  }

  stageState(stage: string, state: 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | 'RESUMED'): void {
    this.#publish('Stage', { stage, state });
  }

  actionState(action: ActionRecord, state: 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'ABANDONED'): void {
    const { external, error } = action;
    const result = {
      ...optional('external-execution-url', external.externalExecutionUrl),
      ...optional('external-execution-summary', error?.message ?? external.externalExecutionSummary),
      ...optional('external-execution-id', external.externalExecutionId),
      ...optional('error-code', error?.code),
    };
    const artifacts = (list: ActionRecord['inputArtifacts']) =>
      list.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
    this.#publish('Action', {
      stage: action.stageName,
      action: action.actionName,
      ...(state === 'STARTED' ? {} : { 'execution-result': result }),
      'input-artifacts': artifacts(action.inputArtifacts),
      'output-artifacts': state === 'SUCCEEDED' ? artifacts(action.outputArtifacts) : [],
      state,
      region: action.region,
      type: { ...action.type },
      'action-execution-id': action.actionExecutionId,
    });
  }

  #publish(kind: 'Pipeline' | 'Stage' | 'Action', detail: Readonly<Record<string, unknown>>): void {
    this.context.events.publish({
      source: 'aws.codepipeline',
      'detail-type': `CodePipeline ${kind} Execution State Change`,
      resources: [this.pipeline.arn],
      detail: {
        pipeline: this.pipeline.name,
        'execution-id': this.execution.id,
        'start-time': new Date(this.execution.startTime * 1000).toISOString(),
        ...detail,
        version: this.pipeline.version,
        'pipeline-execution-attempt': 1,
      },
    });
  }
}

const optional = (key: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [key]: value };
