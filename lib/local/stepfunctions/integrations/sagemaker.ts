import { pause } from '../../engine/clock';
import { StateError } from '../language/errors';
import { isJsonObject, type Json, type JsonObject } from '../language/json';
import type { Integration } from './integration';
import type { Sdk, SdkOperation, SdkStyle } from './sdk';

const STYLE: SdkStyle = {
  times: 'milliseconds',
  prefix: 'SageMaker',
  otherErrors: 'SageMaker.AmazonSageMakerException',
};

/** Jobs are real, so they are looked at in real time. */
const POLL_MS = 500;
/** How long a stop may take before the execution goes on without it. */
const STOP_MS = 5_000;

/** A create that is cut off may or may not have made the job; it is awaited, so that there is a job to stop. */
const UNINTERRUPTED = new AbortController().signal;

const REQUEST_RESPONSE = [
  'createTrainingJob',
  'createTransformJob',
  'createModel',
  'createEndpointConfig',
  'createEndpoint',
  'updateEndpoint',
];

interface Job {
  readonly create: string;
  readonly describe: string;
  readonly stop: string;
  /** Member with the job's name; its status is `<kind>Status`. */
  readonly name: string;
  readonly status: string;
}

const JOBS: readonly Job[] = ['Training', 'Transform'].map((kind) => ({
  create: `create${kind}Job`,
  describe: `describe${kind}Job`,
  stop: `stop${kind}Job`,
  name: `${kind}JobName`,
  status: `${kind}JobStatus`,
}));

/** The optimised integrations `arn:aws:states:::sagemaker:…`. */
export function sagemakerIntegrations(sdk: Sdk): ReadonlyMap<string, Integration> {
  const plain = REQUEST_RESPONSE.map((action) => [`sagemaker:${action}`, requestResponse(sdk, action)] as const);
  const sync = JOBS.map((job) => [`sagemaker:${job.create}.sync`, runJob(sdk, job)] as const);
  return new Map([...plain, ...sync]);
}

function operation(sdk: Sdk, action: string): SdkOperation {
  const found = sdk.operation('sagemaker', action);
  if (found === undefined) throw new Error(`the AWS SDK has no sagemaker:${action}`);
  return found;
}

function requestResponse(sdk: Sdk, action: string): Integration {
  const request = operation(sdk, action);
  return {
    resourceType: 'sagemaker',
    resource: action,
    argumentProblems: (args) => request.problems(args),
    call: (args, signal) => request.call(members(args), signal, STYLE),
  };
}

/** `.sync`: the result is the job's description, a failed or stopped job is States.TaskFailed with it as the cause. */
function runJob(sdk: Sdk, job: Job): Integration {
  const create = operation(sdk, job.create);
  return {
    resourceType: 'sagemaker',
    resource: `${job.create}.sync`,
    argumentProblems: (args) => create.problems(args),
    call: async (args, signal) => {
      await create.call(members(args), UNINTERRUPTED, STYLE);
      const named = { [job.name]: members(args)[job.name] ?? null };
      try {
        return await untilDone(sdk, job, named, signal);
      } catch (error) {
        if (signal.aborted) await stop(sdk, job, named);
        throw error;
      }
    },
  };
}

async function untilDone(sdk: Sdk, job: Job, named: JsonObject, signal: AbortSignal): Promise<JsonObject> {
  const describe = operation(sdk, job.describe);
  for (;;) {
    const description = await describe.call(named, signal, STYLE);
    const status = description[job.status];
    if (status === 'Completed') return description;
    if (status === 'Failed' || status === 'Stopped') {
      throw new StateError('States.TaskFailed', JSON.stringify(description));
    }
    await pause(POLL_MS, signal);
  }
}

/** Asks the job to stop. One that has ended meanwhile cannot be stopped, which is as good. */
async function stop(sdk: Sdk, job: Job, named: JsonObject): Promise<void> {
  try {
    await operation(sdk, job.stop).call(named, AbortSignal.timeout(STOP_MS), STYLE);
  } catch (error) {
    const ended = error instanceof StateError && error.error === STYLE.otherErrors;
    if (!ended) throw error;
  }
}

function members(args: Json): JsonObject {
  if (isJsonObject(args)) return args;
  throw new StateError('States.Runtime', 'Arguments of a SageMaker task must be an object');
}
