import * as z from 'zod';
import { EXECUTION_MODES, type PipelineDefinition, type StageDefinition, type TriggerDefinition } from './definition';
import { PROVIDERS, providerKey } from './providers';

/** Templates carry numbers and booleans as text now and then. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const name = z.string().regex(/^[A-Za-z0-9.@_-]{1,100}$/, 'must be 1–100 letters, digits or .@_-');
/** CodePipeline's limit on an action's configuration values (ActionConfigurationValue). */
const CONFIGURATION_LIMIT = 1000;
const configuration = z.record(z.string(), text).superRefine((values, context) => {
  for (const [key, value] of Object.entries(values)) {
    if (value.length <= CONFIGURATION_LIMIT) continue;
    const message = `is ${value.length} characters long; CodePipeline allows ${CONFIGURATION_LIMIT}`;
    context.addIssue({ code: 'custom', path: [key], message });
  }
});

const action = z.strictObject({
  Name: name,
  ActionTypeId: z.strictObject({ Category: z.string(), Owner: z.string(), Provider: z.string(), Version: text }),
  Configuration: configuration.default({}),
  InputArtifacts: z.array(z.strictObject({ Name: z.string() })).default([]),
  OutputArtifacts: z.array(z.strictObject({ Name: z.string() })).default([]),
  RunOrder: z.coerce.number().int().min(1).max(999).default(1),
  Namespace: z.string().optional(),
  Region: z.string().optional(),
  RoleArn: z.string().optional(),
  TimeoutInMinutes: z.coerce.number().int().min(5).max(86_400).optional(),
});

const rule = z.object({
  Name: z.string(),
  RuleTypeId: z.object({
    Provider: z.literal('VariableCheck', {
      error: (issue) =>
        `rule provider ${issue.input} is not supported by the one-machine engine; known is VariableCheck`,
    }),
  }),
  Configuration: z.strictObject({
    Variable: z.string(),
    Value: z.string(),
    Operator: z.enum(['EQ', 'NE', 'CONTAINS', 'MATCHES']),
  }),
});
const conditions = <const T extends 'FAIL' | 'SKIP'>(...results: T[]) =>
  z.strictObject({
    Conditions: z.array(z.strictObject({ Result: z.enum(results), Rules: z.array(rule).min(1).max(5) })).max(1),
  });

const stage = z.strictObject({
  Name: name,
  Actions: z.array(action).min(1).max(50),
  Blockers: z.array(z.unknown()).max(0, 'blockers are not supported').optional(),
  BeforeEntry: conditions('FAIL', 'SKIP').optional(),
  OnSuccess: conditions('FAIL').optional(),
  OnFailure: z
    .strictObject({
      Result: z.literal('RETRY', {
        error: (issue) => `result ${issue.input} is not supported by the one-machine engine; known is RETRY`,
      }),
      RetryConfiguration: z.object({ RetryMode: z.enum(['FAILED_ACTIONS', 'ALL_ACTIONS']).optional() }).optional(),
      Conditions: z.array(z.unknown()).max(0, 'conditions of OnFailure are not supported').optional(),
    })
    .optional(),
});

const globs = z.strictObject({ Includes: z.array(z.string()).default([]), Excludes: z.array(z.string()).default([]) });
const trigger = z.strictObject({
  ProviderType: z.literal('CodeStarSourceConnection'),
  GitConfiguration: z.strictObject({
    SourceActionName: z.string(),
    Push: z.array(z.strictObject({ Branches: globs.optional(), Tags: globs.optional() })).default([]),
    /** Pull requests never come to one machine, so their filters start nothing. */
    PullRequest: z.array(z.unknown()).default([]),
  }),
});

const pipeline = z.strictObject({
  Name: z.string(),
  RoleArn: z.string().optional(),
  Tags: z.unknown().optional(),
  RestartExecutionOnUpdate: z.unknown().optional(),
  DisableInboundStageTransitions: z.array(z.unknown()).max(0, 'disabled transitions are not supported').optional(),
  ArtifactStore: z.object({ Location: z.string(), Type: z.literal('S3') }),
  Stages: z.array(stage).min(2).max(50),
  PipelineType: z.enum(['V1', 'V2']).default('V1'),
  ExecutionMode: z.enum(EXECUTION_MODES).default('SUPERSEDED'),
  Triggers: z.array(trigger).default([]),
  Variables: z
    .array(z.object({ Name: z.string(), DefaultValue: text.optional() }))
    .max(50)
    .default([]),
});

type Parsed = z.infer<typeof pipeline>;
type ParsedStage = Parsed['Stages'][number];

