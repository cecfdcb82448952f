import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { parse } from 'yaml';
import { PROJECT_ROOT } from '../../shared/assay-function';

const FILE = 'buildspec.yml';

/**
 * The buildspec of CodeTests: the pushed repository's own where it holds Assay, so that a push can change it; otherwise
 * this project's, written into the template.
 */
export function codeTestsBuildspec(repository: 'combined' | 'own'): BuildSpec {
  if (repository === 'combined') return BuildSpec.fromSourceFilename(FILE);
  const { reports, ...rest } = parse(readFileSync(join(PROJECT_ROOT, FILE), 'utf8')) as CodeTestsBuildspec;
  // A report whose file never comes fails a build, and a workload's repository has no infrastructure to test.
  const workloadReports = Object.entries(reports).filter(([name]) => !name.startsWith('infrastructure'));
  return BuildSpec.fromObjectToYaml({ ...rest, reports: Object.fromEntries(workloadReports) });
}

interface CodeTestsBuildspec {
  readonly reports: Readonly<Record<string, unknown>>;
}
