import {
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  type ProductionVariant,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import { type CaptureRules, rulesOf } from '../../lib/core/rollout/capture';
import type { EndpointState, VariantName, VariantSpec } from '../../lib/core/rollout/endpoint';
import { liveRelease, type ReleaseHistory, type ReleaseRecord } from '../../lib/core/rollout/releases';
import type { KnownRelease, RollbackFacts, VariantRelease } from '../../lib/core/rollout/rollback';
import { distinct } from '../../lib/core/rollout/rollback';
import type { LockItem } from '../../lib/rollout/records';
import { captureIn } from './capture';
import { isMissing, readEndpoint } from './endpoint';
import type { LockState } from './lock-item';
import { configNames } from './release';
import type { RolloutStore } from './store';

export interface RollbackSources {
  readonly sagemaker: SageMakerClient;
  readonly store: RolloutStore;
}

/** What a rollback is planned from, and what was read for it on the way. */
export interface RollbackReading {
  readonly facts: RollbackFacts;
  readonly history: ReleaseHistory;
  readonly lock?: LockItem;
}

/** Reads the endpoint, what stands behind its variants, and every release on record. Changes nothing. */
export async function readRollback(
  { sagemaker, store }: RollbackSources,
  wish: { readonly to?: string; readonly unfinished?: boolean } = {},
): Promise<RollbackReading> {
  const [endpoint, history, state] = await Promise.all([
    readEndpoint(sagemaker, store.endpoint),
    store.history(),
    store.lock.read(),
  ]);
  const { lock } = state;
  const live = liveRelease(history)?.releaseId;
  const [variants, releases, capture] = await Promise.all([
    endpoint === undefined ? [] : readVariants(sagemaker, endpoint),
    readReleases(sagemaker, history.releases),
    endpoint === undefined ? undefined : readCapture(sagemaker, endpoint),
  ]);
  const facts: RollbackFacts = {
    endpointName: store.endpoint,
    ...(endpoint === undefined ? {} : { endpoint }),
    variants,
    releases,
    ...(live === undefined ? {} : { live }),
    ...(wish.to === undefined || wish.to === '' ? {} : { to: wish.to }),
    unfinished: wish.unfinished ?? isUnfinished(state, history),
    configName: configNames(store.endpoint),
    ...(capture === undefined ? {} : { capture }),
  };
  return { facts, history, ...(lock === undefined ? {} : { lock }) };
}

/**
 * The mark of a rollout is there until its end is on record; once its promotion is, only the mark is left to go. A
 * rollback that has recorded no intention has not begun; the others move no traffic between releases.
 */
function isUnfinished({ lock, mark }: LockState, history: ReleaseHistory): boolean {
  if (mark !== undefined && mark.modelPackageArn !== liveRelease(history)?.modelPackageArn) return true;
  return lock?.action === 'rollback' && history.rollbacks[0]?.runId === lock.runId;
}

/** Whether an execution still runs; one that nobody remembers has ended long ago. */
export async function isRunning(sfn: SFNClient, executionArn: string): Promise<boolean> {
  const status = await statusOf(sfn, executionArn);
  return status === 'RUNNING' || status === 'PENDING_REDRIVE';
}

/** Step Functions' word; undefined for an execution that nobody remembers. */
export async function statusOf(sfn: SFNClient, executionArn: string): Promise<string | undefined> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** The endpoint's variants with their models, packages and present instances. */
export async function readVariants(
  sagemaker: SageMakerClient,
  endpoint: EndpointState,
): Promise<readonly VariantRelease[]> {
  const configured = await readConfig(sagemaker, endpoint.configName);
  const found = endpoint.variants.map(async ({ name, instanceCount }): Promise<VariantRelease | undefined> => {
    const variant = configured?.variants.find((entry) => entry.VariantName === name);
    // During a change the configuration may already be the next one.
    if (variant === undefined) return undefined;
    const modelPackageArn = await packageOf(sagemaker, variant.ModelName ?? '');
    const spec = { ...variantSpec(variant), instanceCount };
    return { variant: spec, ...(modelPackageArn === undefined ? {} : { modelPackageArn }) };
  });
  return (await Promise.all(found)).filter((entry) => entry !== undefined);
}

/** What the endpoint keeps of its traffic. */
export async function readCapture(
  sagemaker: SageMakerClient,
  { configName }: EndpointState,
): Promise<CaptureRules | undefined> {
  const capture = (await readConfig(sagemaker, configName))?.capture;
  return capture === undefined ? undefined : rulesOf(capture);
}

async function readReleases(
  sagemaker: SageMakerClient,
  records: readonly ReleaseRecord[],
): Promise<readonly KnownRelease[]> {
  return Promise.all(
    distinct(records).map(async ({ releaseId, modelPackageArn, promotedAt, configName, retiredAt }) => {
      const known = { releaseId, modelPackageArn, promotedAt };
      // What was retired is kept as history alone; nothing has to be asked.
      if (retiredAt !== undefined) return known;
      const [approval, configured] = await Promise.all([
        approvalOf(sagemaker, modelPackageArn),
        readConfig(sagemaker, configName),
      ]);
      const [variant] = configured?.variants ?? [];
      const capture = configured?.capture;
      return {
        ...known,
        ...(approval === undefined ? {} : { approval }),
        ...(variant === undefined
          ? {}
          : { config: { name: configName, variant: variantSpec(variant), ...(capture && { capture }) } }),
      };
    }),
  );
}

async function packageOf(sagemaker: SageMakerClient, ModelName: string): Promise<string | undefined> {
  const model = await unlessMissing(sagemaker.send(new DescribeModelCommand({ ModelName })));
  return (model?.PrimaryContainer ?? model?.Containers?.[0])?.ModelPackageName;
}

async function approvalOf(sagemaker: SageMakerClient, ModelPackageName: string): Promise<string | undefined> {
  const found = await unlessMissing(sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName })));
  return found?.ModelApprovalStatus;
}

async function readConfig(sagemaker: SageMakerClient, EndpointConfigName: string) {
  const found = await unlessMissing(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName })));
  if (found === undefined) return undefined;
  return { variants: found.ProductionVariants ?? [], capture: captureIn(found.DataCaptureConfig) };
}

const variantSpec = (variant: ProductionVariant): VariantSpec => ({
  name: variant.VariantName as VariantName,
  modelName: variant.ModelName ?? '',
  instanceType: variant.InstanceType ?? '',
  instanceCount: variant.InitialInstanceCount ?? 1,
  weight: variant.InitialVariantWeight ?? 1,
});

/** @returns undefined where what was asked about does not exist */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && / does not exist\.?$/.test(error.message))) return undefined;
    throw error;
  }
}