/** Checks the properties of a pipeline. Throws one error that lists everything which cannot be executed, and where. */
export function parsePipeline(
  properties: Readonly<Record<string, unknown>>,
  place: { readonly name: string; readonly region: string; readonly arn: (name: string) => string },
): PipelineDefinition {
  const result = pipeline.safeParse({ ...properties, Name: properties.Name ?? place.name });
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => {
      const path = readable(issue.path, properties);
      return issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${path}: ${key} is not supported by the one-machine engine`)
        : [`${path}: ${issue.message}`];
    });
    throw new Error(`Pipeline ${String(properties.Name ?? place.name)}: ${problems.join('; ')}`);
  }
  const problems = structureProblems(result.data);
  if (problems.length > 0) throw new Error(`Pipeline ${result.data.Name}: ${problems.join('; ')}`);
  return convert(result.data, place.region, place.arn(result.data.Name));
}

/** `Stages.2.Actions.0` says little; names say more. */
function readable(path: readonly PropertyKey[], properties: Readonly<Record<string, unknown>>): string {
  let value: unknown = properties;
  const parts = path.map((key) => {
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
    const named = typeof value === 'object' && value !== null ? (value as Record<string, unknown>).Name : undefined;
    return typeof key === 'number' && typeof named === 'string' ? named : String(key);
  });
  return parts.join('.') || 'properties';
}

function structureProblems(parsed: Parsed): string[] {
  const made = new Set<string>();
  const problems: string[] = [];
  parsed.Stages.forEach((stage, index) => {
    for (const item of [...stage.Actions].sort((a, b) => a.RunOrder - b.RunOrder)) {
      const where = `${stage.Name}.${item.Name}`;
      const { Category, Owner, Provider } = item.ActionTypeId;
      if (!Object.hasOwn(PROVIDERS, providerKey(Owner, Category, Provider))) {
        problems.push(
          `${where}: action provider ${Owner}/${Category}/${Provider} is unknown to the one-machine engine; known are ${Object.keys(PROVIDERS).join(', ')}`,
        );
      }
      if ((Category === 'Source') !== (index === 0)) {
        problems.push(`${where}: source actions belong into the first stage, and only they`);
      }
      for (const input of item.InputArtifacts) {
        if (!made.has(input.Name)) problems.push(`${where}: no earlier action makes the input artifact ${input.Name}`);
      }
      for (const output of item.OutputArtifacts) made.add(output.Name);
    }
  });
  const sources = parsed.Stages[0]?.Actions.map(({ Name }) => Name) ?? [];
  for (const { GitConfiguration } of parsed.Triggers) {
    if (sources.includes(GitConfiguration.SourceActionName)) continue;
    problems.push(
      `trigger: there is no source action ${GitConfiguration.SourceActionName}; known are ${sources.join(', ')}`,
    );
  }
  return problems;
}

function convert(parsed: Parsed, region: string, arn: string): PipelineDefinition {
  return {
    name: parsed.Name,
    arn,
    version: 1,
    pipelineType: parsed.PipelineType,
    executionMode: parsed.ExecutionMode,
    artifactBucket: parsed.ArtifactStore.Location,
    stages: parsed.Stages.map((item) => toStage(item, region)),
    triggers: parsed.Triggers.map(toTrigger),
    variables: parsed.Variables.map(({ Name, DefaultValue }) => ({
      name: Name,
      ...(DefaultValue === undefined ? {} : { defaultValue: DefaultValue }),
    })),
  };
}

function toStage(parsed: ParsedStage, region: string): StageDefinition {
  const beforeEntry = toCondition(parsed.BeforeEntry);
  const onSuccess = toCondition(parsed.OnSuccess);
  return {
    name: parsed.Name,
    actions: parsed.Actions.map((item) => ({
      name: item.Name,
      type: {
        category: item.ActionTypeId.Category,
        owner: item.ActionTypeId.Owner,
        provider: item.ActionTypeId.Provider,
        version: item.ActionTypeId.Version,
      },
      configuration: item.Configuration,
      inputs: item.InputArtifacts.map(({ Name }) => Name),
      outputs: item.OutputArtifacts.map(({ Name }) => Name),
      runOrder: item.RunOrder,
      region: item.Region ?? region,
      ...(item.Namespace === undefined ? {} : { namespace: item.Namespace }),
      ...(item.TimeoutInMinutes === undefined ? {} : { timeoutInMinutes: item.TimeoutInMinutes }),
    })),
    ...(beforeEntry === undefined ? {} : { beforeEntry }),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(parsed.OnFailure === undefined
      ? {}
      : { retry: parsed.OnFailure.RetryConfiguration?.RetryMode ?? 'FAILED_ACTIONS' }),
  };
}

function toCondition(parsed: ParsedStage['BeforeEntry'] | ParsedStage['OnSuccess']): StageDefinition['beforeEntry'] {
  const condition = parsed?.Conditions[0];
  if (condition === undefined) return undefined;
  return {
    result: condition.Result,
    rules: condition.Rules.map(({ Name, Configuration }) => ({
      name: Name,
      variable: Configuration.Variable,
      value: Configuration.Value,
      operator: Configuration.Operator,
    })),
  };
}

function toTrigger({ GitConfiguration }: Parsed['Triggers'][number]): TriggerDefinition {
  const filter = (parsed: z.infer<typeof globs>) => ({ includes: parsed.Includes, excludes: parsed.Excludes });
  return {
    sourceAction: GitConfiguration.SourceActionName,
    push: GitConfiguration.Push.map(({ Branches, Tags }) => ({
      ...(Branches === undefined ? {} : { branches: filter(Branches) }),
      ...(Tags === undefined ? {} : { tags: filter(Tags) }),
    })),
  };
}
