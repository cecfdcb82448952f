import type { Report } from '../core/report/report';

/** The two production variants alternate: the new release takes the name that does not serve. */
export type VariantName = 'blue' | 'green';

export type EnvironmentName = 'staging' | 'production';

/** `rollout.json` in the run's folder: what the production rollout did. */
export interface RolloutDocument {
  readonly schema: 'assay.rollout/1';
  readonly endpointName: string;
  readonly outcome: 'promoted' | 'rolled-back' | 'unchanged';
  readonly reason: string;
  readonly live: VariantName;
  readonly previous?: VariantName;
  readonly modelPackageArn: string;
  /** Seconds from the verdict that asked for it until blue had every request again. */
  readonly rollbackSeconds?: number;
  readonly steps: readonly {
    readonly weight: number;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly verdict: Report['verdict'];
    readonly reason: string;
  }[];
}

/** CloudWatch namespace and metric names of SageMaker endpoints that alarms and the judge read. */
export const ENDPOINT_METRICS = {
  namespace: 'AWS/SageMaker',
  invocations: 'Invocations',
  errors4xx: 'Invocation4XXErrors',
  errors5xx: 'Invocation5XXErrors',
  modelErrors: 'InvocationModelErrors',
  latency: 'ModelLatency',
} as const;
