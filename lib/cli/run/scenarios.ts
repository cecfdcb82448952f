import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A change that a team could push by mistake, and where the pipeline must stop it. */
export interface Scenario {
  readonly title: string;
  readonly stopsAt: string;
  /** Whether a release has to serve already for the scenario to make sense. */
  readonly needsLiveRelease: boolean;
  /** Changes the pushed copy of the churn workload. */
  readonly change?: (workload: string) => void;
  /** Changes the golden dataset's folder before it is pushed, as a new dataset version. */
  readonly changeData?: (golden: string) => void;
  /** Overwrites the stored train file after the push, keeping its length. */
  readonly tamper?: (content: Buffer) => Buffer;
}

/** Replaces one passage of a file; an absent passage means that the scenario no longer fits the workload. */
function edit(workload: string, file: string, from: string, to: string): void {
  const path = join(workload, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`scenario: ${file} no longer holds ${JSON.stringify(from)}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}

const badCode: Scenario = {
  title: 'a scaling change that a unit test catches',
  stopsAt: 'CodeTests',
  needsLiveRelease: false,
  change: (workload) =>
    edit(
      workload,
      'src/churn/features.py',
      'clipped = np.clip(scaled, 0.0, 1.0)',
      'clipped = np.clip(scaled, 0.0, 0.9)',
    ),
};

const badData: Scenario = {
  title: 'a new dataset version with an empty key and an unknown contract type',
  stopsAt: 'DataTests',
  needsLiveRelease: false,
  changeData: (golden) => {
    const path = join(golden, 'train.csv');
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[1] = (lines[1] ?? '').replace(/^[^,]*/, '');
    lines[2] = (lines[2] ?? '').replace(/monthly|annual|multi-year/, 'weekly');
    writeFileSync(path, lines.join('\n'));
  },
};

const tamperedData: Scenario = {
  title: 'one byte of a golden file changed in the bucket',
  stopsAt: 'DataTests',
  needsLiveRelease: false,
  tamper: (content) => {
    const changed = Buffer.from(content);
    const last = changed.length - 2;
    changed[last] = changed[last] === 0x30 ? 0x31 : 0x30;
    return changed;
  },
};

const badModel: Scenario = {
  title: 'a model trained on the hour of the last login alone',
  stopsAt: 'ModelTests',
  needsLiveRelease: false,
  change: (workload) =>
    edit(workload, 'gates.yaml', 'regularization: 1.0', 'regularization: 1.0\n    features: last_login_hour'),
};

/** Code and tests agree with each other, so only the contract with the callers can tell. */
const badContract: Scenario = {
  title: 'a renamed field in the answer, with its tests renamed alike',
  stopsAt: 'Staging',
  needsLiveRelease: false,
  change: (workload) => {
    edit(workload, 'inference.py', 'json.dumps({"predictions": predictions})', 'json.dumps({"results": predictions})');
    edit(workload, 'tests/integration/test_train_and_serve.py', '["predictions"]', '["results"]');
  },
};

/** Holds in every check, because without a load budget they send fewer requests than it takes; fails under canary traffic. */
const badCanary: Scenario = {
  title: 'a release that starts to fail after some hundred requests',
  stopsAt: 'Production',
  needsLiveRelease: true,
  change: (workload) => {
    edit(workload, 'gates.yaml', '  throughput: { minRequestsPerSecond: 2, concurrency: 2, seconds: 2 }\n', '');
    edit(
      workload,
      'inference.py',
      '    return model.predict_proba(features)[:, 1]',
      [
        '    _CONNECTIONS.append(object())',
        '    if len(_CONNECTIONS) > 90:',
        '        raise RuntimeError("connection pool exhausted")',
        '    return model.predict_proba(features)[:, 1]',
        '',
        '',
        '_CONNECTIONS = []',
      ].join('\n'),
    );
  },
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'bad-code': badCode,
  'bad-data': badData,
  'tampered-data': tamperedData,
  'bad-model': badModel,
  'bad-contract': badContract,
  'bad-canary': badCanary,
};
