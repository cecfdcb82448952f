import {
  BatchGetBuildsCommand,
  BatchGetReportsCommand,
  type Build,
  type CodeBuildClient,
  DescribeTestCasesCommand,
  type TestCase,
} from '@aws-sdk/client-codebuild';
import { oneLine } from '../shared/text';

/** Statuses of a test case that make a build red. */
const RED = ['FAILED', 'ERROR'] as const;

/** Why a build failed: its first failed test, or else what its failed phase says. */
export async function reasonOfBuild(codebuild: CodeBuildClient, buildId: string): Promise<string | undefined> {
  const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  const build = builds[0];
  if (build === undefined) return undefined;
  const failed = await failedTests(codebuild, build.reportArns ?? []);
  const [first] = failed;
  if (first === undefined) return reasonOfPhase(build);
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  const message = first.message === undefined || first.message === '' ? '' : `: ${oneLine(first.message, 300)}`;
  return `${testName(first)} failed${others}${message}`;
}

async function failedTests(codebuild: CodeBuildClient, reportArns: string[]): Promise<readonly TestCase[]> {
  if (reportArns.length === 0) return [];
  const { reports = [] } = await codebuild.send(new BatchGetReportsCommand({ reportArns }));
  const found: TestCase[] = [];
  for (const { arn } of reports.filter(({ type }) => type === 'TEST')) {
    for (const status of RED) {
      const page = await codebuild.send(new DescribeTestCasesCommand({ reportArn: arn, filter: { status } }));
      found.push(...(page.testCases ?? []));
    }
  }
  return found;
}

/** `tests/unit/test_x.py::test_y` for pytest, whose report names `tests.unit.test_x`; otherwise prefix and name. */
export function testName({ prefix = '', name = 'a test' }: TestCase): string {
  const parts = prefix.split('.');
  const file = parts.findIndex((part) => /^test_|_test$/.test(part));
  if (file >= 0) return [`${parts.slice(0, file + 1).join('/')}.py`, ...parts.slice(file + 1), name].join('::');
  return prefix === '' || prefix === name ? name : `${prefix} ${name}`;
}

function reasonOfPhase(build: Build): string | undefined {
  const phase = build.phases?.find(
    ({ phaseStatus }) => phaseStatus !== undefined && /FAILED|FAULT|TIMED_OUT|CLIENT_ERROR/.test(phaseStatus),
  );
  const message = phase?.contexts?.map((context) => context.message).find((text) => text !== undefined && text !== '');
  if (phase === undefined) return undefined;
  return `${phase.phaseType} ${phase.phaseStatus?.toLowerCase().replace('_', ' ')}${message === undefined ? '' : `: ${message}`}`;
}
