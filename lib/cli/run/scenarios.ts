import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A change that a team could push by mistake, and where the pipeline must stop it; or one that must get through. */
export interface Scenario {
  readonly title: string;
  /** Name of the stage. @default - the release goes live */
  readonly stopsAt?: string;
  /** Whether a release has to serve already for the scenario to make sense. */
  readonly needsLiveRelease: boolean;
  /** Requests a second of callers to production. @default - as the command line says */
  readonly traffic?: number;
  /** Changes the pushed copy of the churn workload. */
  readonly change?: (workload: string) => void;
  /** Changes the golden dataset's folder before it is pushed, as a new dataset version. */
  readonly changeData?: (golden: string) => void;
  /** Whether it is a story of its own on the live release, in place of a push; see `playDrift`. */
  readonly story?: true;
  /** Overwrites the stored train file after the push, keeping its length. */
  readonly tamper?: (content: Buffer) => Buffer;
}

/** Replaces one passage of a file; an absent passage means that the scenario no longer fits the workload. */
export function edit(workload: string, file: string, from: string, to: string): void {
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

/** Faults of a release begin after this many requests: more than its checks send, so that they find nothing. */
const SOUND_REQUESTS = 90;

/** Without a load budget, which would send more. `fault` are lines of Python that see the release's `model` and `features`. */
function failLate(workload: string, ...fault: readonly string[]): void {
  edit(workload, 'gates.yaml', '  throughput: { minRequestsPerSecond: 2, concurrency: 2, seconds: 2 }\n', '');
  edit(
    workload,
    'inference.py',
    '    return model.predict_proba(features)[:, 1]',
    [
      '    _SERVED.append(len(features))',
      `    if len(_SERVED) > ${SOUND_REQUESTS}:`,
      ...fault.map((line) => `        ${line}`),
      '    return model.predict_proba(features)[:, 1]',
      '',
      '',
      '_SERVED = []',
    ].join('\n'),
  );
}

/** What fails only under traffic, and only in Production. */
const canary = (title: string, change: NonNullable<Scenario['change']>): Scenario => ({
  title,
  stopsAt: 'Production',
  needsLiveRelease: true,
  change,
});

const failingCanary = canary('a release that starts to fail after some hundred requests', (workload) =>
  failLate(workload, 'raise RuntimeError("connection pool exhausted")'),
);

const slowCanary = canary('a release that starts to answer slowly after some hundred requests', (workload) => {
  failLate(workload, 'time.sleep(0.25)');
  edit(workload, 'inference.py', 'import sys\n', 'import sys\nimport time\n');
  edit(workload, 'gates.yaml', 'maxLatencyMs: 1500', 'maxLatencyMs: 200');
});

/** Answers of the right shape in the right range, without an error: neither metrics nor alarms can tell. */
const silentWrongCanary = canary('a release that starts to answer too high, and in the right form', (workload) =>
  failLate(workload, 'return 0.4 + 0.6 * model.predict_proba(features)[:, 1]'),
);

/** The judge finds nothing, as the gates are wide; the alarm is another's opinion. */
const alarm = canary(
  'a release that fails as often as its gates allow, but not the alarm of production',
  (workload) => {
    failLate(workload, 'if len(_SERVED) % 3 == 0:', '    raise RuntimeError("one in three")');
    edit(workload, 'gates.yaml', 'maxErrorRate: 0.02', 'maxErrorRate: 0.6\n  maxExcess: 0.6');
  },
);

/** Nothing is wrong with it; there is just nobody to find out by. */
const noTraffic: Scenario = {
  title: 'a good release that nobody calls, so golden requests decide',
  needsLiveRelease: true,
  traffic: 0,
};

/** Nobody pushes: time passes, and the loop closes. */
const drift: Scenario = {
  title: 'callers ask about other customers: a run on new data is started, and thirty quiet days follow',
  needsLiveRelease: true,
  story: true,
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'bad-code': badCode,
  'bad-data': badData,
  'tampered-data': tamperedData,
  'bad-model': badModel,
  'bad-contract': badContract,
  'failing-canary': failingCanary,
  'slow-canary': slowCanary,
  'silent-wrong-canary': silentWrongCanary,
  'no-traffic': noTraffic,
  alarm,
  drift,
};
