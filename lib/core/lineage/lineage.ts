import type { Trigger } from '../retraining/trigger';
import type { ReleaseState } from '../rollout/status';
import type { Verdict } from '../verdict';

/** Everything that is known of where a release comes from and what became of it. Times are ISO 8601, UTC. */
export interface Lineage {
  readonly schema: 'assay.lineage/1';
  readonly application: string;
  /** Pipeline execution id. */
  readonly runId: string;
  /** Absent: the run was never registered, or its package was deleted. */
  readonly release?: RegisteredRelease;
  readonly commit?: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly preparedAt?: string;
  /** Absent: a run from before triggers were recorded, when only pushes started one; or release.json is gone. */
  readonly trigger?: Trigger;
  readonly source?: { readonly uri: string; readonly sha256: string };
  readonly dataset?: LineageDataset;
  readonly image?: { readonly uri: string; readonly digest: string };
  readonly training?: LineageTraining;
  readonly environment?: LineageEnvironment;
  /** The validated gates.yaml, and the SHA-256 of the file's bytes, hexadecimal. */
  readonly gates?: { readonly sha256: string; readonly values: unknown };
  /** Measured on the golden holdout when the model gate judged it. */
  readonly metrics: readonly LineageMetric[];
  readonly reports: readonly LineageReport[];
  readonly approvals: readonly LineageApproval[];
  /** Oldest first. */
  readonly history: readonly LineageEvent[];
  /** What ought to be there and is not, or cannot be read. Nothing is assumed in its place. */
  readonly missing: readonly MissingDocument[];
}

export interface RegisteredRelease {
  /** Version of the model package. */
  readonly releaseId: string;
  readonly modelPackageArn: string;
  /** `registered`: never in production; otherwise as `assay status` says. */
  readonly state: ReleaseState | 'registered';
  readonly approvalStatus: string;
  readonly createdAt?: string;
}

export interface LineageDataset {
  readonly name: string;
  readonly version: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** The version that gates.yaml names, where landed files made another of it. */
  readonly root?: { readonly version: string; readonly digest: string };
  readonly train: LineageFile;
  readonly holdout: LineageFile;
  readonly landed: readonly LineageLanded[];
  /** Landed files that the version does without, because their gates did not pass. @default - none */
  readonly refused?: readonly LineageRefused[];
}

/** A pinned object of S3. SHA-256 in hexadecimal. */
export interface LineageFile {
  readonly path: string;
  readonly s3Uri: string;
  readonly versionId: string;
  readonly sha256: string;
  readonly rows: number;
}

export interface LineageRefused {
  readonly key: string;
  readonly versionId: string;
  /** One line. */
  readonly reason: string;
}

export type LineageLanded = Omit<LineageFile, 'path' | 's3Uri'> & { readonly key: string };

export interface LineageTraining {
  readonly job: string;
  readonly model: string;
  readonly modelDataUrl: string;
  readonly seconds: number;
  /** ARN of the package that it was compared with. */
  readonly champion?: string;
}

export interface LineageEnvironment {
  readonly python: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly sha256: string;
}

export interface LineageMetric {
  readonly name: string;
  readonly value: number;
  readonly interval?: readonly [number, number];
  readonly n?: number;
}

export interface LineageReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly createdAt: string;
  /** s3:// URI of the page for people. */
  readonly page: string;
}

export interface LineageApproval {
  readonly decision: 'approved' | 'rejected';
  /** Absent: nobody decided in time, or the registry alone tells, in `text`. */
  readonly by?: string;
  readonly at?: string;
  readonly summary?: string;
  /** The registry's own words, where approval.json is missing. */
  readonly text?: string;
}

export interface LineageEvent {
  readonly at: string;
  readonly what: 'promoted' | 'taken back' | 'rejected' | 'brought back' | 'retired' | 'drill';
  /** One line. */
  readonly detail: string;
}

export interface MissingDocument {
  readonly name: string;
  readonly uri: string;
  /** `deleted at …`, `was never written`, or why it cannot be read. */
  readonly why: string;
}
