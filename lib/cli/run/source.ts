import type { PipelineDefinition } from '../../local/codepipeline/definition';

/** Repository and branch that the pipeline's source action follows. */
export function sourceOf(pipeline: PipelineDefinition): { readonly repository: string; readonly branch: string } {
  const configuration = pipeline.stages[0]?.actions[0]?.configuration ?? {};
  const repository = configuration.FullRepositoryId ?? configuration.RepositoryName;
  const branch = configuration.BranchName;
  if (repository === undefined || branch === undefined) {
    throw new Error(
      `the pipeline ${pipeline.name} does not start from a Git repository, so nothing can be pushed to it`,
    );
  }
  return { repository, branch };
}
