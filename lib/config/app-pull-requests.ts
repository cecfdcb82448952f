import * as z from 'zod';

/** Hosts of Git repositories that a connection can lead to. */
const GIT_HOSTS = ['github', 'gitlab', 'bitbucket'] as const;
export type GitHost = (typeof GIT_HOSTS)[number];

/** Checks of pull requests; a source of type `s3` has none. */
export const pullRequests = z.strictObject({
  enabled: z.boolean().default(true),
  /** Where the repository of a `connection` is. */
  host: z.enum(GIT_HOSTS).default('github'),
});
