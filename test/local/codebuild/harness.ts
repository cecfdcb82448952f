import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildRequest, type CodeBuild, createCodeBuild } from '../../../lib/local/codebuild/service';
import { awsEnvironment } from '../../../lib/local/engine/aws';
import { SystemClock } from '../../../lib/local/engine/clock';
import type { AwsEvent, EngineContext, ResolvedResource } from '../../../lib/local/engine/ports';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { FileStateStore } from '../../../lib/local/engine/state-store';

// Real shells, Git and Python: a busy machine is slow, and slow is no failure.
jest.setTimeout(60_000);

/** The project's Python environment. */
export const VENV = process.env.ASSAY_VENV ?? resolve(__dirname, '../../../.venv');

export interface Machine {
  readonly context: EngineContext;
  readonly events: AwsEvent[];
  readonly log: string[];
  /** What is to be closed with it. */
  readonly closers: (() => Promise<void>)[];
  close(): Promise<void>;
}

/** Real processes, clock and state in a folder of its own; `endpointUrl` is only called by tests that start a gateway. */
export function machine(endpointUrl = 'http://127.0.0.1:9'): Machine {
  const stateDir = mkdtempSync(join(tmpdir(), 'assay-test-'));
  const processes = new LocalProcessHost();
  const events: AwsEvent[] = [];
  const log: string[] = [];
  const closers: (() => Promise<void>)[] = [];
  return {
    events,
    log,
    closers,
    context: {
      region: 'eu-west-1',
      account: '123456789012',
      partition: 'aws',
      endpointUrl,
      stateDir,
      venv: VENV,
      clock: new SystemClock(0.01),
      calendar: { now: () => new Date() },
      processes,
      state: new FileStateStore(join(stateDir, 'state')),
      events: { publish: (event) => void events.push(event), drain: async () => undefined },
      awsEnv: awsEnvironment('eu-west-1', endpointUrl),
      log: (line) => void log.push(line),
    },
    close: async () => {
      await Promise.all(closers.map((close) => close()));
      await processes.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Properties of a project without source whose buildspec is given; `more` replaces members. */
export const projectResource = (buildspec: string | object, more: Record<string, unknown> = {}): ResolvedResource => ({
  logicalId: 'Project',
  type: 'AWS::CodeBuild::Project',
  stack: 'Test',
  properties: {
    Name: 'tests',
    Artifacts: { Type: 'NO_ARTIFACTS' },
    Source: { Type: 'NO_SOURCE', BuildSpec: typeof buildspec === 'string' ? buildspec : JSON.stringify(buildspec) },
    Environment: { Type: 'LINUX_CONTAINER', Image: 'aws/codebuild/standard:7.0', ComputeType: 'BUILD_GENERAL1_SMALL' },
    ...more,
  },
});

/** Creates the project as the provisioner would. */
export async function provision(codebuild: CodeBuild, resource: ResolvedResource): Promise<string> {
  const provider = codebuild.providers.find(({ types }) => types.includes(resource.type));
  if (provider === undefined) throw new Error(`no provider for ${resource.type}`);
  return (await provider.create(resource)).ref;
}

/** Runs one build and answers its result with the output of its commands (without the service's own lines). */
export async function build(
  { context, closers }: Machine,
  buildspec: string | object,
  more: Record<string, unknown> = {},
  request: Partial<BuildRequest> = {},
) {
  const codebuild = createCodeBuild(context);
  closers.push(() => codebuild.close());
  const projectName = await provision(codebuild, projectResource(buildspec, more));
  const lines: string[] = [];
  const result = await codebuild.run({
    projectName,
    initiator: 'codepipeline/test',
    onLine: (line) => lines.push(line),
    ...request,
  });
  const output = lines.filter((line) => !line.startsWith('[Container]'));
  const phases = context.state.read<{ builds: { id: string; phases: { phaseType: string; phaseStatus: string }[] }[] }>(
    `codebuild-${projectName}`,
  );
  const states = Object.fromEntries(
    (phases?.builds.find(({ id }) => id === result.id)?.phases ?? []).map((phase) => [
      phase.phaseType,
      phase.phaseStatus,
    ]),
  );
  return { codebuild, result, lines, output, states };
}
