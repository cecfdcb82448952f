import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const TINY_GATES = `version: 1
dataset:
  name: tiny
  version: "1"
  key: id
  label: y
  columns: { id: string, x: number, flag: boolean, y: integer }
data:
  expectations:
    - expect_column_values_to_be_between: { column: x, min_value: 0, max_value: 9 }
model:
  metrics:
    roc_auc: { min: 0.5 }
`;

export const TINY_TRAIN = 'id,x,flag,y\na,1.5,true,0\nb,,false,1\n';
export const TINY_HOLDOUT = 'id,x,flag,y\nc,2,true,1\nd,,false,0\n';

/** Writes files (path → content) into a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A workload of four rows in a new temporary folder. */
export function tinyWorkload(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-workload-'));
  writeFiles(folder, {
    'gates.yaml': TINY_GATES,
    'train.py': 'print("train")\n',
    'inference.py': 'def model_fn(folder): ...\n',
    'requirements.txt': 'joblib\n',
    'src/tiny/__init__.py': '',
    'golden/train.csv': TINY_TRAIN,
    'golden/holdout.csv': TINY_HOLDOUT,
    ...files,
  });
  return folder;
}
