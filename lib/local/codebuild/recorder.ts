import type { EngineContext } from '../engine/ports';
import type { BuildLog } from './log';
import { type PhaseContext, PhaseError, type PhaseRecord, type PhaseStatus } from './phases';
import type { BuildRecord, BuildStore } from './store';

/** Why a build ends before its commands do. */
export class BuildEnded extends Error {
  constructor(readonly status: 'TIMED_OUT' | 'STOPPED') {
    super(status === 'TIMED_OUT' ? 'The build ran into its timeout' : 'The build was stopped');
    this.name = 'BuildEnded';
  }
}

/** Records the phases of one build: in its log, in the state, and as EventBridge events. */
export class Recorder {
  constructor(
    private readonly context: EngineContext,
    private readonly store: BuildStore,
    readonly record: BuildRecord,
    private readonly log: BuildLog,
  ) {
    store.save(record);
    this.#publish();
  }

  /** Runs `work` as a phase and answers whether it succeeded. Rejects with BuildEnded only. */
  async phase(phaseType: string, work: () => Promise<PhaseContext | undefined>): Promise<boolean> {
    const phase: PhaseRecord = { phaseType, startTime: this.#now() };
    this.record.phases.push(phase);
    this.record.currentPhase = phaseType;
    this.store.save(this.record);
    this.log.container(`Entering phase ${phaseType}`);
    try {
      const failure = await work();
      this.#end(phase, failure === undefined ? 'SUCCEEDED' : 'FAILED', failure);
    } catch (error) {
      if (error instanceof BuildEnded) {
        this.#end(phase, error.status, { statusCode: 'BUILD_ENDED', message: error.message });
        throw error;
      }
      this.#end(phase, 'FAILED', {
        statusCode: error instanceof PhaseError ? error.code : 'CLIENT_ERROR',
        message: this.log.masked(error instanceof Error ? error.message : String(error)),
      });
    }
    return phase.phaseStatus === 'SUCCEEDED';
  }

  /** Ends the build; its status is that of the phases unless it was stopped. */
  complete(ended: BuildEnded | undefined): void {
    const failed = this.record.phases.some(({ phaseStatus }) => phaseStatus === 'FAILED');
    this.record.buildStatus = ended?.status ?? (failed ? 'FAILED' : 'SUCCEEDED');
    this.record.currentPhase = 'COMPLETED';
    this.record.buildComplete = true;
    this.record.endTime = this.#now();
    this.record.phases.push({ phaseType: 'COMPLETED', startTime: this.record.endTime });
    this.store.save(this.record);
    this.#publish();
  }

  failure(): { readonly phase: string; readonly code: string; readonly message: string } | undefined {
    const phase = this.record.phases.find(
      ({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED',
    );
    const context = phase?.contexts?.[0];
    return phase && context && { phase: phase.phaseType, code: context.statusCode, message: context.message };
  }

  #end(phase: PhaseRecord, status: PhaseStatus, context: PhaseContext | undefined): void {
    phase.phaseStatus = status;
    phase.endTime = this.#now();
    phase.durationInSeconds = Math.round(phase.endTime - phase.startTime);
    phase.contexts = [context ?? { statusCode: '', message: '' }];
    this.store.save(this.record);
    this.log.container(`Phase complete: ${phase.phaseType} State: ${status}`);
    this.log.container(`Phase context status code: ${context?.statusCode ?? ''} Message: ${context?.message ?? ''}`);
  }

  #now(): number {
    return this.context.clock.now().getTime() / 1000;
  }

  #publish(): void {
    this.context.events.publish({
      source: 'aws.codebuild',
      'detail-type': 'CodeBuild Build State Change',
      resources: [this.record.arn],
      detail: {
        'build-status': this.record.buildStatus,
        'project-name': this.record.projectName,
        'build-id': this.record.arn,
        'current-phase': this.record.currentPhase,
        version: '1',
      },
    });
  }
}
