import { parseBuildspec } from '../../../lib/local/codebuild/buildspec';
import { globToRegExp } from '../../../lib/local/codebuild/glob';
import { parseOnFailure } from '../../../lib/local/codebuild/on-failure';
import { createProviders, toProject } from '../../../lib/local/codebuild/project';
import { type Machine, machine, projectResource } from './harness';

const build = 'phases: {build: {commands: [x]}}';

describe('buildspec', () => {
  test.each([
    ['version 0.1', `version: 0.1\n${build}`, 'version: must be 0.2, found 0.1'],
    ['no phases', 'version: 0.2\nphases: {}', 'phases: must name at least one phase'],
    ['an unknown key', `version: 0.2\nfoo: 1\n${build}`, 'the top level: unknown key "foo"'],
    ['run-as', `version: 0.2\nrun-as: root\n${build}`, '"run-as" is not supported by the one-machine engine'],
    [
      'run-as of a phase',
      'version: 0.2\nphases: {build: {run-as: root, commands: [x]}}',
      'phases.build: "run-as" is not supported',
    ],
    [
      'git-credential-helper',
      `version: 0.2\nenv: {git-credential-helper: yes}\n${build}`,
      'env: "git-credential-helper" is not supported',
    ],
    ['an unknown phase', 'version: 0.2\nphases: {compile: {commands: [x]}}', 'phases: unknown key "compile"'],
    [
      'another report format',
      `version: 0.2\n${build}\nreports: {r: {files: [a], file-format: TESTNGXML}}`,
      'reports.r.file-format: Invalid option: expected one of "JUNITXML"|"COBERTURAXML"',
    ],
    [
      'an exported secret',
      `version: 0.2\nenv: {secrets-manager: {A: b}, exported-variables: [A]}\n${build}`,
      'A is a secret',
    ],
    [
      'an exported AWS_ variable',
      `version: 0.2\nenv: {exported-variables: [AWS_X]}\n${build}`,
      'AWS_X begins with AWS_',
    ],
    ['broken YAML', 'version: 0.2\nphases: [', 'is not valid YAML'],
    [
      'on-failure',
      'version: 0.2\nphases: {build: {on-failure: STOP, commands: [x]}}',
      'phases.build.on-failure: must be ABORT, CONTINUE',
    ],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseBuildspec(text, 'buildspec.yml')).toThrow(message);
  });

  test('all problems are listed at once, and scalars become text', () => {
    expect(() => parseBuildspec('version: 0.3\nbatch: {}\nphases: {build: {commands: [x]}}', 'b')).toThrow(
      /version.*batch/,
    );
    const spec = parseBuildspec(`version: 0.2\nenv: {variables: {N: 1, B: true}}\n${build}`, 'b');
    expect(spec.env).toMatchObject({ shell: 'sh', variables: { N: '1', B: 'true' } });
  });

  test.each([
    ['RETRY', { kind: 'RETRY', count: 3, pattern: /.*/s }],
    ['RETRY-2', { kind: 'RETRY', count: 2, pattern: /.*/s }],
    ['RETRY-a-b', { kind: 'RETRY', count: 3, pattern: /a-b/s }],
    ['RETRY-2-a', { kind: 'RETRY', count: 2, pattern: /a/s }],
    ['ABORT', { kind: 'ABORT' }],
  ])('on-failure %s', (text, expected) => {
    expect(parseOnFailure(text)).toEqual(expected);
  });
});

test.each([
  ['**/*', ['a', 'a/b', '.x/y'], []],
  ['*', ['a'], ['a/b']],
  ['src/**/*.py', ['src/a.py', 'src/x/y/a.py'], ['a.py', 'src/a.txt', 'xsrc/a.py']],
  ['a.{xml,json}', ['a.xml', 'a.json'], ['a.xmljson', 'aaxml']],
  ['release/**', ['release/1', 'release/1/2'], ['release']],
  ['a?c+(1)', ['abc+(1)'], ['a/c+(1)', 'abcc1']],
])('glob %s', (glob, yes, no) => {
  expect(yes.filter((path) => !globToRegExp(glob).test(path))).toEqual([]);
  expect(no.filter((path) => globToRegExp(glob).test(path))).toEqual([]);
});

describe('project', () => {
  let local: Machine;
  beforeEach(() => {
    local = machine();
  });
  afterEach(() => local.close());

  test.each([
    [
      'a source behind a firewall',
      { Source: { Type: 'GITHUB_ENTERPRISE' } },
      'Source.Type GITHUB_ENTERPRISE is not supported; known are CODEPIPELINE, S3, NO_SOURCE',
    ],
    ['batch builds', { BuildBatchConfig: { ServiceRole: 'x' } }, 'BuildBatchConfig is not supported'],
    ['Docker', { Environment: { Type: 'LINUX_CONTAINER', PrivilegedMode: true } }, 'builds run without Docker'],
    ['S3 artifacts', { Artifacts: { Type: 'S3' } }, 'Artifacts.Type S3 is not supported'],
  ])('%s is refused by name', (_, more, message) => {
    expect(() => toProject(local.context, projectResource('version: 0.2', more))).toThrow(message);
  });

  test('without a name it has the same one on every run', () => {
    const name = () => toProject(local.context, projectResource('x', { Name: undefined })).name;
    expect(name()).toMatch(/^Project-[0-9a-f]{12}$/);
    expect(name()).toBe(name());
  });

  test('report groups have an ARN; source credentials are refused', async () => {
    const create = (type: string) =>
      createProviders(local.context, () => undefined)
        .find(({ types }) => types.includes(type))
        ?.create({ logicalId: 'X', type, stack: 'S', properties: { Name: 'units' } });
    await expect(create('AWS::CodeBuild::ReportGroup')).resolves.toMatchObject({
      ref: 'arn:aws:codebuild:eu-west-1:123456789012:report-group/units',
    });
    await expect(create('AWS::CodeBuild::SourceCredential')).rejects.toThrow(
      'is not supported by the one-machine engine',
    );
  });
});
