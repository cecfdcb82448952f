/** Environment of the registry's handlers, set by the construct. */
export const REGISTRY_ENV = {
  artifactBucket: 'ARTIFACT_BUCKET',
  modelPackageGroup: 'MODEL_PACKAGE_GROUP',
  pipelineName: 'PIPELINE_NAME',
  /** `required`, or `automatic` where no person decides. */
  approval: 'APPROVAL',
} as const;

/** Output variables of the Register action, which later actions read. */
export const REGISTER_OUTPUTS = {
  modelPackageArn: 'ModelPackageArn',
  modelPackageVersion: 'ModelPackageVersion',
} as const;

/** Detail of EventBridge's "CodePipeline Action Execution State Change". */
export interface ActionEvent {
  /** When the action ended, ISO 8601. */
  readonly time: string;
  readonly detail: {
    readonly pipeline: string;
    readonly 'execution-id': string;
    readonly stage: string;
    readonly action: string;
    readonly state: string;
  };
}
