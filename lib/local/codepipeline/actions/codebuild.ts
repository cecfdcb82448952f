import * as z from 'zod';
import { ActionFailed, type ActionOutcome, type ActionRun, type Artifact, onlyKeys, required } from '../action';

const KEYS = ['ProjectName', 'PrimarySource', 'EnvironmentVariables', 'BatchEnabled', 'CombineArtifacts'];

const variables = z.array(
  z.strictObject({
    name: z.string(),
    value: z.string(),
    type: z.enum(['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER']).default('PLAINTEXT'),
  }),
);

/** Runs a build on the input artefacts; exported variables become the action's. */
export async function runCodeBuild(run: ActionRun): Promise<ActionOutcome> {
  onlyKeys(run, KEYS);
  const projectName = required(run, 'ProjectName');
  for (const flag of ['BatchEnabled', 'CombineArtifacts']) {
    if (run.configuration[flag] !== 'true') continue;
    throw new ActionFailed(
      'ConfigurationError',
      `Action ${run.action.name}: ${flag} is not supported by the one-machine engine.`,
    );
  }
  const primary = primarySource(run);
  const others = run.inputs.filter((input) => input !== primary);
  const [only] = run.outputs;
  const result = await run.services.codebuild.run({
    projectName,
    initiator: `codepipeline/${run.pipeline.name}`,
    source: primary,
    secondarySources: byName(others),
    // With several outputs CodePipeline takes the secondary artefacts only.
    artifacts:
      run.outputs.length > 1 ? { secondary: byName(run.outputs) } : only === undefined ? {} : { primary: only },
    variables: environmentVariables(run),
    ...(primary.revision === undefined
      ? {}
      : {
          resolvedSourceVersion: primary.revision,
          sourceVersion: `arn:${run.context.partition}:s3:::${primary.bucket}/${primary.key}`,
        }),
    signal: run.signal,
    onLine: (line) => run.line(line),
    onStart: ({ id, logPath }) => run.note({ externalExecutionId: id, externalExecutionUrl: `file://${logPath}` }),
  });
  run.signal.throwIfAborted();
  if (result.status === 'SUCCEEDED') return { variables: result.exportedVariables };
  const { phase, code, message } = result.failure ?? { phase: 'BUILD', code: '', message: '' };
  throw new ActionFailed(
    'JobFailed',
    `Build terminated with state: ${result.status}. Phase: ${phase}, Code: ${code}, Message: ${message}`,
  );
}

function primarySource({ configuration, inputs, action }: ActionRun): Artifact {
  const name = configuration.PrimarySource;
  const primary = name === undefined && inputs.length === 1 ? inputs[0] : inputs.find((input) => input.name === name);
  if (primary !== undefined) return primary;
  const known = inputs.map((input) => input.name).join(', ') || 'none';
  throw new ActionFailed(
    'ConfigurationError',
    `Action ${action.name}: PrimarySource must name one of its input artifacts (${known}); found ${name ?? 'nothing'}.`,
  );
}

function environmentVariables({ configuration, action }: ActionRun) {
  try {
    return variables.parse(JSON.parse(configuration.EnvironmentVariables ?? '[]'));
  } catch (error) {
    throw new ActionFailed(
      'ConfigurationError',
      `Action ${action.name}: EnvironmentVariables is not a JSON list of {name, value, type}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const byName = (artifacts: readonly Artifact[]) =>
  Object.fromEntries(artifacts.map((artifact) => [artifact.name, artifact]));
