import type { ReleaseHistory, ReleaseRecord, RollbackRecord } from '../rollout/releases';
import type { LineageEvent } from './lineage';

/**
 * What became of one release: promotions, ways back from it and to it, its retirement, and drills with its model.
 *
 * @param drills of the staging endpoint
 * @param stagingModel name that the release's model has on staging; undefined where its package is gone
 * @returns oldest first
 */
export function releaseHistory(
  releaseId: string,
  { releases, rollbacks }: ReleaseHistory,
  drills: readonly RollbackRecord[],
  stagingModel: string | undefined,
): readonly LineageEvent[] {
  return [
    ...releases.filter((record) => record.releaseId === releaseId).flatMap(promotion),
    ...rollbacks.filter(({ kind }) => kind !== 'drill').flatMap((record) => wayBack(releaseId, record)),
    ...drills.filter(({ from }) => from === stagingModel).map(drill),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function promotion(record: ReleaseRecord): readonly LineageEvent[] {
  const { promotedAt, variant, instanceCount, instanceType, steps = [], retiredAt } = record;
  const way = steps.length === 0 ? 'at once' : steps.map(({ weight }) => `${weight} %`).join(' → ');
  const detail = `as ${variant} on ${instanceCount} × ${instanceType}, ${way}`;
  return [
    { at: promotedAt, what: 'promoted', detail },
    ...(retiredAt === undefined
      ? []
      : [
          {
            at: retiredAt,
            what: 'retired' as const,
            detail: 'configuration and model deleted: no rollback leads here',
          },
        ]),
  ];
}

function wayBack(releaseId: string, record: RollbackRecord): readonly LineageEvent[] {
  const { at, from, to, kind } = record;
  if (from === releaseId) {
    const what = kind === 'rejection' ? 'rejected' : 'taken back';
    return [
      { at, what, detail: `${to === undefined ? 'nothing serves' : `release ${to} serves`} instead${told(record)}` },
    ];
  }
  return to === releaseId ? [{ at, what: 'brought back', detail: `in place of release ${from}${told(record)}` }] : [];
}

const drill = ({ at, by, seconds }: RollbackRecord): LineageEvent => ({
  at,
  what: 'drill',
  detail: `on staging by ${by}${seconds === undefined ? '' : `: back after ${seconds} s`}`,
});

function told({ seconds, kind, temperature, by, reason }: RollbackRecord): string {
  const took = seconds === undefined ? '' : ` after ${seconds} s`;
  const how = temperature === undefined ? kind : `${kind}, ${temperature}`;
  return `${took} (${how}), by ${by}: ${reason}`;
}
