import type { Json } from '../language/json';

/** One thing that a Task state can do. */
export interface Integration {
  /** As in the history: `lambda`, `sagemaker`, `aws-sdk:s3` … */
  readonly resourceType: string;
  /** As in the history: `invoke`, `createTrainingJob.sync`, `putObject` … */
  readonly resource: string;
  /**
   * What is wrong with Arguments, one line each, as far as it can be told before running: strings that are
   * expressions count as present and of the right type.
   */
  argumentProblems(args: Json): readonly string[];
  /**
   * Does the work. Rejects with StateError if it failed; ends soon after `signal` aborts, having stopped what it
   * started.
   */
  call(args: Json, signal: AbortSignal): Promise<Json>;
}
