import { matchesAny } from '../codebuild/glob';
import type { PushedBranch } from './action';
import type { ActionDefinition, GlobFilter, PipelineDefinition } from './definition';

/** A push that does not start the pipeline: not a failure, but whoever pushed must be told. */
export class PushIgnored extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PushIgnored';
  }
}

/**
 * Throws PushIgnored if a push does not start the pipeline: another repository, a branch its trigger leaves out, or,
 * without a trigger, another branch than the source action's.
 */
export function checkPush(pipeline: PipelineDefinition, { repository, branch }: PushedBranch): void {
  const sources = pipeline.stages[0]?.actions ?? [];
  const source = sources.find((action) => repositoryOf(action) === repository);
  if (source === undefined) {
    const known = sources.map((action) => repositoryOf(action) ?? `${action.name} (no repository)`).join(', ');
    throw new PushIgnored(`Pipeline ${pipeline.name} is not started by ${repository}: its source is ${known}.`);
  }
  const triggers = pipeline.triggers.filter(({ sourceAction }) => sourceAction === source.name);
  if (pipeline.triggers.length > 0) {
    const filters = triggers.flatMap(({ push }) => push);
    if (filters.some(({ branches }) => branches !== undefined && passes(branches, branch))) return;
    const wanted = filters.flatMap(({ branches }) => (branches === undefined ? [] : [describe(branches)]));
    throw new PushIgnored(
      `A push to ${branch} does not start pipeline ${pipeline.name}: its trigger takes ${wanted.join('; ') || 'no branch'}.`,
    );
  }
  const expected = source.configuration.BranchName;
  if (source.configuration.DetectChanges === 'false') {
    throw new PushIgnored(
      `Pushes do not start pipeline ${pipeline.name}: change detection of ${source.name} is off and it has no trigger.`,
    );
  }
  if (expected !== branch) {
    throw new PushIgnored(
      `A push to ${branch} does not start pipeline ${pipeline.name}: its source action takes ${expected}.`,
    );
  }
}

const repositoryOf = ({ configuration }: ActionDefinition): string | undefined =>
  configuration.FullRepositoryId ?? configuration.RepositoryName;

const passes = ({ includes, excludes }: GlobFilter, branch: string): boolean =>
  (includes.length === 0 || matchesAny(branch, includes)) && !matchesAny(branch, excludes);

const describe = ({ includes, excludes }: GlobFilter): string =>
  [includes.join(', ') || 'all branches', ...(excludes.length > 0 ? [`but not ${excludes.join(', ')}`] : [])].join(' ');
