import { liveRelease, type ReleaseHistory, type ReleaseRecord } from './releases';

/** A configuration or model as it is listed. */
export interface Leftovers {
  /** Configurations with the models of their variants. */
  readonly configs: readonly { readonly name: string; readonly models: readonly string[] }[];
  readonly models: readonly string[];
}

export interface Retention {
  /** Releases whose configuration and model stay for a cold rollback. */
  readonly kept: readonly ReleaseRecord[];
  readonly retired: readonly ReleaseRecord[];
  readonly deleteConfigs: readonly string[];
  readonly deleteModels: readonly string[];
}

/**
 * What may go: everything but the endpoint's own configuration, the live release, and the `retain` releases promoted
 * last beside it, each with its model.
 */
export function planRetention(
  history: ReleaseHistory,
  found: Leftovers,
  { endpointConfig, retain }: { readonly endpointConfig: string; readonly retain: number },
): Retention {
  const live = liveRelease(history);
  const distinct = history.releases.filter(
    (release, i, all) => all.findIndex(({ releaseId }) => releaseId === release.releaseId) === i,
  );
  const others = distinct.filter(
    ({ releaseId, retiredAt }) => releaseId !== live?.releaseId && retiredAt === undefined,
  );
  const kept = [...(live === undefined ? [] : [live]), ...others.slice(0, retain)];
  const ids = new Set(kept.map(({ releaseId }) => releaseId));
  const keptConfigs = new Set([endpointConfig, ...kept.map(({ configName }) => configName)]);
  const stay = found.configs.filter(({ name }) => keptConfigs.has(name));
  const keptModels = new Set([...stay.flatMap(({ models }) => models), ...kept.map(({ modelName }) => modelName)]);
  return {
    kept,
    retired: history.releases.filter(({ releaseId, retiredAt }) => !ids.has(releaseId) && retiredAt === undefined),
    deleteConfigs: found.configs.map(({ name }) => name).filter((name) => !keptConfigs.has(name)),
    deleteModels: found.models.filter((name) => !keptModels.has(name)),
  };
}
