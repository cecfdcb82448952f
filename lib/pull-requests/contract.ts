/** Name of the status that a pull request shows; branch protection asks for it by this name. */
export const STATUS_CONTEXT = 'assay';

/** Builds at the same time: what outsiders can keep busy at most. */
export const CONCURRENT_BUILDS = 5;

/** Variables of a build that say which pull request of CodeCommit it checks. */
export const PULL_REQUEST_ENV = {
  id: 'ASSAY_PULL_REQUEST',
  /** Revision of the pull request that was checked; a later push makes another. */
  revision: 'ASSAY_PULL_REQUEST_REVISION',
  repository: 'ASSAY_PULL_REQUEST_REPOSITORY',
  before: 'ASSAY_PULL_REQUEST_BEFORE',
  after: 'ASSAY_PULL_REQUEST_AFTER',
} as const;

/** The event as the rule delivers it: a build of a pull request of CodeCommit has ended. */
export interface BuildEndedEvent {
  readonly detail: { readonly 'build-id': string; readonly 'build-status': string };
}
