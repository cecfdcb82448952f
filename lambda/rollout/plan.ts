import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { FleetFacts } from '../../lib/core/rollout/capture';
import { type Plan, planRollout, planStaging } from '../../lib/core/rollout/plan';
import { liveRelease } from '../../lib/core/rollout/releases';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { type PlanEvent, type PlanResult, ROLLOUT_ENV } from '../../lib/rollout/contract';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { variantAlarms } from './alarms';
import { captureRules } from './capture';
import { readEndpoint } from './endpoint';
import { containerModel, readPackage, readPlanAlarms } from './facts';
import { configNames, gatesOf, nameFor, packageOf } from './release';
import { readVariants } from './rollback-facts';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});
const cloudwatch = new CloudWatchClient({});

/** Reads the endpoint, the records, the package and the alarms, and says what the deployment will do. Changes nothing. */
export async function handler(event: PlanEvent): Promise<PlanResult> {
  const documents = new RunDocuments(requiredEnv(ROLLOUT_ENV.artifactBucket), event.runId);
  const { document: release } = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  const modelPackageArn = await packageOf(event, documents);
  const gates = gatesOf(release);
  const base = {
    instances: {
      type: requiredEnv(ROLLOUT_ENV.instanceType),
      count: Number(requiredEnv(ROLLOUT_ENV.instanceCount)),
    },
    rules: gates.canary,
    // Names depend on the content alone: the same release, planned again by whichever run, finds what is there.
    configName: configNames(requiredEnv(ROLLOUT_ENV.endpoint)),
  };
  const capture = captureRules(gates.monitoring.capture.percent);
  const plan =
    requiredEnv(ROLLOUT_ENV.environment) === 'staging'
      ? await staging(modelPackageArn, base)
      : await production(event, modelPackageArn, { ...base, ...(capture && { capture }) });
  return { runId: event.runId, modelPackageArn, plan };
}

type Base = Pick<Parameters<typeof planStaging>[0], 'instances' | 'rules' | 'configName'>;

async function staging(modelPackageArn: string, base: Base): Promise<Plan> {
  const endpointName = requiredEnv(ROLLOUT_ENV.endpoint);
  const [endpoint, found] = await Promise.all([
    readEndpoint(sagemaker, endpointName),
    readPackage(sagemaker, modelPackageArn),
  ]);
  const { container } = containerModel('', found);
  const model = { name: nameFor(endpointName, [modelPackageArn, container]), ...(container && { container }) };
  return planStaging({ ...base, ...(endpoint === undefined ? {} : { endpoint }), model });
}

async function production(
  { runId, mark }: PlanEvent,
  modelPackageArn: string,
  base: Base & Pick<FleetFacts, 'capture'>,
): Promise<Plan> {
  const store = RolloutStore.fromEnvironment();
  const [endpoint, found, history, alarms] = await Promise.all([
    readEndpoint(sagemaker, store.endpoint),
    readPackage(sagemaker, modelPackageArn),
    store.history(),
    readPlanAlarms(cloudwatch, variantAlarms()),
  ]);
  const live = liveRelease(history);
  return planRollout({
    ...base,
    endpointName: store.endpoint,
    ...(endpoint === undefined ? {} : { endpoint }),
    variants: endpoint?.status === 'InService' ? await readVariants(sagemaker, endpoint) : [],
    ...(live === undefined ? {} : { live }),
    runId,
    // A release is its package, whichever run brings it.
    ...(mark == null ? {} : { [mark.modelPackageArn === modelPackageArn ? 'mark' : 'abandoned']: mark }),
    packageArn: modelPackageArn,
    approval: {
      status: found.ModelApprovalStatus ?? 'without an approval status',
      ...(found.ApprovalDescription === undefined ? {} : { description: found.ApprovalDescription }),
    },
    model: { name: nameFor(store.endpoint, [modelPackageArn]), packageArn: modelPackageArn },
    alarms,
  });
}
