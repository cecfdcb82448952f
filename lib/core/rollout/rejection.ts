import { releaseIdOf } from './releases';
import type { RollbackFacts } from './rollback';

/** What the registry says now about a package whose rejection was announced. */
export interface Rejection {
  readonly modelPackageArn: string;
  readonly approval: string;
  /** Whether the words of the rejection are those of a rollback, which rejects the release that it left. */
  readonly ownWords: boolean;
}

/**
 * Whether a rejection takes a release out of production: one that has traffic, or that a rollout is about to give some. A rollback's own rejection comes after the traffic is gone, so it starts nothing.
 */
export function rejectionConcerns(
  { modelPackageArn, approval, ownWords }: Rejection,
  { endpoint, variants, unfinished, live }: RollbackFacts,
): { readonly acts: boolean; readonly why: string } {
  const release = `release ${releaseIdOf(modelPackageArn)}`;
  if (approval !== 'Rejected') return { acts: false, why: `${release} is ${approval} by now` };
  const names = variants
    .filter((entry) => entry.modelPackageArn === modelPackageArn)
    .map(({ variant }) => variant.name);
  const present = endpoint?.variants.filter(({ name }) => names.some((known) => known === name)) ?? [];
  if (present.some(({ weight }) => weight > 0)) return { acts: true, why: `${release} has traffic` };
  if (present.length === 0) return { acts: false, why: `${release} is not on the endpoint` };
  if (ownWords) return { acts: false, why: `${release} was rejected by a rollback` };
  return unfinished && live !== releaseIdOf(modelPackageArn)
    ? { acts: true, why: `${release} is being rolled out` }
    : { acts: false, why: `${release} stands by without traffic` };
}
