import { parse } from 'yaml';
import * as z from 'zod';

/** The phases a buildspec may name, in their order. */
export const SPEC_PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type SpecPhase = (typeof SPEC_PHASES)[number];

export const TEST_FORMATS = ['JUNITXML'] as const;
export const COVERAGE_FORMATS = ['COBERTURAXML'] as const;

/** What CodeBuild knows and this engine does not do: refused with the reason instead of being skipped. */
const REFUSED: Readonly<Record<string, string>> = {
  'run-as': 'commands run as the user who started the engine',
  proxy: 'the machine’s own proxy variables are used',
  batch: 'batch builds are not executed on one machine',
  'git-credential-helper': 'source is given as an archive without a Git remote',
  'enable-symlinks': 'links are archived as the files they point to',
  's3-prefix': 'artifacts go where the pipeline asks for them',
};

/** YAML gives numbers and booleans where CodeBuild reads text. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.array(scalar);
const ON_FAILURE = /^(ABORT|CONTINUE|RETRY(-.+)?)$/;

const phase = z.strictObject({
  'on-failure': z
    .string()
    .regex(ON_FAILURE, 'must be ABORT, CONTINUE, RETRY, RETRY-<count>, RETRY-<regex> or RETRY-<count>-<regex>')
    .default('DEFAULT'),
  commands: texts.default([]),
  finally: texts.default([]),
});

const artifact = z.strictObject({
  files: texts.min(1),
  name: scalar.optional(),
  'base-directory': scalar.optional(),
  'discard-paths': z.union([z.boolean(), z.enum(['yes', 'no'])]).default(false),
  'exclude-paths': texts.default([]),
});

const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a variable name');
const variables = z.record(environmentName, scalar).default({});

const buildspec = z.strictObject({
  version: z
    .union([z.literal(0.2), z.literal('0.2')], {
      error: (issue) => `must be 0.2, found ${JSON.stringify(issue.input)}`,
    })
    .transform(() => 0.2),
  env: z
    .strictObject({
      shell: z.enum(['bash', '/bin/sh', 'sh']).default('sh'),
      variables,
      'parameter-store': variables,
      'secrets-manager': variables,
      'exported-variables': z.array(environmentName).default([]),
    })
    .prefault({}),
  phases: z
    .strictObject({
      install: phase.extend({ 'runtime-versions': z.record(z.string(), scalar).default({}) }).optional(),
      pre_build: phase.optional(),
      build: phase.optional(),
      post_build: phase.optional(),
    })
    .refine((phases) => Object.keys(phases).length > 0, 'must name at least one phase'),
  reports: z
    .record(
      z.string(),
      z.strictObject({
        files: texts.min(1),
        'file-format': z.enum([...TEST_FORMATS, ...COVERAGE_FORMATS]).default('JUNITXML'),
        'base-directory': scalar.optional(),
        'discard-paths': z.union([z.boolean(), z.enum(['yes', 'no'])]).default(false),
      }),
    )
    .default({}),
  artifacts: artifact
    .partial({ files: true })
    .extend({ 'secondary-artifacts': z.record(z.string(), artifact).default({}) })
    .optional(),
  cache: z
    .strictObject({
      paths: texts.min(1),
      key: scalar.optional(),
      'fallback-keys': texts.max(5).default([]),
      action: z.enum(['restore', 'save']).optional(),
    })
    .optional(),
});

export type Buildspec = z.infer<typeof buildspec>;
export type PhaseSpec = z.infer<typeof phase>;
export type ArtifactSpec = z.infer<typeof artifact>;
export type ReportSpec = Buildspec['reports'][string];
export type CacheSpec = NonNullable<Buildspec['cache']>;

/**
 * Reads a buildspec 0.2 (YAML or JSON). Throws one error that lists every problem with its place: unknown and
 * unsupported keys, wrong types, unsupported report formats, variables that CodeBuild refuses to export.
 */
export function parseBuildspec(text: string, from: string): Buildspec {
  const result = buildspec.safeParse(parseYaml(text, from));
  const problems = result.success ? exportProblems(result.data) : result.error.issues.flatMap(describe);
  if (!result.success || problems.length > 0) throw new Error(`Buildspec ${from}: ${problems.join('; ')}`);
  return result.data;
}

function parseYaml(text: string, from: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error);
    throw new Error(`Buildspec ${from} is not valid YAML: ${reason}`, { cause: error });
  }
}

function describe(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.length === 0 ? 'the top level' : issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [`${place}: ${issue.message}`];
  return issue.keys.map((key) => {
    const reason = REFUSED[key];
    return reason === undefined
      ? `${place}: unknown key "${key}"`
      : `${place}: "${key}" is not supported by the one-machine engine (${reason})`;
  });
}

function exportProblems(spec: Buildspec): string[] {
  const secret = { ...spec.env['parameter-store'], ...spec.env['secrets-manager'] };
  return spec.env['exported-variables'].flatMap((name) => {
    if (name in secret) return [`env.exported-variables: ${name} is a secret, and secrets cannot be exported`];
    if (name.startsWith('AWS_')) return [`env.exported-variables: ${name} begins with AWS_ and cannot be exported`];
    return [];
  });
}
