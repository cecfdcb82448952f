import { rmSync } from 'node:fs';
import type { Report } from '../../lib/core/report';
import { assay as call } from '../support/command-line';
import { scratchFolder } from '../support/folder';
import { writeFiles } from '../support/workload';

export const GATES = `version: 1
dataset:
  name: churn
  version: "1"
  key: id
  label: churned
  columns: { id: string, calls: integer, spend: number, plan: string, churned: integer }
model:
  metrics: { roc_auc: { min: 0.5 } }
serving: { batchRows: 7 }
behaviour:
  determinism: { rows: 10 }
  tests:
    - name: few calls, no churn
      type: minimum-functionality
      where: "calls = 0"
      expect: { max: 0.5, label: 0 }
    - name: noise
      type: invariance
      perturb: [{ noise: { column: spend, sd: 0.01 } }, { typo: { column: id } }]
      draws: 2
      expect: { tolerance: 0.01, decision: same }
      minPassRate: 0.9
      decide: lower-bound
    - name: other plan
      type: invariance
      perturb: [{ swap: { column: plan, values: [a, b, c] } }]
      expect: { tolerance: 0 }
    - name: more calls
      type: directional
      perturb: [{ scale: { column: calls, by: 2 } }, { add: { column: calls, by: 1 } }]
      expect: { direction: up, atLeast: 0.001 }
    - name: no spend
      type: directional
      perturb: [{ missing: { column: spend } }]
      expect: { direction: down, atMost: 0.6 }
    - name: high spend
      type: directional
      perturb: [{ set: { column: spend, value: 100 } }]
      expect: { direction: up }
`;

export interface Row {
  readonly id: string;
  readonly calls: number;
  readonly spend: number | null;
  readonly plan: string;
}
const ROWS: readonly (Row & { churned: number })[] = Array.from({ length: 120 }, (_, i) => ({
  id: `C-${100 + i}`,
  calls: i % 4,
  spend: (i % 50) + 0.5,
  plan: 'abc'.charAt(i % 3),
  churned: i % 2,
}));
export const HOLDOUT = [
  'id,calls,spend,plan,churned',
  ...ROWS.map((r) => `${r.id},${r.calls},${r.spend},${r.plan},${r.churned}`),
  '',
].join('\n');

export type Model = (row: Row) => unknown;
/** Rises in calls and spend, ignores id and plan. */
export const good: Model = ({ calls, spend }) => ({ score: 1 / (1 + Math.exp(2 - 0.9 * calls - 0.02 * (spend ?? 0))) });
/** Lowers the risk of callers. */
export const upsideDown: Model = ({ calls, spend }) => ({
  score: 1 / (1 + Math.exp(1.5 + 0.9 * calls - 0.02 * (spend ?? 0))),
});

/** Tests of the gate in the order of its report. */
export const ALL = ['few-calls-no-churn', 'noise', 'other-plan', 'more-calls', 'no-spend', 'high-spend', 'determinism'];

/** A workload in a folder of its own, anew for each test, and the gate on it. */
export function behaviourGate() {
  const { folder, at: file } = scratchFolder();
  let output = '';
  beforeEach(() => writeFiles(folder, { 'gates.yaml': GATES, 'golden/holdout.csv': HOLDOUT }));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Calls the gate, keeps what it printed, and gives the exit code. */
  async function assay(...args: readonly string[]): Promise<number> {
    const { code, out } = await call(['gate', 'behaviour', ...args]);
    output = out;
    return code;
  }

  /** What a call that is no usage says. */
  async function refusal(...args: readonly string[]): Promise<string> {
    const { code, err } = await call(['gate', 'behaviour', ...args]);
    expect(code).toBe(64);
    return err;
  }

  const reportOf = (): Report => JSON.parse(output) as Report;
  return {
    folder,
    file,
    assay,
    local: (...args: readonly string[]) => assay('--workload', folder, ...args),
    refusal,
    output: () => output,
    reportOf,
    verdicts: (): readonly string[] => reportOf().checks.map(({ id, verdict }) => `${id} ${verdict}`),
  };
}
