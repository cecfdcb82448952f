import type { LineageDiff } from '../../lib/core/lineage/diff';
import type { Lineage } from '../../lib/core/lineage/lineage';
import type { Report } from '../../lib/core/report/report';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { eventually } from '../local/sagemaker/engine';
import { BUCKET, GOLDEN } from './account';
import { imitate } from './imitate';
import { World } from './world';

const world = new World();
let release: ReleaseDocument;

beforeAll(async () => {
  await world.start();
  await world.pushData(4000);
  await world.release('run-1');
  await world.serve(await world.promote('run-1', '2026-11-20T11:00:00.000Z'));
  release = await world.run('run-1').release();
}, 180_000);

afterAll(() => world.close());

describe('reproduce', () => {
  /** Nothing may be left of an attempt, and nothing else changed. */
  let before: Awaited<ReturnType<World['untouched']>>;
  beforeEach(async () => {
    before = await world.untouched();
  });
  afterEach(async () => {
    expect(await world.keys('runs/reproduce-')).toEqual([]);
    expect(await world.untouched()).toEqual(before);
  });

  test('a release that is trained again at its commit on its data is identical', async () => {
    const { code, out, err } = await world.assay('reproduce', '1', '--checkout', world.repository, '--json');
    expect(err).toMatch(/^training again as reproduce-1-\d{8}T\d{9}Z\n {2}Prepare\n {2}TrainingJob\n/);
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({
      schema: 'assay.report/1',
      gate: 'model',
      verdict: 'pass',
      reason: 'release 1 was trained again: identical (all 13 checks passed)',
      release: { commit: release.commit },
    });
    expect(report.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(
      [
        'source',
        'data.train',
        'data.holdout',
        'checkout',
        'settings',
        'environment',
        'model',
        'predictions',
        'metrics.roc_auc',
        'metrics.log_loss',
        'metrics.brier',
        'metrics.ece',
        'metrics.recall',
      ].map((id) => `reproduce.${id} pass`),
    );
    const evidence = (id: string) => report.checks.find((check) => check.id === `reproduce.${id}`)?.evidence;
    expect(evidence('predictions')).toMatchObject({ estimate: 0, n: 1000, threshold: 1e-9, differing: 0 });
    expect(evidence('model')?.again).toEqual(evidence('model')?.original);
    expect(evidence('metrics.roc_auc')).toMatchObject({ estimate: expect.any(Number), recorded: expect.any(Number) });
    expect(code).toBe(0);
  }, 60_000);

  test('Ctrl-C stops the training, and leaves nothing behind', async () => {
    const running = world.assay('reproduce', '1');
    await eventually(async () => (await world.trainingJobs('InProgress'))[0]);
    process.emit('SIGINT', 'SIGINT');
    const { code, err } = await running;
    expect(err).toMatch(/stopping …\n[\s\S]*assay: stopped by Ctrl-C\n$/);
    expect(code).toBe(130);
    expect(await world.trainingJobs('InProgress')).toEqual([]);
    expect(await world.trainingJobs('Stopped')).toHaveLength(1);
  }, 60_000);

  describe('nothing is trained', () => {
    const jobs = () => world.trainingJobs();
    let known: readonly string[];
    beforeEach(async () => {
      known = await jobs();
    });
    afterEach(async () => {
      expect(await jobs()).toEqual(known);
    });

    test('from a source archive that was changed', async () => {
      const uri = world.run('run-1').uri(RUN_KEYS.source);
      const undo = await world.overwrite(BUCKET, `runs/run-1/${RUN_KEYS.source}`, 'other bytes');
      const { code, out } = await world.assay('reproduce', 'run-1');
      await undo();
      expect(out.split('\n')[0]).toMatch(
        new RegExp(`^model gate: FAIL: ${uri} has sha256 [0-9a-f]{64}; the release pinned ${release.sourceSha256}$`),
      );
      expect(code).toBe(1);
    });

    test('where a clone does not have the commit', async () => {
      const { code, err } = await world.assay('reproduce', '1', '--checkout', world.engine.folder);
      expect(err).toMatch(/^assay: --checkout \S+: has no commit [0-9a-f]{40}; "git fetch" may bring it\n$/);
      expect(code).toBe(64);
    });

    test('without release.json, which is named', async () => {
      const undo = await world.hide('runs/run-1/release.json');
      const { code, err } = await world.assay('reproduce', '1');
      await undo();
      expect(err).toMatch(
        /^assay: release 1 \(run run-1\) cannot be reproduced: release\.json was deleted at 20\d\d-\S+Z\n$/,
      );
      expect(code).toBe(1);
    });

    test.each(['-1', 'x', ''])('with the tolerance "%s"', async (text) => {
      const { code, err } = await world.assay('reproduce', '1', `--tolerance=${text}`);
      expect({ code, err }).toEqual({ code: 64, err: `assay: --tolerance ${text}: is a number, 0 or more\n` });
    });
  });
});

const ADA = 'arn:aws:iam::123456789012:user/ada';

const json = async <T>(...args: string[]): Promise<T> => {
  const { code, out, err } = await world.assay('release', ...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
};

describe('show', () => {
  beforeAll(async () => {
    await imitate(world, 'run-1', 'run-2');
    await world.promote('run-2', '2026-11-21T11:00:00.000Z');
    await world.hide('runs/run-2/reports/behaviour.json');
    const told = { by: 'eve', reason: 'complaints', from: '2', to: '1', kind: 'manual', temperature: 'warm' } as const;
    await world.store().recordRollback({ ...told, at: '2026-11-21T12:00:00.000Z', seconds: 12.5 });
  });

  test('tells everything of the release that serves: the one that was brought back', async () => {
    const lineage = await json<Lineage>('show');
    expect(lineage).toMatchObject({
      schema: 'assay.lineage/1',
      application: 'churn',
      runId: 'run-1',
      release: { releaseId: '1', approvalStatus: 'Approved' },
      commit: release.commit,
      branch: 'main',
      trigger: { kind: 'push' },
      source: { uri: release.sourceUri, sha256: release.sourceSha256 },
      dataset: { name: 'churn-golden', version: '1', digest: release.dataset.digest, landed: [] },
      image: { digest: expect.stringMatching(/^sha256:/) },
      environment: { python: '3.11', packages: { 'scikit-learn': '1.7.2' } },
      gates: { sha256: release.gatesSha256, values: { model: { metrics: { roc_auc: { min: 0.75 } } } } },
      approvals: [{ decision: 'approved', by: ADA, at: '2026-11-20T11:00:00.000Z', summary: 'looks good' }],
      missing: [],
    });
    expect(lineage.dataset?.train).toEqual(release.dataset.train);
    expect(lineage.metrics.map(({ name }) => name)).toEqual(['roc_auc', 'log_loss', 'brier', 'ece', 'recall']);
    expect(lineage.reports.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['data', 'pass'],
      ['model', 'pass'],
      ['behaviour', 'pass'],
    ]);
    expect(lineage.history).toEqual([
      { at: '2026-11-20T11:00:00.000Z', what: 'promoted', detail: 'as blue on 2 × ml.m5.large, 5 % → 25 % → 100 %' },
      {
        at: '2026-11-21T12:00:00.000Z',
        what: 'brought back',
        detail: 'in place of release 2 after 12.5 s (manual, warm), by eve: complaints',
      },
    ]);
  });

  test('for people, by version, ARN or run; nothing is said that is not known', async () => {
    const arn = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/2';
    const texts: string[] = [];
    for (const id of ['2', arn, 'run-2']) texts.push((await world.assay('release', 'show', id)).out);
    const [text = ''] = texts;
    expect(new Set(texts)).toEqual(new Set([text]));
    expect(text).toMatch(/^churn release 2: .*; Approved in the registry\n/);
    expect(text).toMatch(/\n {2}trigger +drift: PSI of monthly_spend is 0.41\n/);
    expect(text).toContain('landed landing/churn-golden/june.csv, 500 rows, S3 version none, sha256 ');
    expect(text).toContain('left out landing/churn-golden/may.csv, S3 version v5: data gate: fail: age has nulls\n');
    expect(text).toMatch(/ taken back release 1 serves instead after 12.5 s \(manual, warm\), by eve: complaints\n/);
    const missing = text.slice(text.indexOf('  missing '));
    expect(missing).toMatch(/reports\/behaviour\.json was deleted at 20\d\d-\S+Z \(s3:/);
    expect(missing).toContain('environment.json was never written, or every version of it is gone (s3:');
    expect(missing).toContain('landing/churn-golden/june.csv version none is gone: ');
    expect(text).not.toContain('Python');
  });

  test('a commit that two releases have is told with both', async () => {
    const { code, err } = await world.assay('release', 'show', release.commit.slice(0, 8));
    expect(code).toBe(64);
    expect(err).toBe(
      `assay: "${release.commit.slice(0, 8)}" may be 2 releases: 2 (commit ${release.commit.slice(0, 12)}, run run-2); 1 (commit ${release.commit.slice(0, 12)}, run run-1)\n`,
    );
  });

  test('an unknown one is told with the nearest', async () => {
    const { code, err } = await world.assay('release', 'show', 'run-22');
    expect(code).toBe(64);
    expect(err).toMatch(
      /^assay: there is no release "run-22" \(did you mean "run-[12]"\?\): .*; the latest are 2, 1\n$/,
    );
  });

  test('a run that was not registered is told as such', async () => {
    await world.run('run-3').writeJson(RUN_KEYS.release, { ...(await world.run('run-1').release()), runId: 'run-3' });
    const lineage = await json<Lineage>('show', 'run-3');
    expect(lineage).toMatchObject({
      runId: 'run-3',
      commit: release.commit,
      approvals: [],
      history: [],
      reports: [],
      missing: [],
    });
    expect(lineage.release).toBeUndefined();
  });

  test('a document that is no JSON is told, and the rest is shown', async () => {
    await world.run('run-4').writeJson(RUN_KEYS.release, { ...(await world.run('run-1').release()), runId: 'run-4' });
    await world.run('run-4').write(RUN_KEYS.training, '{');
    const { missing, commit: shown } = await json<Lineage>('show', 'run-4');
    expect(shown).toBe(release.commit);
    expect(missing).toEqual([
      expect.objectContaining({ name: 'training.json', why: expect.stringMatching(/^cannot be read: /) }),
    ]);
  });
});

test('list has the latest first', async () => {
  const { out } = await world.assay('release', 'list');
  expect(out.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 4))).toEqual([
    ['RELEASE', 'STATE', 'REGISTRY', 'COMMIT'],
    ['2', 'retired', 'Approved', release.commit.slice(0, 12)],
    ['1', 'live', 'Approved', release.commit.slice(0, 12)],
    [''],
  ]);
});

