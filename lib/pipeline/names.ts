/**
 * Name of the pipeline. Given rather than generated, because functions that the pipeline invokes look into its history:
 * a generated name would make each depend on the other.
 */
export const pipelineName = (application: string): string => `${application}-release`;

/** Folder of CodePipeline's own archives: the first 20 characters of the pipeline's name. */
export const artifactPrefix = (application: string): string => `${pipelineName(application).slice(0, 20)}/`;

/** Name of the model package group. */
export const modelPackageGroupName = (application: string): string => application;
