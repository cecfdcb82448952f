import type { z } from 'zod';
import { appSchema } from './app-schema';
import { defaultImage } from './images';

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
  const parsed = appSchema.safeParse(withOverrides(input, overrides), { reportInput: true });
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describe));
  const image = parsed.data.image ?? defaultImage(parsed.data.region);
  if (image === undefined) {
    throw new ConfigError([
      `image: no default image is known for the region ${parsed.data.region}; set "image" to an image URI that trains and serves`,
    ]);
  }
  return { ...parsed.data, image };
}

function withOverrides(input: unknown, overrides: AppOverrides): unknown {
  if (typeof input !== 'object' || input === null) return input;
  return {
    ...input,
    ...(overrides.application === undefined ? {} : { application: overrides.application }),
    ...(overrides.ownRepository === true ? { workload: { path: '.', repository: 'own' } } : {}),
  };
}

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? 'the configuration' : issue.path.join('.');
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input);
  return issue.code === 'unrecognized_keys'
    ? `${where}: unknown ${issue.keys.map((key) => `"${key}"`).join(', ')}`
    : `${where}: ${issue.message}; found ${found}`;
}
