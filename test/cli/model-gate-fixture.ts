import { rmSync } from 'node:fs';
import type { Check, Report } from '../../lib/core/report';
import { createRandom, drawNormal } from '../../lib/core/statistics';
import { assay as call } from '../support/command-line';
import { scratchFolder } from '../support/folder';
import { writeFiles } from '../support/workload';

const random = createRandom(11);
export const ROWS = 900;
export const CONTRACTS = ['Month-to-month', 'One year', 'Two year'];

/** A table as the Telco data has it: labels in words, an id of text, groups of unequal size. */
export const rows = Array.from({ length: ROWS }, (_, index) => {
  const contract = CONTRACTS[index % 7 === 0 ? 2 : index % 3 === 0 ? 1 : 0] ?? '';
  const churned = random() < (contract === 'Month-to-month' ? 0.45 : 0.15);
  const signal = (churned ? 1 : -1) + 0.8 * drawNormal(random);
  const score = (noise: number) => 1 / (1 + Math.exp(-(signal + noise * drawNormal(random))));
  return {
    customerID: `${1000 + index}-ABCDE`,
    gender: random() < 0.5 ? 'Male' : 'Female',
    tenure: Math.floor(random() * 72),
    Contract: contract,
    CancelDate: churned ? '2024-01-01' : '2023-01-01',
    Churn: churned ? 'Yes' : 'No',
    score: score(0.2),
    old: score(1.5),
  };
});
type Column = keyof (typeof rows)[number];

export const csv = (names: readonly Column[], of: readonly (typeof rows)[number][] = rows): string =>
  [names.join(','), ...of.map((row) => names.map((name) => row[name]).join(',')), ''].join('\n');

export const GATES = `version: 1
dataset:
  name: telco
  version: "1"
  key: customerID
  label: Churn
  positive: "Yes"
  columns: { customerID: string, gender: string, tenure: integer, Contract: string, CancelDate: date, Churn: string }
model:
  replicates: 200
  metrics: { roc_auc: { min: 0.75 }, pr_auc: { min: 0.5 }, mcc: { min: 0.3 } }
  slices:
    - { column: Contract, metrics: { roc_auc: { min: 0.6, maxDrop: 0.1 } } }
    - { name: new, where: "tenure < 6 AND Contract <> 'Two year'", minRows: 10, metrics: { accuracy: { min: 0.5 } } }
  fairness: [{ column: gender, metric: equalized-odds, difference: { max: 0.3 }, ratio: { min: 0.3 } }]
  promotion: { rule: superior, margin: 0 }
  holdout: { budget: 2 }
  sanity: { leakage: { ignore: [CancelDate] } }
`;
export const GOLDEN: readonly Column[] = ['customerID', 'gender', 'tenure', 'Contract', 'CancelDate', 'Churn'];

/** A workload with the answers of two models in a folder of its own, anew for each test, and the gate on it. */
export function modelGate() {
  const { folder, at: file } = scratchFolder();
  let output = '';
  beforeEach(() =>
    writeFiles(folder, {
      'gates.yaml': GATES,
      'golden/holdout.csv': csv(GOLDEN),
      'new.csv': csv(['customerID', 'score']),
      'old.csv': csv(['customerID', 'old']).replace('customerID,old', 'customerID,score'),
    }),
  );
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Calls the gate, keeps what it printed, and gives the exit code. */
  async function assay(...args: readonly string[]): Promise<number> {
    const { code, out } = await call(['gate', 'model', ...args, '--json']);
    output = out;
    return code;
  }

  const checks = (): readonly Check[] => (JSON.parse(output) as Report).checks;
  return {
    folder,
    file,
    assay,
    checks,
    verdicts: () => Object.fromEntries(checks().map(({ id, verdict }) => [id, verdict])),
    check: (id: string): Check | undefined => checks().find((each) => each.id === id),
  };
}
