import { readFileSync, rmSync } from 'node:fs';
import {
  BatchGetBuildsCommand,
  BatchGetReportsCommand,
  CodeBuildClient,
  DescribeTestCasesCommand,
  ListBuildsForProjectCommand,
  ResourceNotFoundException,
  StartBuildCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { unzip, zipTexts } from '../../../lib/local/codebuild/archive';
import { findFiles } from '../../../lib/local/codebuild/glob';
import { Objects } from '../../../lib/local/codebuild/objects';
import { createCodeBuild } from '../../../lib/local/codebuild/service';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { BUCKET, type Cloud, cloud, scratch } from '../codepipeline/harness';
import { build, type Machine, machine, projectResource, provision } from './harness';

/** Artefacts, reports, cache, secrets and the API, with real S3, SSM and Secrets Manager emulation. */
let aws: Cloud;
let local: Machine;
beforeAll(async () => {
  aws = await cloud();
}, 60_000);
afterAll(() => aws.close(), 60_000);
beforeEach(() => {
  local = machine(aws.gateway.url);
});
afterEach(() => local.close());

const spec = (commands: string[], more: object = {}) => ({ version: 0.2, phases: { build: { commands } }, ...more });
const at = (key: string) => ({ bucket: BUCKET, key });
const CODEPIPELINE = {
  Source: { Type: 'CODEPIPELINE', BuildSpec: 'buildspec.yml' },
  Artifacts: { Type: 'CODEPIPELINE' },
};

async function contents(key: string): Promise<string[]> {
  const objects = new Objects(local.context);
  const folder = scratch();
  await unzip(await objects.get(at(key)), folder);
  objects.close();
  const found = findFiles(folder, ['**/*']);
  rmSync(folder, { recursive: true });
  return found;
}
async function upload(key: string, files: Record<string, string>): Promise<void> {
  const objects = new Objects(local.context);
  await objects.put(at(key), await zipTexts(files));
  objects.close();
}

test('sources by identifier, artifacts by definition', async () => {
  const buildspec = JSON.stringify(
    spec(
      ['cp "$CODEBUILD_SRC_DIR_Extra/e.txt" .', 'mkdir -p out/deep && touch out/a.js out/deep/b.js out/deep/c.map'],
      {
        artifacts: {
          files: ['**/*'],
          'base-directory': 'out',
          'secondary-artifacts': {
            Flat: { files: ['**/*'], 'base-directory': 'out', 'discard-paths': 'yes', 'exclude-paths': ['**/*.map'] },
            Text: { files: ['*.txt'] },
          },
        },
      },
    ),
  );
  await upload('in', { 'buildspec.yml': buildspec, 's.txt': 's' });
  await upload('extra', { 'e.txt': 'e' });
  const request = { source: at('in'), secondarySources: { Extra: at('extra') } };
  const one = await build(local, '', CODEPIPELINE, { ...request, artifacts: { primary: at('out') } });
  expect(one.result.failure).toBeUndefined();
  expect(await contents('out')).toEqual(['a.js', 'deep/b.js', 'deep/c.map']);
  await build(local, '', CODEPIPELINE, {
    ...request,
    artifacts: { secondary: { Flat: at('flat'), Text: at('text') } },
  });
  expect(await contents('flat')).toEqual(['a.js', 'b.js']);
  expect(await contents('text')).toEqual(['e.txt', 's.txt']);
  const none = await build(local, '', CODEPIPELINE, { ...request, artifacts: { secondary: { Other: at('x') } } });
  expect(none.result.failure).toMatchObject({
    phase: 'UPLOAD_ARTIFACTS',
    message: 'no definition for secondary artifact Other in the buildspec, which has: Flat, Text',
  });
});

test.each([
  [{ files: ['nothing/**/*'] }, 'no matching artifact paths found for nothing/**/*'],
  [{ files: ['**/*'], 'base-directory': 'absent' }, 'no matching base directory path found for absent'],
])('artifacts that are not there fail the build: %j', async (artifacts, message) => {
  const { result } = await build(local, spec(['touch x'], { artifacts }), {}, { artifacts: { primary: at('never') } });
  expect(result.failure).toEqual({ phase: 'UPLOAD_ARTIFACTS', code: 'CLIENT_ERROR', message });
});

const JUNIT = `<?xml version="1.0"?><testsuites><testsuite name="t"><testcase classname="a.b" name="good" time="0.5"/>
<testcase classname="a.b" name="bad &lt;1&gt;" time="1"><failure message="assert 1 == 2">trace &amp; <![CDATA[<more>]]></failure></testcase>
<testcase name="later"><skipped/></testcase></testsuite></testsuites>`;
const COBERTURA =
  '<!DOCTYPE coverage SYSTEM "x"><coverage lines-covered="3" lines-valid="4" branches-covered="0" branches-valid="0"><packages/></coverage>';

test('reports of a failed build are parsed and answered by the API', async () => {
  const { codebuild, result } = await build(
    local,
    spec([`cat > junit.xml <<'E'\n${JUNIT}\nE`, `cat > cov.xml <<'E'\n${COBERTURA}\nE`, 'exit 1'], {
      reports: { unit: { files: ['junit.xml'] }, coverage: { files: ['cov.xml'], 'file-format': 'COBERTURAXML' } },
    }),
  );
  expect(result.failure?.phase).toBe('BUILD');
  const [handler] = codebuild.handlers;
  if (handler !== undefined) aws.gateway.register(handler);
  const client = new CodeBuildClient(awsClientConfig(local.context));
  const { reports } = await client.send(new BatchGetReportsCommand({ reportArns: [...result.reportArns] }));
  expect(reports?.[0]).toMatchObject({
    type: 'TEST',
    status: 'FAILED',
    testSummary: { total: 3, statusCounts: { SUCCEEDED: 1, FAILED: 1, SKIPPED: 1 }, durationInNanoSeconds: 1.5e9 },
  });
  expect(reports?.[0]?.reportGroupArn).toMatch(/report-group\/tests-unit$/);
  expect(reports?.[1]).toMatchObject({
    type: 'CODE_COVERAGE',
    codeCoverageSummary: { lineCoveragePercentage: 75, branchCoveragePercentage: 100 },
  });
  const { testCases } = await client.send(
    new DescribeTestCasesCommand({ reportArn: result.reportArns[0], filter: { status: 'FAILED' } }),
  );
  expect(testCases).toHaveLength(1);
  expect(testCases?.[0]).toMatchObject({
    prefix: 'a.b',
    name: 'bad <1>',
    message: 'assert 1 == 2\ntrace & <more>',
    testRawDataPath: 'junit.xml',
  });

  await expect(client.send(new StartBuildCommand({ projectName: 'none' }))).rejects.toBeInstanceOf(
    ResourceNotFoundException,
  );
  const started = await client.send(
    new StartBuildCommand({ projectName: 'tests', buildspecOverride: JSON.stringify(spec(['sleep 30'])) }),
  );
  expect(started.build).toMatchObject({ buildStatus: 'IN_PROGRESS', buildNumber: 2 });
  const id = started.build?.id ?? '';
  await client.send(new StopBuildCommand({ id }));
  await codebuild.close();
  const { builds } = await client.send(new BatchGetBuildsCommand({ ids: [id, result.id] }));
  expect(builds?.map(({ buildStatus }) => buildStatus)).toEqual(['STOPPED', 'FAILED']);
  expect(builds?.[1]?.phases?.find(({ phaseType }) => phaseType === 'BUILD')).toMatchObject({
    phaseStatus: 'FAILED',
    contexts: [
      {
        statusCode: 'COMMAND_EXECUTION_ERROR',
        message: 'Error while executing command: exit 1. Reason: exit status 1',
      },
    ],
  });
  expect(builds?.[1]?.startTime).toBeInstanceOf(Date);
  expect((await client.send(new ListBuildsForProjectCommand({ projectName: 'tests' }))).ids).toEqual([id, result.id]);
}, 20_000);

test.each([
  ['missing', ['true'], 'no report files found for junit.xml'],
  ['broken', ['echo "<testsuites><testsuite>" > junit.xml'], 'is not closed'],
  ['something else', ['echo "<html></html>" > junit.xml'], 'junit.xml is not JUnit XML: its root element is html'],
])('a report that is %s fails the build: it is missing evidence', async (_, commands, message) => {
  const { result } = await build(local, spec(commands, { reports: { unit: { files: ['junit.xml'] } } }));
  expect(result.failure).toMatchObject({ phase: 'UPLOAD_ARTIFACTS', message: expect.stringContaining(message) });
});

test('the cache brings folders back by key, then by prefix; only builds that succeed save it', async () => {
  const buildspec = (end: string) => ({
    version: 0.2,
    phases: {
      build: {
        commands: [
          'ls deps 2>/dev/null | tr "\\n" " "; echo',
          'mkdir -p deps && cp lock "deps/$(cat lock)" && ln -sfn . deps/link',
          end,
        ],
      },
    },
    cache: { paths: ['deps/**/*'], key: 'deps-$(codebuild-hash-files lock)', 'fallback-keys': ['other-', 'deps-'] },
  });
  const run = async (lock: string, end = 'true') => {
    await upload(`lock-${lock}`, { lock, 'buildspec.yml': JSON.stringify(buildspec(end)) });
    const cached = { ...CODEPIPELINE, Cache: { Type: 'LOCAL', Modes: ['LOCAL_CUSTOM_CACHE'] } };
    return (await build(local, '', cached, { source: at(`lock-${lock}`) })).output[0];
  };
  expect(await run('a')).toBe('');
  expect(await run('a')).toBe('a link ');
  expect(await run('b', 'false')).toBe('a link ');
  expect(await run('c')).toBe('a link ');
  expect(await run('a')).toBe('a link ');
  expect(await run('c')).toBe('a c link ');
  const plain = await build(local, spec(['ls'], { cache: { paths: ['deps/**/*'] } }));
  expect(plain.output).toEqual([]);
  expect(plain.lines.join()).toContain('the project has no cache');
});

test('the AWS CLI of a build reaches the run’s services', async () => {
  await upload('asset', { 'a.txt': 'a' });
  const { output, result } = await build(
    local,
    spec([
      `aws s3 cp s3://${BUCKET}/asset asset.zip --quiet`,
      'python3 -m zipfile -l asset.zip | tail -1 | cut -d " " -f 1',
    ]),
  );
  expect(result.failure).toBeUndefined();
  expect(output).toEqual(['a.txt']);
}, 20_000);

test('secrets come from their stores and never reach the log', async () => {
  await new SSMClient(awsClientConfig(local.context)).send(
    new PutParameterCommand({ Name: '/db/user', Value: 'scott', Type: 'SecureString' }),
  );
  const body = JSON.stringify({
    Name: 'db',
    SecretString: '{"password":"tiger-1234"}',
    ClientRequestToken: '0'.repeat(32),
  });
  const headers = {
    'x-amz-target': 'secretsmanager.CreateSecret',
    'content-type': 'application/x-amz-json-1.1',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20000101/eu-west-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0',
  };
  expect((await fetch(aws.gateway.url, { method: 'POST', headers, body })).status).toBe(200);
  const { output, result } = await build(
    local,
    spec(['echo "$DB_USER:$PASSWORD"', '[ "$PASSWORD" = tiger-1234 ] && [ "$DB_USER" = scott ]'], {
      env: { 'parameter-store': { DB_USER: '/db/user' }, 'secrets-manager': { PASSWORD: 'db:password' } },
    }),
  );
  expect(output).toEqual(['***:***']);
  expect(result.status).toBe('SUCCEEDED');
  expect(readFileSync(result.logPath, 'utf8')).not.toContain('echo tiger-1234');
  const absent = await build(local, spec(['true'], { env: { 'parameter-store': { X: '/absent' } } }));
  expect(absent.result.failure?.message).toBe('Variable X: the Parameter Store has no parameter /absent.');
  const missing = await build(local, spec(['true'], { env: { 'secrets-manager': { X: 'db:nothing' } } }));
  expect(missing.result.failure?.message).toBe('Variable X: secret db has no key nothing.');
});

test('builds that ran when an engine died are stopped at the next start', async () => {
  const { result } = await build(local, spec(['true']));
  const name = 'codebuild-tests';
  const saved = local.context.state.read<{ builds: object[] }>(name);
  local.context.state.write(name, {
    ...saved,
    builds: saved?.builds.map((record) => ({ ...record, buildComplete: false, buildStatus: 'IN_PROGRESS' })),
  });
  await provision(createCodeBuild(local.context), projectResource('version: 0.2'));
  expect(local.context.state.read<{ builds: object[] }>(name)?.builds[0]).toMatchObject({
    id: result.id,
    buildStatus: 'STOPPED',
  });
});
