import { isObject, type Json } from '../engine/json';
import { jsonService, type Operation } from '../gateway/json-service';
import { AwsError, type ServiceHandler } from '../gateway/service';
import { readToken, readVariables } from './run-variables';
import type { PipelineService } from './service';
import { actionDetail, describePipeline, executionDetail, executionSummary, pipelineState } from './views';

/** CodePipeline's API: `codepipeline` over AWS JSON 1.1. */
export function codePipelineHandler(service: PipelineService): ServiceHandler {
  const operations = { ...jobOperations(service), ...pipelineOperations(service), ...executionOperations(service) };
  return jsonService({ services: ['codepipeline'], targetPrefix: 'CodePipeline_20150709', operations });
}

function jobOperations({ jobs, context }: PipelineService): Record<string, Operation> {
  return {
    PutJobSuccessResult: (input) => {
      const { continuationToken, outputVariables, executionDetails } = input;
      const details = isObject(executionDetails) ? executionDetails : {};
      const variables = toVariables(outputVariables);
      if (typeof continuationToken === 'string' && Object.keys(variables).length > 0) {
        throw new AwsError('ValidationException', 'outputVariables may only be given without a continuationToken.');
      }
      jobs.report(text(input, 'jobId'), {
        kind: 'success',
        variables,
        ...(typeof continuationToken === 'string' ? { continuationToken } : {}),
        ...(typeof details.summary === 'string'
          ? { summary: limited(details.summary, 2048, 'executionDetails.summary') }
          : {}),
        ...(typeof details.externalExecutionId === 'string'
          ? { externalExecutionId: details.externalExecutionId }
          : {}),
      });
    },
    PutJobFailureResult: (input) => {
      const details = isObject(input.failureDetails) ? input.failureDetails : {};
      jobs.report(text(input, 'jobId'), {
        kind: 'failure',
        code: text(details, 'type'),
        message: limited(text(details, 'message'), 5000, 'failureDetails.message'),
        ...(typeof details.externalExecutionId === 'string'
          ? { externalExecutionId: details.externalExecutionId }
          : {}),
      });
    },
    GetJobDetails: (input) => {
      const id = text(input, 'jobId');
      return { jobDetails: { id, data: jobs.details(id), accountId: context.account } };
    },
  };
}

function pipelineOperations(service: PipelineService): Record<string, Operation> {
  return {
    GetPipeline: (input) => {
      const { definition } = service.registered(text(input, 'name'));
      return { pipeline: describePipeline(definition), metadata: { pipelineArn: definition.arn } };
    },
    ListPipelines: () => ({
      pipelines: [...service.pipelines.values()].map(({ definition }) => ({
        name: definition.name,
        version: definition.version,
        pipelineType: definition.pipelineType,
        executionMode: definition.executionMode,
      })),
    }),
    GetPipelineState: (input) => {
      const { definition } = service.registered(text(input, 'name'));
      return pipelineState(definition, service.store.list(definition.name));
    },
    StartPipelineExecution: (input) => {
      if (input.sourceRevisions !== undefined) {
        throw new AwsError(
          'ValidationException',
          'sourceRevisions are not supported on one machine: push the commit instead.',
        );
      }
      const [variables, token] = [readVariables(input.variables), readToken(input.clientRequestToken)];
      const trigger = { type: 'manual', variables, ...(token !== undefined && { clientRequestToken: token }) } as const;
      return { pipelineExecutionId: service.start(text(input, 'name'), trigger) };
    },
    PutApprovalResult: (input) => {
      const result = isObject(input.result) ? input.result : {};
      const status = text(result, 'status');
      if (status !== 'Approved' && status !== 'Rejected') {
        throw new AwsError('ValidationException', `result.status must be Approved or Rejected; found ${status}.`);
      }
      const place = {
        pipeline: text(input, 'pipelineName'),
        stage: text(input, 'stageName'),
        action: text(input, 'actionName'),
        token: text(input, 'token'),
      };
      service.desk.answer(place, { status, summary: limited(text(result, 'summary'), 512, 'result.summary') });
      return { approvedAt: service.context.clock.now() };
    },
  };
}

function executionOperations(service: PipelineService): Record<string, Operation> {
  const execution = (pipeline: string, id: string) => {
    const { definition } = service.registered(pipeline);
    const record = service.store.find(definition.name, id);
    if (record === undefined)
      throw new AwsError('PipelineExecutionNotFoundException', `Pipeline ${pipeline} has no execution ${id}.`);
    return record;
  };
  return {
    GetPipelineExecution: (input) => {
      const record = execution(text(input, 'pipelineName'), text(input, 'pipelineExecutionId'));
      const { executionMode } = service.registered(record.pipeline).definition;
      return { pipelineExecution: { ...executionDetail(record), executionMode } };
    },
    ListPipelineExecutions: (input) => {
      const { definition } = service.registered(text(input, 'pipelineName'));
      const all = service.store.list(definition.name).map(executionSummary).reverse();
      return { pipelineExecutionSummaries: limit(all, input) };
    },
    ListActionExecutions: (input) => {
      const { definition } = service.registered(text(input, 'pipelineName'));
      const id = isObject(input.filter) ? input.filter.pipelineExecutionId : undefined;
      const records = id === undefined ? service.store.list(definition.name) : [execution(definition.name, String(id))];
      const details = records
        .flatMap((record) => record.actions.map((action) => actionDetail(record, action)))
        .reverse();
      return { actionExecutionDetails: limit(details, input) };
    },
    StopPipelineExecution: (input) => {
      const record = execution(text(input, 'pipelineName'), text(input, 'pipelineExecutionId'));
      const running = service.running.get(record.id);
      if (running === undefined || record.status !== 'InProgress') {
        throw new AwsError('PipelineExecutionNotStoppableException', `Execution ${record.id} is ${record.status}.`);
      }
      const reason = typeof input.reason === 'string' ? input.reason : 'stopped by StopPipelineExecution';
      running.execution.stop(reason, input.abandon === true);
      return { pipelineExecutionId: record.id };
    },
  };
}

function limit<T>(items: readonly T[], { maxResults }: Json): readonly T[] {
  return typeof maxResults === 'number' ? items.slice(0, maxResults) : items;
}

function text(input: Json, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('ValidationException', `Member ${member} must be a text; found ${JSON.stringify(value)}.`);
}

function limited(value: string, length: number, member: string): string {
  if (value.length <= length) return value;
  throw new AwsError('ValidationException', `${member} has ${value.length} characters; at most ${length} are allowed.`);
}

/** Output variables: a map of texts. */
function toVariables(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  for (const name of Object.keys(value)) {
    if (!/^[A-Za-z0-9@_-]+$/.test(name))
      throw new AwsError('InvalidJobException', `Output variable ${name} has characters other than A-Z a-z 0-9 @ _ -.`);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
}
