import type { Verdict } from '../verdict';

/** The document that every gate writes, whatever it judged. */
export const REPORT_SCHEMA = 'assay.report/1';

export type GateName = 'data' | 'drift' | 'model' | 'behaviour' | 'serving' | 'canary';

/** What the evidence of one check may hold. Further fields are specific to the statistic. */
export interface Evidence {
  readonly statistic?: string;
  readonly estimate?: number | null;
  /** Lower and upper bound at `confidence`. */
  readonly interval?: readonly [number, number] | null;
  readonly confidence?: number;
  readonly method?: string;
  readonly pValue?: number | null;
  /** Number of observations behind the estimate. */
  readonly n?: number;
  readonly threshold?: number;
  readonly [detail: string]: unknown;
}

export interface Check {
  /** Stable and unique inside the report, e.g. `promotion.roc_auc` or `data.train.contract_type.in_set`. */
  readonly id: string;
  readonly verdict: Verdict;
  /** One sentence a person can act on. */
  readonly reason: string;
  readonly evidence?: Evidence;
}

/** What was judged. */
export interface ReleaseIdentity {
  readonly commit?: string;
  readonly dataset?: {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
    readonly rows: number;
  };
  readonly model?: string;
  readonly image?: string;
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly gate: GateName;
  readonly verdict: Verdict;
  /** The first line of a notice: why the verdict is what it is. */
  readonly reason: string;
  readonly release: ReleaseIdentity;
  readonly checks: readonly Check[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}
