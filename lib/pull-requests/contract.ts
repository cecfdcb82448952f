/** Name of the status that a pull request shows; branch protection asks for it by this name. */
export const STATUS_CONTEXT = 'assay';

/** Builds at the same time: what outsiders can keep busy at most. */
export const CONCURRENT_BUILDS = 5;
