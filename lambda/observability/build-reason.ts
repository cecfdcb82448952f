import {
  BatchGetBuildsCommand,
  BatchGetReportsCommand,
  type Build,
  type CodeBuildClient,
  DescribeTestCasesCommand,
  type TestCase,
} from '@aws-sdk/client-codebuild';
import { RED_TESTS, reasonOfTests } from '../../lib/core/report/build-reason';

/** Why a build failed: its first failed test, or else what its failed phase says. */
export async function reasonOfBuild(codebuild: CodeBuildClient, buildId: string): Promise<string | undefined> {
  const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  const build = builds[0];
  if (build === undefined) return undefined;
  return reasonOfTests(await failedTests(codebuild, build.reportArns ?? [])) ?? reasonOfPhase(build);
}

async function failedTests(codebuild: CodeBuildClient, reportArns: string[]): Promise<readonly TestCase[]> {
  if (reportArns.length === 0) return [];
  const { reports = [] } = await codebuild.send(new BatchGetReportsCommand({ reportArns }));
  const found: TestCase[] = [];
  for (const { arn } of reports.filter(({ type }) => type === 'TEST')) {
    for (const status of RED_TESTS) {
      const page = await codebuild.send(new DescribeTestCasesCommand({ reportArn: arn, filter: { status } }));
      found.push(...(page.testCases ?? []));
    }
  }
  return found;
}

function reasonOfPhase(build: Build): string | undefined {
  const phase = build.phases?.find(
    ({ phaseStatus }) => phaseStatus !== undefined && /FAILED|FAULT|TIMED_OUT|CLIENT_ERROR/.test(phaseStatus),
  );
  const message = phase?.contexts?.map((context) => context.message).find((text) => text !== undefined && text !== '');
  if (phase === undefined) return undefined;
  return `${phase.phaseType} ${phase.phaseStatus?.toLowerCase().replace('_', ' ')}${message === undefined ? '' : `: ${message}`}`;
}
