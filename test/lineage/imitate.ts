import type { Report } from '../../lib/core/report/report';
import type { Trigger } from '../../lib/core/retraining/trigger';
import { RUN_KEYS, reportKey } from '../../lib/pipeline/contract';
import type { World } from './world';

/**
 * The documents of a later run with the same commit: started by drift on landed data, with other gates and metrics, without
 * an environment, and with a deleted report.
 */
export async function imitate(world: World, from: string, to: string): Promise<void> {
  const [before, after] = [world.run(from), world.run(to)];
  const release = await before.release();
  const { version, digest } = release.dataset;
  const gates = JSON.parse(JSON.stringify(release.gates));
  gates.training.hyperparameters.regularization = 0.5;
  gates.model.slices[0].minRows = 90;
  const landed = { key: 'landing/churn-golden/june.csv', versionId: 'none', sha256: '0'.repeat(64), rows: 500 };
  const refused = { key: 'landing/churn-golden/may.csv', versionId: 'v5', reason: 'data gate: fail: age has nulls' };
  const trigger: Trigger = {
    kind: 'drift',
    reason: 'PSI of monthly_spend is 0.41',
    at: '2026-11-21T10:00:00Z',
    key: 'k',
  };
  await after.writeJson(RUN_KEYS.release, {
    ...release,
    runId: to,
    trigger,
    gates,
    gatesSha256: 'f'.repeat(64),
    dataset: {
      ...release.dataset,
      ...{ version: '1.landed-1', root: { version, digest }, landed: [landed], taken: 1, refused: [refused] },
    },
  });
  await after.write(RUN_KEYS.source, 'source');
  for (const name of [RUN_KEYS.training, RUN_KEYS.baseline]) {
    await after.writeJson(name, await before.readJson<object>(name));
  }
  for (const name of ['data', 'model', 'behaviour'] as const) {
    const report = await before.readJson<Report>(reportKey(name));
    const checks = report.checks.map((check) =>
      check.id === 'metrics.roc_auc' ? { ...check, evidence: { ...check.evidence, estimate: 0.9 } } : check,
    );
    await after.writeJson(reportKey(name), { ...report, checks });
  }
}
