import { type GoldenManifest, landedVersion } from './contract';
import { GoldenDataError } from './error';
import {
  type Candidate,
  LANDED_SCHEMA,
  type LandedObject,
  type LandedState,
  type LandedVersion,
  type RefusedObject,
  type TakenObject,
} from './landed';

/** Before anything landed. */
export const nothingLanded = ({ name, version, digest }: GoldenManifest): LandedState => ({
  schema: LANDED_SCHEMA,
  name,
  root: { version, digest },
  last: 0,
  versions: [],
  refused: [],
});

/** The version that a release is made of; undefined when it is the root. */
export const currentVersion = (state: LandedState): LandedVersion | undefined => state.versions.at(-1);

const id = ({ key, versionId }: LandedObject): string => JSON.stringify([key, versionId]);

/** A current object version under `landing/`. */
export interface ListedObject extends LandedObject {
  readonly modifiedAt: Date;
}

/**
 * Objects that no run took and none refused, in landing order: by time, then by key.
 *
 * @param rootStoredAt what landed before the root was stored belongs to the past that the root stands for
 */
export function newObjects(
  state: LandedState,
  listed: readonly ListedObject[],
  rootStoredAt: Date,
): readonly ListedObject[] {
  const known = new Set([...state.versions.flatMap(({ taken }) => taken), ...state.refused].map(id));
  return listed
    .filter((object) => !known.has(id(object)) && object.modifiedAt >= rootStoredAt)
    .toSorted((a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.key < b.key ? -1 : 1));
}

/** All files that a version consists of, back to the root or to the version that replaced everything before it. */
export function landedOf(state: LandedState, version: LandedVersion | undefined): readonly TakenObject[] {
  if (version === undefined) return [];
  if (version.combine === 'replace') return version.taken;
  const base = state.versions.find((candidate) => candidate.version === version.base);
  return [...landedOf(state, base), ...version.taken];
}

export type Claim = Pick<Candidate, 'runId' | 'combine' | 'madeAt' | 'objects'>;

/** A new candidate on top of the current version; one that another run left takes its end here. */
export function claim(state: LandedState, wanted: Claim): LandedState {
  const last = state.last + 1;
  const candidate: Candidate = {
    version: landedVersion(state.root.version, last),
    base: currentVersion(state)?.version ?? state.root.version,
    combine: wanted.combine,
    objects: wanted.objects.map(({ key, versionId }) => ({ key, versionId })),
    runId: wanted.runId,
    madeAt: wanted.madeAt,
  };
  return { ...state, last, candidate };
}

/**
 * Notes that files of a candidate are refused, and ends it; its other files are new again.
 *
 * @param objects @default all files of the candidate
 */
export function refuse(
  state: LandedState,
  candidate: Candidate,
  { reason, refusedAt, objects = candidate.objects }: Refusal,
): LandedState {
  const { candidate: held, ...rest } = state;
  const known = new Set(state.refused.map(id));
  const refused: RefusedObject[] = objects
    .filter((object) => !known.has(id(object)))
    .map(({ key, versionId }) => ({
      key,
      versionId,
      reason,
      version: candidate.version,
      runId: candidate.runId,
      refusedAt,
    }));
  const kept = held === undefined || held.version === candidate.version ? {} : { candidate: held };
  return { ...rest, ...kept, refused: [...state.refused, ...refused] };
}

export interface Refusal {
  readonly reason: string;
  readonly refusedAt: string;
  readonly objects?: readonly LandedObject[];
}

export interface Acceptance extends Pick<LandedVersion, 'version' | 'digest' | 'taken' | 'runId' | 'acceptedAt'> {}

/**
 * Makes a candidate the current version.
 *
 * @throws GoldenDataError when it is no candidate any more
 */
export function accept(state: LandedState, accepted: Acceptance): LandedState {
  const { candidate, ...rest } = state;
  const name = `dataset ${state.name} ${accepted.version}`;
  if (candidate === undefined) throw new GoldenDataError(`${name}: is no candidate any more: its files were refused`);
  if (candidate.version !== accepted.version || candidate.runId !== accepted.runId) {
    throw new GoldenDataError(
      `${name}: run ${candidate.runId} made ${candidate.version} of the landed files meanwhile, so this run's data is not accepted; retry the stage`,
    );
  }
  const { base, combine } = candidate;
  return { ...rest, versions: [...state.versions, { ...accepted, base, combine }] };
}

/** Files refused since the current version was made: what a release does without. */
export function refusedSince(state: LandedState): readonly RefusedObject[] {
  const since = currentVersion(state)?.acceptedAt ?? '';
  return state.refused.filter(({ refusedAt }) => refusedAt > since);
}
