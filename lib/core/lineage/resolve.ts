import { didYouMean } from '../nearest';

/** A registered release as the registry lists it, or a run that left a folder and no package. */
export interface Candidate {
  readonly runId: string;
  readonly commit: string;
  /** Version of the model package. Absent: the run was not registered. */
  readonly releaseId?: string;
  readonly modelPackageArn?: string;
  readonly approvalStatus?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
}

export type Resolution =
  | { readonly kind: 'found'; readonly candidate: Candidate }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Candidate[]; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Shorter ones would too often be a typing mistake that happens to fit. */
const SHORTEST_PREFIX = 4;

/**
 * The release that an id means: its version or ARN, else its run's id, else the beginning of a run id or of a commit. A
 * number that is a version is never read as a commit.
 */
export function resolveRelease(id: string, candidates: readonly Candidate[]): Resolution {
  const exact = candidates.filter(({ releaseId, modelPackageArn }) => releaseId === id || modelPackageArn === id);
  const run = candidates.filter(({ runId }) => runId === id);
  const begins = id.length < SHORTEST_PREFIX ? [] : candidates.filter((candidate) => hasPrefix(candidate, id));
  const found = [exact, run, begins].find(({ length }) => length > 0) ?? [];
  const [candidate] = found;
  if (candidate === undefined) return { kind: 'unknown', reason: unknown(id, candidates) };
  if (found.length === 1) return { kind: 'found', candidate };
  const list = found.map(describeCandidate).join('; ');
  return { kind: 'ambiguous', candidates: found, reason: `"${id}" may be ${found.length} releases: ${list}` };
}

const hasPrefix = ({ runId, commit }: Candidate, id: string): boolean =>
  runId.startsWith(id) || commit.startsWith(id.toLowerCase());

const describeCandidate = ({ releaseId, commit, runId }: Candidate): string =>
  `${releaseId ?? 'not registered'} (commit ${commit.slice(0, 12)}, run ${runId})`;

const SHOWN = 5;

function unknown(id: string, candidates: readonly Candidate[]): string {
  const versions = candidates.flatMap(({ releaseId }) => releaseId ?? []);
  const hint = didYouMean(id, [...versions, ...candidates.flatMap(({ runId, commit }) => [runId, commit])]);
  const latest = [...versions].sort((a, b) => Number(b) - Number(a)).slice(0, SHOWN);
  const known = latest.length === 0 ? 'the registry has none' : `the latest are ${latest.join(', ')}`;
  const short =
    id.length < SHORTEST_PREFIX && !/^\d+$/.test(id) ? `; a prefix has ${SHORTEST_PREFIX} characters or more` : '';
  return `there is no release "${id}"${hint}: a version, an ARN, a run id, or the beginning of a run id or commit${short}; ${known}`;
}
