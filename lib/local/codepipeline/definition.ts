/** A pipeline as AWS::CodePipeline::Pipeline declares it, checked and with defaults. */
export interface PipelineDefinition {
  readonly name: string;
  readonly arn: string;
  readonly version: number;
  readonly pipelineType: 'V1' | 'V2';
  readonly executionMode: ExecutionMode;
  readonly artifactBucket: string;
  readonly stages: readonly StageDefinition[];
  readonly triggers: readonly TriggerDefinition[];
  readonly variables: readonly { readonly name: string; readonly defaultValue?: string }[];
}

export const EXECUTION_MODES = ['QUEUED', 'SUPERSEDED', 'PARALLEL'] as const;
export type ExecutionMode = (typeof EXECUTION_MODES)[number];

export interface StageDefinition {
  readonly name: string;
  readonly actions: readonly ActionDefinition[];
  readonly beforeEntry?: ConditionDefinition;
  readonly onSuccess?: ConditionDefinition;
  /** What to run again, once, when the stage failed. */
  readonly retry?: 'FAILED_ACTIONS' | 'ALL_ACTIONS';
}

export interface ActionDefinition {
  readonly name: string;
  readonly type: ActionType;
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly runOrder: number;
  readonly namespace?: string;
  readonly region: string;
  /** @default the provider's own */
  readonly timeoutInMinutes?: number;
}

export interface ActionType {
  readonly category: string;
  readonly owner: string;
  readonly provider: string;
  readonly version: string;
}

export interface ConditionDefinition {
  readonly result: 'FAIL' | 'SKIP';
  readonly rules: readonly RuleDefinition[];
}

/** A VariableCheck rule: the only kind executed. */
export interface RuleDefinition {
  readonly name: string;
  readonly variable: string;
  readonly value: string;
  readonly operator: 'EQ' | 'NE' | 'CONTAINS' | 'MATCHES';
}

/** Filters of one source action; the push starts the pipeline if one of them matches. */
export interface TriggerDefinition {
  readonly sourceAction: string;
  readonly push: readonly PushFilter[];
}

export interface PushFilter {
  readonly branches?: GlobFilter;
  readonly tags?: GlobFilter;
}

export interface GlobFilter {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}
