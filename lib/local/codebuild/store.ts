import type { StateStore } from '../engine/ports';
import type { PhaseRecord, PhaseStatus } from './phases';
import type { ReportRecord } from './reports';

/** A build as BatchGetBuilds shows it; times in epoch seconds. */
export interface BuildRecord {
  readonly id: string;
  readonly arn: string;
  readonly buildNumber: number;
  readonly projectName: string;
  readonly initiator: string;
  readonly startTime: number;
  endTime?: number;
  currentPhase: string;
  buildStatus: PhaseStatus;
  buildComplete: boolean;
  readonly sourceVersion?: string;
  readonly resolvedSourceVersion?: string;
  readonly phases: PhaseRecord[];
  readonly source: { readonly type: string; readonly location?: string; readonly buildspec: string };
  readonly environment: {
    readonly type: string;
    readonly image: string;
    readonly computeType: string;
    readonly environmentVariables: readonly { readonly name: string; readonly value: string; readonly type?: string }[];
  };
  readonly logs: { readonly deepLink: string; readonly groupName: string; readonly streamName: string };
  readonly timeoutInMinutes: number;
  reportArns: readonly string[];
  exportedEnvironmentVariables: readonly { readonly name: string; readonly value: string }[];
}

interface ProjectState {
  readonly lastNumber: number;
  readonly builds: readonly BuildRecord[];
}

const KEPT_BUILDS = 100;

/** Builds and reports in the engine's state: one document for each project, one for each report. */
export class BuildStore {
  constructor(private readonly state: StateStore) {}

  nextNumber(project: string): number {
    const { lastNumber, builds } = this.#project(project);
    this.state.write<ProjectState>(name(project), { lastNumber: lastNumber + 1, builds });
    return lastNumber + 1;
  }

  /** Adds the build, or replaces it. */
  save(build: BuildRecord): void {
    const { lastNumber, builds } = this.#project(build.projectName);
    const others = builds.filter(({ id }) => id !== build.id);
    const kept = [...others, build].sort((a, b) => a.buildNumber - b.buildNumber).slice(-KEPT_BUILDS);
    this.state.write<ProjectState>(name(build.projectName), { lastNumber, builds: kept });
  }

  /** Newest first. */
  builds(project: string): BuildRecord[] {
    return [...this.#project(project).builds].reverse();
  }

  /** By id (`project:uuid`) or ARN. */
  build(idOrArn: string): BuildRecord | undefined {
    const id = idOrArn.slice(idOrArn.lastIndexOf('/') + 1);
    return this.#project(id.split(':')[0] ?? '').builds.find((build) => build.id === id);
  }

  /** Builds that were running when an engine died did not end by themselves. */
  stopUnfinished(project: string, now: number): void {
    for (const build of this.builds(project).filter(({ buildComplete }) => !buildComplete)) {
      this.save({ ...build, buildStatus: 'STOPPED', buildComplete: true, endTime: now, currentPhase: 'COMPLETED' });
    }
  }

  saveReport(report: ReportRecord): void {
    this.state.write(reportName(report.arn), report);
  }

  report(arn: string): ReportRecord | undefined {
    return this.state.read<ReportRecord>(reportName(arn));
  }

  #project(project: string): ProjectState {
    return this.state.read<ProjectState>(name(project)) ?? { lastNumber: 0, builds: [] };
  }
}

const name = (project: string): string => `codebuild-${project}`;
const reportName = (arn: string): string => `codebuild-report-${arn.slice(arn.lastIndexOf('/') + 1)}`;
