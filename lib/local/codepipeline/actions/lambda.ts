import { pause } from '../../engine/clock';
import { LambdaError } from '../../engine/ports';
import { ActionFailed, type ActionOutcome, type ActionRun, onlyKeys, required } from '../action';
import type { JobReport } from '../jobs';

/** A function must report within 20 minutes of each invocation (CodePipeline quotas). */
const REPORT_WITHIN_MS = 20 * 60_000;
/** Pause before a function that sent a continuation token is invoked again; scaled like all waits of a pipeline. */
const CONTINUATION_PAUSE_SECONDS = 10;

/** Invokes a function by the job protocol: it must call PutJobSuccessResult or PutJobFailureResult. */
export async function runLambda(run: ActionRun): Promise<ActionOutcome> {
  onlyKeys(run, ['FunctionName', 'UserParameters']);
  let token: string | undefined;
  for (;;) {
    const report = await invoke(run, token);
    if (report.externalExecutionId !== undefined) run.note({ externalExecutionId: report.externalExecutionId });
    if (report.kind === 'failure') throw new ActionFailed(report.code, report.message);
    if (report.summary !== undefined) {
      run.note({ externalExecutionSummary: report.summary });
      run.line(report.summary);
    }
    if (report.continuationToken === undefined) {
      await expectOutputs(run);
      return { variables: report.variables };
    }
    token = report.continuationToken;
    await run.context.clock.sleep(CONTINUATION_PAUSE_SECONDS, run.signal);
  }
}

async function invoke(run: ActionRun, continuationToken: string | undefined): Promise<JobReport> {
  const functionName = required(run, 'FunctionName');
  const data = jobData(run, continuationToken);
  const job = run.jobs.open(data);
  const ended = new AbortController();
  const signal = AbortSignal.any([run.signal, ended.signal]);
  const event = { 'CodePipeline.job': { id: job.id, accountId: run.context.account, data } };
  try {
    const invocation = run.services.lambda.invoke(functionName, event, run.signal);
    return await Promise.race([job.report, unreported(run, functionName, invocation, signal)]);
  } finally {
    ended.abort();
  }
}

/** Rejects when the function threw, or never reports; a return alone says nothing about the outcome. */
async function unreported(
  run: ActionRun,
  functionName: string,
  invocation: Promise<unknown>,
  signal: AbortSignal,
): Promise<never> {
  try {
    await invocation;
  } catch (error) {
    run.signal.throwIfAborted();
    const cause = error instanceof LambdaError ? `${error.errorType}: ${error.message}` : String(error);
    throw new ActionFailed('JobFailed', `The function ${functionName} ended without a job result: ${cause}`);
  }
  await pause(REPORT_WITHIN_MS, signal);
  throw new ActionFailed(
    'JobFailed',
    `The function ${functionName} returned but did not report a job result within 20 minutes (PutJobSuccessResult or PutJobFailureResult).`,
  );
}

function jobData(run: ActionRun, continuationToken: string | undefined): object {
  const { awsEnv } = run.context;
  const artifact = ({ name, bucket, key, revision }: ActionRun['inputs'][number]) => ({
    name,
    revision: revision ?? null,
    location: { type: 'S3', s3Location: { bucketName: bucket, objectKey: key } },
  });
  return {
    actionConfiguration: { configuration: run.configuration },
    inputArtifacts: run.inputs.map(artifact),
    outputArtifacts: run.outputs.map(artifact),
    artifactCredentials: {
      accessKeyId: awsEnv.AWS_ACCESS_KEY_ID,
      secretAccessKey: awsEnv.AWS_SECRET_ACCESS_KEY,
      sessionToken: 'one-machine',
      expirationTime: Date.now() + 3_600_000,
    },
    ...(continuationToken === undefined ? {} : { continuationToken }),
  };
}

/** A function puts its output artefacts itself; a missing one would only be noticed by a later action. */
async function expectOutputs(run: ActionRun): Promise<void> {
  for (const output of run.outputs) {
    await run.objects.get(output).catch(() => {
      throw new ActionFailed('JobFailed', `The function reported success but wrote no output artifact ${output.name}.`);
    });
  }
}