describe('diff', () => {
  test('tells what two releases do not share, by meaning', async () => {
    const diff = await json<LineageDiff>('diff', '1', '2');
    expect(diff).toMatchObject({
      schema: 'assay.lineage-diff/1',
      before: { releaseId: '1', runId: 'run-1', commit: release.commit },
      after: { releaseId: '2', runId: 'run-2', commit: release.commit },
      facts: [
        { path: 'trigger.kind', before: 'push', after: 'drift' },
        { path: 'trigger.reason', before: 'push to main', after: 'PSI of monthly_spend is 0.41' },
        { path: 'dataset.version', before: '1', after: '1.landed-1' },
        { path: 'dataset.root.version', after: '1' },
        { path: 'dataset.root.digest', after: expect.stringMatching(/^sha256:/) },
      ],
      landed: { added: ['landing/churn-golden/june.csv (version none)'], removed: [] },
      gates: [
        { path: 'training.hyperparameters.regularization', before: 1, after: 0.5 },
        { path: 'model.slices[contract_type].minRows', before: 150, after: 90 },
      ],
      gatesReworded: false,
      verdicts: [{ path: 'behaviour', before: 'pass' }],
      unknown: ['environment of 2 is not known'],
    });
    const [auc] = diff.metrics;
    expect(auc).toMatchObject({ name: 'roc_auc', after: 0.9, sameHoldout: true });
    expect(auc?.difference).toBeCloseTo(0.9 - (auc?.before ?? 0), 12);
  });

  test('of a release with itself is empty', async () => {
    const { code, out } = await world.assay('release', 'diff', '1', 'run-1');
    expect({ code, out }).toEqual({ code: 0, out: 'churn: release 1 → release 1\n\n  no difference\n' });
  });
});

test('pinned data that is gone is told by version, and nothing is trained from another one', async () => {
  const { s3Uri, versionId } = release.dataset.train;
  await world.overwrite(GOLDEN, s3Uri.replace(`s3://${GOLDEN}/`, ''), 'other', versionId);
  const { missing } = await json<Lineage>('show', '1');
  expect(missing).toEqual([
    { name: 'train.csv', uri: s3Uri, why: `version ${versionId} is gone: the release cannot be reproduced from it` },
  ]);
  const { code, out } = await world.assay('reproduce', '1');
  expect(out.split('\n')[0]).toBe(
    `model gate: FAIL: train.csv: the pinned version is gone: ${s3Uri} (version ${versionId}): there is no such object`,
  );
  expect(code).toBe(1);
});
