import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type PlanFacts, planRollout, planStaging } from '../../lib/core/rollout/plan';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { type PlanEvent, type PlanResult, ROLLOUT_ENV } from '../../lib/rollout/contract';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { variantAlarms } from './alarms';
import { readEndpoint, readServing } from './endpoint';
import { containerModel, readPackage, readPlanAlarms } from './facts';
import { gatesOf, nameFor, packageOf } from './release';

const sagemaker = new SageMakerClient({});
const cloudwatch = new CloudWatchClient({});

/** Reads the endpoint, the package and the alarms, and says what the deployment will do. Changes nothing. */
export async function handler(event: PlanEvent): Promise<PlanResult> {
  const documents = new RunDocuments(requiredEnv(ROLLOUT_ENV.artifactBucket), event.runId);
  const { document: release } = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  const modelPackageArn = await packageOf(event, documents);
  const environment = requiredEnv(ROLLOUT_ENV.environment);
  const prefix = `${requiredEnv(ROLLOUT_ENV.application)}-${environment}`;
  const modelName = nameFor(prefix, [event.runId, modelPackageArn]);
  const [endpoint, found] = await Promise.all([
    readEndpoint(sagemaker, requiredEnv(ROLLOUT_ENV.endpoint)),
    readPackage(sagemaker, modelPackageArn),
  ]);
  const base = {
    endpointName: requiredEnv(ROLLOUT_ENV.endpoint),
    ...(endpoint === undefined ? {} : { endpoint }),
    packageArn: modelPackageArn,
    instances: {
      type: requiredEnv(ROLLOUT_ENV.instanceType),
      count: Number(requiredEnv(ROLLOUT_ENV.instanceCount)),
    },
    rules: gatesOf(release).canary,
    configName: (variants: unknown) => nameFor(prefix, [event.runId, variants]),
  };
  if (environment === 'staging') {
    const plan = planStaging({ ...base, model: containerModel(modelName, found) });
    return { runId: event.runId, modelPackageArn, plan };
  }
  const serving = endpoint?.status === 'InService' ? await readServing(sagemaker, endpoint) : undefined;
  const facts: PlanFacts = {
    ...base,
    ...(serving === undefined ? {} : { serving }),
    approval: {
      status: found.ModelApprovalStatus ?? 'without an approval status',
      ...(found.ApprovalDescription === undefined ? {} : { description: found.ApprovalDescription }),
    },
    model: { name: modelName, packageArn: modelPackageArn },
    alarms: await readPlanAlarms(cloudwatch, variantAlarms()),
  };
  return { runId: event.runId, modelPackageArn, plan: planRollout(facts) };
}
