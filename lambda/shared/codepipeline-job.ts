import {
  CodePipelineClient,
  InvalidJobStateException,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { StageInput } from '../../lib/pipeline/contract';
import { messageOf, oneLine } from './text';

/** What a Lambda action receives. It also holds temporary credentials: never log it. */
export interface CodePipelineJobEvent {
  readonly 'CodePipeline.job': {
    readonly id: string;
    readonly data: {
      readonly actionConfiguration: { readonly configuration: { readonly UserParameters?: string } };
      readonly continuationToken?: string;
    };
  };
}

/** A finished action. An unfinished one gives a token, with which CodePipeline invokes the function again. */
export type JobOutcome =
  | { readonly summary: string; readonly outputVariables?: Readonly<Record<string, string>> }
  | { readonly continuationToken: string };

/** The work of an action: throwing fails the action, and the message is what people read. */
export type JobWork = (input: StageInput, continuationToken: string | undefined) => Promise<JobOutcome>;

/**
 * Runs `work` as a CodePipeline job and reports how it ended. A job that was not reported would hang until its timeout,
 * so every error is reported; only a failed report is thrown, which makes Lambda deliver the event again.
 */
export async function runJob(event: CodePipelineJobEvent, work: JobWork): Promise<void> {
  const job = event['CodePipeline.job'];
  const codepipeline = new CodePipelineClient({});
  let outcome: JobOutcome;
  try {
    outcome = await work(
      parseInput(job.data.actionConfiguration.configuration.UserParameters),
      job.data.continuationToken,
    );
  } catch (error) {
    console.error(error);
    await reportOnce(() =>
      codepipeline.send(
        new PutJobFailureResultCommand({
          jobId: job.id,
          failureDetails: { type: 'JobFailed', message: messageOf(error) },
        }),
      ),
    );
    return;
  }
  await reportOnce(() =>
    codepipeline.send(new PutJobSuccessResultCommand({ jobId: job.id, ...successResult(outcome) })),
  );
}

function successResult(outcome: JobOutcome) {
  if ('continuationToken' in outcome) return { continuationToken: outcome.continuationToken };
  return {
    executionDetails: { summary: oneLine(outcome.summary), percentComplete: 100 },
    ...(outcome.outputVariables === undefined ? {} : { outputVariables: { ...outcome.outputVariables } }),
  };
}

function parseInput(userParameters: string | undefined): StageInput {
  const input: unknown = JSON.parse(userParameters ?? 'null');
  if (typeof input !== 'object' || input === null || !('runId' in input) || typeof input.runId !== 'string') {
    throw new Error(`the action's UserParameters must be JSON with "runId"; found ${userParameters ?? 'nothing'}`);
  }
  return input as StageInput;
}

/** Events are delivered at least once: a job that was already reported needs nothing more. */
async function reportOnce(report: () => Promise<unknown>): Promise<void> {
  try {
    await report();
  } catch (error) {
    if (!(error instanceof InvalidJobStateException)) throw error;
  }
}
