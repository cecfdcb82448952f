import * as z from 'zod';
import { appSchema } from './app-schema';
import { defaultImage, parseEcrImage } from './images';

/** What `assay.config.ts` may hold. */
export type AppConfigInput = z.input<typeof appSchema>;

/** The validated configuration, defaults filled in. */
export type AppConfig = Omit<z.output<typeof appSchema>, 'image'> & { readonly image: string };

export type SourceConfig = AppConfig['source'];

/** Values that the caller of the app gives for one synthesis, e.g. for a workload outside this repository. */
export interface AppOverrides {
  /** @default - as configured */
  readonly application?: string;
  /** Whether the pushed repository holds the workload alone, at its root. @default false */
  readonly ownRepository?: boolean;
  /** Whether the weekly schedule starts runs. @default - as configured */
  readonly schedule?: boolean;
}

/** Gives editors the type of the configuration; `loadAppConfig` validates it. */
export function defineConfig(config: AppConfigInput): AppConfigInput {
  return config;
}

export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      [
        'the configuration of the app (assay.config.ts) is not valid:',
        ...problems.map((problem) => `  - ${problem}`),
      ].join('\n'),
    );
    this.name = 'ConfigError';
  }
}

/**
 * Validates the configuration and fills in defaults.
 * @throws ConfigError with every problem at once
 */
export function loadAppConfig(input: unknown, overrides: AppOverrides = {}): AppConfig {
  const given = withOverrides(input, overrides);
  const parsed = appSchema.safeParse(given, { reportInput: true });
  const image = chooseImage(given);
  const problems = [...(parsed.success ? [] : parsed.error.issues.map(describe)), ...image.problems];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return { ...parsed.data, image: image.uri };
}

const imageSchema = z.object({ region: appSchema.shape.region, image: appSchema.shape.image });

/** The image of a region, told apart from the rest of the configuration so that its problems are told with the others. */
function chooseImage(input: unknown): { readonly uri: string; readonly problems: readonly string[] } {
  const parsed = imageSchema.safeParse(input);
  if (!parsed.success) return { uri: '', problems: [] };
  const { region, image: uri = defaultImage(region) } = parsed.data;
  const problem = uri === undefined ? unknownImage(region) : imageProblem(uri, region);
  return { uri: uri ?? '', problems: problem === undefined ? [] : [problem] };
}

const unknownImage = (region: string): string =>
  `image: no default image is known for the region ${region}; set "image" to an image URI that trains and serves`;

function imageProblem(uri: string, region: string): string | undefined {
  const ecr = parseEcrImage(uri);
  if (ecr === undefined) {
    const ecrUri = `<account>.dkr.ecr.${region}.amazonaws.com/<repository>:<tag>`;
    return uri.includes('@sha256:')
      ? undefined
      : `image: is ${ecrUri}, or any image with @sha256:<digest>; found "${uri}"`;
  }
  return ecr.region === region
    ? undefined
    : `image: is in the region ${region}, from where SageMaker pulls it; found "${uri}"`;
}

function withOverrides(input: unknown, overrides: AppOverrides): unknown {
  if (typeof input !== 'object' || input === null) return input;
  return {
    ...input,
    ...(overrides.application === undefined ? {} : { application: overrides.application }),
    ...(overrides.ownRepository === true ? { workload: { path: '.', repository: 'own' } } : {}),
    ...(overrides.schedule === undefined ? {} : { triggers: withSchedule(input, overrides.schedule) }),
  };
}

function withSchedule(input: object, enabled: boolean): unknown {
  const { triggers = {} } = input as { readonly triggers?: { readonly schedule?: object } };
  return { ...triggers, schedule: { ...triggers.schedule, enabled } };
}

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? 'the configuration' : issue.path.join('.');
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input);
  return issue.code === 'unrecognized_keys'
    ? `${where}: unknown ${issue.keys.map((key) => `"${key}"`).join(', ')}`
    : `${where}: ${issue.message}; found ${found}`;
}
