import type { Buildspec, PhaseSpec, SpecPhase } from './buildspec';
import { SPEC_PHASES } from './buildspec';
import type { BuildLog } from './log';
import { parseOnFailure } from './on-failure';
import type { BuildShell } from './shell';

export type PhaseStatus = 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'IN_PROGRESS' | 'STOPPED';

/** A phase as BatchGetBuilds shows it; times in epoch seconds. */
export interface PhaseRecord {
  readonly phaseType: string;
  phaseStatus?: PhaseStatus;
  readonly startTime: number;
  endTime?: number;
  durationInSeconds?: number;
  contexts?: readonly PhaseContext[];
}

export interface PhaseContext {
  readonly statusCode: string;
  readonly message: string;
}

/** A phase that failed for a reason other than a command: its code and message go to the phase's context. */
export class PhaseError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'PhaseError';
  }
}

export interface PhaseRun {
  readonly shell: BuildShell;
  readonly log: BuildLog;
  readonly signal: AbortSignal;
  /** Runs `work` as the phase of this name and records times, status and context. Never rejects but for an abort. */
  record(phaseType: string, work: () => Promise<PhaseContext | undefined>): Promise<boolean>;
}

/**
 * The buildspec's phases with CodeBuild's transitions: a failed install or pre_build ends the build, a failed build
 * still runs post_build. A phase that failed leaves the build failed even where `on-failure: CONTINUE` goes on.
 * @returns whether the artefacts are to be uploaded, which is so once the build phase was reached and nothing aborted.
 */
export async function runPhases(spec: Buildspec, run: PhaseRun): Promise<boolean> {
  let succeeding = true;
  for (const name of SPEC_PHASES) {
    const phase = spec.phases[name];
    const onFailure = parseOnFailure(phase?.['on-failure'] ?? 'DEFAULT');
    await run.shell.run(`export CODEBUILD_BUILD_SUCCEEDING=${succeeding ? 1 : 0}`, run.signal);
    if (await run.record(name.toUpperCase(), () => attempts(phase, run))) continue;
    succeeding = false;
    if (onFailure.kind === 'ABORT') return false;
    if (onFailure.kind !== 'CONTINUE' && endsTheBuild(name)) return false;
  }
  return true;
}

const endsTheBuild = (phase: SpecPhase): boolean => phase === 'install' || phase === 'pre_build';

/** Runs a phase, again as often as `on-failure: RETRY…` allows while the message matches. */
async function attempts(phase: PhaseSpec | undefined, run: PhaseRun): Promise<PhaseContext | undefined> {
  if (phase === undefined) return undefined;
  const onFailure = parseOnFailure(phase['on-failure']);
  for (let attempt = 0; ; attempt++) {
    const failure = await once(phase, run);
    if (failure === undefined || onFailure.kind !== 'RETRY') return failure;
    if (attempt >= onFailure.count || !onFailure.pattern.test(failure.message)) return failure;
    run.log.container(`Retrying phase, attempt ${attempt + 1} of ${onFailure.count}: ${failure.message}`);
  }
}

async function once(phase: PhaseSpec, run: PhaseRun): Promise<PhaseContext | undefined> {
  const failure = await runList(phase.commands, run);
  const inFinally = await runList(phase.finally, run);
  return failure ?? inFinally;
}

/** Runs items until one fails; answers that failure in CodeBuild's words. */
async function runList(commands: readonly string[], run: PhaseRun): Promise<PhaseContext | undefined> {
  for (const command of commands) {
    run.log.container(`Running command ${command}`);
    const status = await run.shell.run(command, run.signal);
    if (status === 0) continue;
    run.log.container(`Command did not exit successfully ${command} exit status ${status}`);
    return {
      statusCode: 'COMMAND_EXECUTION_ERROR',
      message: run.log.masked(`Error while executing command: ${command}. Reason: exit status ${status}`),
    };
  }
  return undefined;
}
