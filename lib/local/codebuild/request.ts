import type { ObjectLocation, RequestedArtifacts } from './artifacts';
import type { BuildVariable } from './environment';
import type { PhaseStatus } from './phases';

/** What a pipeline action or StartBuild asks for. */
export interface BuildRequest {
  readonly projectName: string;
  /** `codepipeline/<name>` from a pipeline. */
  readonly initiator: string;
  /** Zip for CODEBUILD_SRC_DIR. @default the project's own source, or an empty folder */
  readonly source?: ObjectLocation;
  /** Zip for CODEBUILD_SRC_DIR that lies nowhere else, in place of `source`. */
  readonly archive?: Buffer;
  /** Zips for `CODEBUILD_SRC_DIR_<identifier>`. */
  readonly secondarySources?: Readonly<Record<string, ObjectLocation>>;
  readonly artifacts?: RequestedArtifacts;
  /** Win over those of project and buildspec. */
  readonly variables?: readonly BuildVariable[];
  readonly sourceVersion?: string;
  readonly resolvedSourceVersion?: string;
  readonly buildspecOverride?: string;
  /** What happened at the Git host, where that started the build. */
  readonly webhook?: {
    readonly event: string;
    readonly baseRef: string;
    readonly headRef: string;
    /** `pr/<number>` */
    readonly trigger: string;
  };
  /** Aborting stops the build. */
  readonly signal?: AbortSignal;
  /** Each line of the log as it is written. */
  readonly onLine?: (line: string) => void;
  /** The build's id as soon as it has one. */
  readonly onStart?: (build: { readonly id: string; readonly logPath: string }) => void;
}

export interface BuildResult {
  /** `<project>:<uuid>` */
  readonly id: string;
  readonly arn: string;
  readonly number: number;
  readonly status: Exclude<PhaseStatus, 'IN_PROGRESS'>;
  /** The first phase that failed. */
  readonly failure?: { readonly phase: string; readonly code: string; readonly message: string };
  readonly exportedVariables: Readonly<Record<string, string>>;
  readonly reportArns: readonly string[];
  readonly logPath: string;
}
