import type { ActionDefinition, PipelineDefinition } from './definition';
import type { ActionRecord, ExecutionRecord } from './store';

/** Members of CodePipeline's answers. Times are epoch seconds, as its protocol carries them. */

export function executionDetail(record: ExecutionRecord) {
  return {
    pipelineName: record.pipeline,
    pipelineVersion: record.pipelineVersion,
    pipelineExecutionId: record.id,
    status: record.status,
    statusSummary: record.statusSummary,
    artifactRevisions: record.sourceRevisions.map(({ actionName, revisionId, revisionSummary }) => ({
      name: actionName,
      revisionId,
      revisionSummary,
    })),
    variables: Object.entries(record.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
    trigger: record.trigger,
    executionType: 'STANDARD',
  };
}

export function executionSummary(record: ExecutionRecord) {
  return {
    pipelineExecutionId: record.id,
    status: record.status,
    statusSummary: record.statusSummary,
    startTime: record.startTime,
    lastUpdateTime: record.lastUpdateTime,
    sourceRevisions: record.sourceRevisions,
    trigger: record.trigger,
    executionType: 'STANDARD',
  };
}

export function actionDetail(record: ExecutionRecord, action: ActionRecord) {
  const artifacts = (list: ActionRecord['inputArtifacts']) =>
    list.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
  return {
    pipelineExecutionId: record.id,
    actionExecutionId: action.actionExecutionId,
    pipelineVersion: record.pipelineVersion,
    stageName: action.stageName,
    actionName: action.actionName,
    startTime: action.startTime,
    lastUpdateTime: action.lastUpdateTime,
    updatedBy: action.external.updatedBy,
    status: action.status,
    input: {
      actionTypeId: action.type,
      configuration: action.configuration,
      resolvedConfiguration: action.resolvedConfiguration,
      region: action.region,
      inputArtifacts: artifacts(action.inputArtifacts),
      namespace: action.namespace,
    },
    output: {
      outputArtifacts: action.status === 'Succeeded' ? artifacts(action.outputArtifacts) : [],
      executionResult: executionResult(action),
      outputVariables: action.outputVariables,
    },
  };
}

const executionResult = ({ external, error }: ActionRecord) => ({
  externalExecutionId: external.externalExecutionId,
  externalExecutionSummary: external.externalExecutionSummary,
  externalExecutionUrl: external.externalExecutionUrl,
  errorDetails: error,
});

/** The newest run of each stage and action. */
export function pipelineState(definition: PipelineDefinition, executions: readonly ExecutionRecord[]) {
  const newest = [...executions].reverse();
  return {
    pipelineName: definition.name,
    pipelineVersion: definition.version,
    stageStates: definition.stages.map((stage) => {
      const execution = newest.find(({ stages }) => stages.some(({ name }) => name === stage.name));
      const status = execution?.stages.findLast(({ name }) => name === stage.name)?.status;
      return {
        stageName: stage.name,
        inboundTransitionState: { enabled: true },
        ...(execution === undefined ? {} : { latestExecution: { pipelineExecutionId: execution.id, status } }),
        actionStates: stage.actions.map((action) => actionState(stage.name, action, execution)),
      };
    }),
  };
}

function actionState(stage: string, { name }: ActionDefinition, execution: ExecutionRecord | undefined) {
  const record = execution?.actions.findLast(({ stageName, actionName }) => stageName === stage && actionName === name);
  if (record === undefined) return { actionName: name };
  return {
    actionName: name,
    latestExecution: {
      actionExecutionId: record.actionExecutionId,
      status: record.status,
      summary: record.external.externalExecutionSummary,
      lastStatusChange: record.lastUpdateTime,
      token: record.status === 'InProgress' ? record.external.token : undefined,
      lastUpdatedBy: record.external.updatedBy,
      externalExecutionId: record.external.externalExecutionId,
      externalExecutionUrl: record.external.externalExecutionUrl,
      errorDetails: record.error,
    },
  };
}

export function describePipeline(definition: PipelineDefinition) {
  return {
    name: definition.name,
    version: definition.version,
    pipelineType: definition.pipelineType,
    executionMode: definition.executionMode,
    artifactStore: { type: 'S3', location: definition.artifactBucket },
    variables: definition.variables,
    stages: definition.stages.map(({ name, actions }) => ({
      name,
      actions: actions.map((action) => ({
        name: action.name,
        actionTypeId: action.type,
        runOrder: action.runOrder,
        configuration: action.configuration,
        inputArtifacts: action.inputs.map((input) => ({ name: input })),
        outputArtifacts: action.outputs.map((output) => ({ name: output })),
        region: action.region,
        namespace: action.namespace,
      })),
    })),
  };
}
