import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ListModelPackagesCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { approveAll } from '../../lib/cli/run/approvals';
import { Display } from '../../lib/cli/run/display';
import { edit, SCENARIOS, type Scenario } from '../../lib/cli/run/scenarios';
import { type RunResult, Session } from '../../lib/cli/run/session';
import { ownWorkload, type Workload } from '../../lib/cli/run/workload';
import { writeChurnDataset } from '../../lib/golden-data/write-churn';

const root = resolve(__dirname, '../..');

/** What the tests of one file share: an engine on a state of its own, so that two files can run side by side. */
export class PipelineFixture {
  private readonly folder = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
  private readonly stateDir: string;
  /** The churn workload in a team's own repository outside this one. */
  readonly workload: Workload;
  /** The same with short bakes, dense probes and one quick test: its own tests run where CodeTests is what matters. */
  readonly quick: Workload;
  private opened: Session | undefined;

  /** @param name of the state folder */
  constructor(name: string) {
    this.stateDir = join(root, '.assay', name);
    const repository = join(this.folder, 'churn');
    cpSync(join(root, 'examples/churn'), repository, { recursive: true });
    writeChurnDataset(join(repository, 'golden'));
    const workload = ownWorkload(repository, 'e2e');
    // Days pass here, and what they lead to is to be the traffic's doing alone.
    this.workload = { ...workload, environment: { ...workload.environment, ASSAY_SCHEDULE: 'off' } };
    this.quick = quickWorkload(repository, join(this.folder, 'quick'));
  }

  get session(): Session {
    if (this.opened === undefined) throw new Error('no engine runs');
    return this.opened;
  }

  /** Starts an engine where none has been, with golden data. */
  async start(): Promise<void> {
    rmSync(this.stateDir, { recursive: true, force: true });
    await this.open();
    await this.session.pushGoldenData(this.workload.folder);
  }

  /** Starts an engine on what the one before left. */
  async open(): Promise<void> {
    await this.opened?.close();
    this.opened = await Session.open({
      root,
      workload: this.workload,
      stateDir: this.stateDir,
      timeScale: 0.01,
      traffic: 30,
      approvals: approveAll,
      display: new Display({ isTTY: false, write: () => true }),
      signal: new AbortController().signal,
    });
  }

  async remove(): Promise<void> {
    await this.opened?.close();
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  /** Approval status of every version in the registry, oldest first. */
  async packages(): Promise<readonly (string | undefined)[]> {
    const client = new SageMakerClient({
      endpoint: this.session.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'e2e', secretAccessKey: 'e2e' },
    });
    const order = { SortBy: 'CreationTime', SortOrder: 'Ascending' } as const;
    const { ModelPackageSummaryList = [] } = await client.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'e2e', ...order }),
    );
    client.destroy();
    return ModelPackageSummaryList.map(({ ModelApprovalStatus }) => ModelApprovalStatus);
  }
}

/** Needs none of the packages, which a fresh environment takes ten seconds to compile. */
const QUICK_TEST = `from pathlib import Path


def test_what_is_pushed_is_whole():
    root = Path(__file__).parents[2]
    assert all((root / name).is_file() for name in ("gates.yaml", "train.py", "inference.py", "requirements.txt"))
`;

function quickWorkload(repository: string, copy: string): Workload {
  cpSync(repository, copy, { recursive: true });
  rmSync(join(copy, 'tests'), { recursive: true });
  mkdirSync(join(copy, 'tests/unit'), { recursive: true });
  writeFileSync(join(copy, 'tests/unit/test_quick.py'), QUICK_TEST);
  edit(copy, 'gates.yaml', 'bakeSeconds: 600', 'bakeSeconds: 240');
  edit(copy, 'gates.yaml', 'maxBakeSeconds: 3600', 'maxBakeSeconds: 600');
  edit(copy, 'gates.yaml', '  minRequests: 20\n', '  minRequests: 20\n  probes: { ratePerSecond: 50 }\n');
  return ownWorkload(copy, 'e2e');
}

export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

export const weights = ({ summary }: RunResult): Readonly<Record<string, number>> =>
  Object.fromEntries((summary.endpoint?.variants ?? []).map(({ name, weight }) => [name, weight]));
