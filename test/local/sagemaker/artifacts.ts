import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tar from 'tar';
import { VENV } from './engine';

const FIT = `
import sys, joblib
from sklearn.linear_model import LogisticRegression
xs = [[i / 40] for i in range(40)]
joblib.dump(LogisticRegression().fit(xs, [0] * 20 + [1] * 20), sys.argv[1])
`;

/** model.tar.gz with a real scikit-learn model, for tests that do not need a training job. */
export function trainedModel(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'assay-model-'));
  try {
    execFileSync(join(VENV, 'bin', 'python'), ['-c', FIT, join(folder, 'model.joblib')], { timeout: 60_000 });
    tar.create({ cwd: folder, file: join(folder, 'model.tar.gz'), gzip: true, sync: true }, ['model.joblib']);
    return readFileSync(join(folder, 'model.tar.gz'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
