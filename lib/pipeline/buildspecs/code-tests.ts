import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { parse } from 'yaml';
import { PROJECT_ROOT } from '../../shared/assay-function';
import { inlineChecks } from './check-scripts';

const FILE = 'buildspec.yml';

/**
 * The buildspec of CodeTests: the pushed repository's own where it holds Assay, so that a push can change it; otherwise
 * this project's, written into the template with the scripts that it calls.
 */
export function codeTestsBuildspec(repository: 'combined' | 'own'): BuildSpec {
  if (repository === 'combined') return BuildSpec.fromSourceFilename(FILE);
  const spec = parse(readFileSync(join(PROJECT_ROOT, FILE), 'utf8')) as CodeTestsBuildspec;
  const { install, build } = spec.phases;
  const { define, calls } = inlineChecks([...install.commands, ...build.commands]);
  // A report whose file never comes fails a build, and a workload's repository has no infrastructure to test.
  const workloadReports = Object.entries(spec.reports).filter(([name]) => !name.startsWith('infrastructure'));
  return BuildSpec.fromObjectToYaml({
    ...spec,
    phases: {
      install: { ...install, commands: [define, ...calls.slice(0, install.commands.length)] },
      build: { ...build, commands: calls.slice(install.commands.length) },
    },
    reports: Object.fromEntries(workloadReports),
  });
}

interface Phase {
  readonly commands: readonly string[];
}

interface CodeTestsBuildspec {
  readonly phases: { readonly install: Phase; readonly build: Phase };
  readonly reports: Readonly<Record<string, unknown>>;
}
