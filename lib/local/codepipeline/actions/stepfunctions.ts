import { readFromZip, zipTexts } from '../../codebuild/archive';
import { ActionFailed, type ActionOutcome, type ActionRun, onlyKeys, required } from '../action';
import type { StateMachineResult } from '../ports';

/** Starts an execution of a state machine and waits for its end. */
export async function runStepFunctions(run: ActionRun): Promise<ActionOutcome> {
  onlyKeys(run, ['StateMachineArn', 'ExecutionNamePrefix', 'Input', 'InputType']);
  const stateMachineArn = required(run, 'StateMachineArn');
  const input = await executionInput(run);
  const prefix = run.configuration.ExecutionNamePrefix;
  const name = [...(prefix === undefined ? [] : [prefix]), run.actionExecutionId].join('-');
  const { stepfunctions } = run.services;
  const executionArn = await stepfunctions.start(stateMachineArn, input, name).catch((error: unknown) => {
    throw new ActionFailed(
      'JobFailed',
      `State machine ${stateMachineArn} cannot be started: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  run.note({ externalExecutionId: executionArn });
  const result = await ended(run, executionArn);
  if (result.status !== 'SUCCEEDED') {
    const reason = [result.error, result.cause].filter((part) => part !== undefined && part !== '').join(': ');
    throw new ActionFailed(
      'JobFailed',
      `The execution ${name} ended as ${result.status}${reason === '' ? '' : `: ${reason}`}`,
    );
  }
  const [output] = run.outputs;
  if (output !== undefined)
    await run.objects.put(output, await zipTexts({ [`${output.name}.json`]: result.output ?? '' }));
  return { variables: { StateMachineArn: stateMachineArn, ExecutionArn: executionArn } };
}

/** An abandoned action does not leave its execution running. */
async function ended(run: ActionRun, executionArn: string): Promise<StateMachineResult> {
  try {
    return await run.services.stepfunctions.wait(executionArn, run.signal);
  } catch (error) {
    if (run.signal.aborted)
      await run.services.stepfunctions.stop(executionArn, 'Abandoned', 'the pipeline was stopped');
    throw error;
  }
}

async function executionInput(run: ActionRun): Promise<unknown> {
  const { Input = '{}', InputType = 'Literal' } = run.configuration;
  if (InputType !== 'Literal' && InputType !== 'FilePath') {
    throw new ActionFailed(
      'ConfigurationError',
      `Action ${run.action.name}: InputType must be Literal or FilePath; found ${InputType}.`,
    );
  }
  return InputType === 'Literal' ? asJson(run, Input, 'Input') : asJson(run, await fileOf(run, Input), Input);
}

async function fileOf(run: ActionRun, path: string): Promise<string> {
  const [artifact] = run.inputs;
  if (artifact === undefined) {
    throw new ActionFailed(
      'ConfigurationError',
      `Action ${run.action.name}: InputType FilePath needs one input artifact.`,
    );
  }
  const text = await readFromZip(await run.objects.get(artifact), path);
  if (text !== undefined) return text;
  throw new ActionFailed('JobFailed', `The artifact ${artifact.name} has no file ${path}.`);
}

function asJson(run: ActionRun, text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ActionFailed(
      'ConfigurationError',
      `Action ${run.action.name}: ${from} is not JSON: ${(error as Error).message}`,
    );
  }
}
