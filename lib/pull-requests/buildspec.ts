import { DEFAULT_PYTHON } from '../config/images';
import { inlineChecks } from '../pipeline/buildspecs/check-scripts';
import type { Buildspec } from '../pipeline/buildspecs/gates';

/** What prepares the machine. The workflow of GitHub Actions has the same lines. */
export const PREPARE = ['bash scripts/checks/tools.sh'] as const;

/** What a pull request has to pass, cheapest first. The workflow of GitHub Actions has the same lines. */
export const CHECKS = [
  'bash scripts/checks/packages.sh',
  'bash scripts/checks/infrastructure.sh',
  'bash scripts/checks/tests.sh unit',
  'bash scripts/checks/tests.sh integration',
  'bash scripts/checks/data.sh',
] as const;

const junit = (...files: string[]) => ({
  files: files.map((file) => `reports/${file}.xml`),
  'file-format': 'JUNITXML',
});

/**
 * The buildspec of pull requests. It is part of the template, so that a pull request cannot leave out a check; the
 * scripts are those of the pull request where the repository holds them, so that it can change them.
 */
export function pullRequestBuildspec(repository: 'combined' | 'own'): Buildspec {
  const { define, calls } = inlineChecks([...PREPARE, ...CHECKS]);
  const own = repository === 'own';
  return {
    version: '0.2',
    env: { shell: 'bash' },
    phases: {
      install: {
        'runtime-versions': { nodejs: '22', python: DEFAULT_PYTHON },
        commands: own ? [define, ...calls.slice(0, PREPARE.length)] : PREPARE,
      },
      build: { commands: own ? calls.slice(PREPARE.length) : CHECKS },
    },
    // A report whose file never comes fails a build, and a workload's repository has no infrastructure to test.
    reports: {
      ...(own ? {} : { infrastructure: junit('infrastructure') }),
      unit: junit('unit', 'packages'),
      integration: junit('integration'),
      'data-gate': junit('data', 'drift'),
    },
  };
}
