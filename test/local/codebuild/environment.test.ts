import { existsSync, readFileSync } from 'node:fs';
import { machineEnvironment } from '../../../lib/local/codebuild/machine-environment';
import { build, type Machine, machine } from './harness';

describe('environment of a build', () => {
  let local: Machine;
  beforeEach(() => {
    local = machine();
  });
  afterEach(() => local.close());

  const spec = (commands: string[], more: object = {}) => ({ version: 0.2, phases: { build: { commands } }, ...more });

  test('StartBuild wins over project, project over buildspec; values are literal', async () => {
    const { output } = await build(
      local,
      spec(['echo "$A $B $C"'], { env: { variables: { A: 'spec', B: 'spec', C: '$HOME' } } }),
      {
        Environment: {
          Type: 'LINUX_CONTAINER',
          EnvironmentVariables: [
            { Name: 'A', Value: 'project' },
            { Name: 'B', Value: 'project' },
          ],
        },
      },
      { variables: [{ name: 'A', value: 'start' }] },
    );
    expect(output).toEqual(['start project $HOME']);
  });

  test('documented variables are set', async () => {
    const { output, result } = await build(
      local,
      spec([
        'printenv CODEBUILD_BUILD_ID CODEBUILD_INITIATOR CODEBUILD_BUILD_NUMBER AWS_REGION CODEBUILD_RESOLVED_SOURCE_VERSION',
        '[ "$PWD" = "$CODEBUILD_SRC_DIR" ]',
        'expr "$CODEBUILD_START_TIME" : "[0-9]\\{13\\}$"',
      ]),
      {},
      { resolvedSourceVersion: 'c0ffee' },
    );
    expect(output).toEqual([result.id, 'codepipeline/test', '1', 'eu-west-1', 'c0ffee', '13']);
    expect(result.status).toBe('SUCCEEDED');
  });

  test('Python, pip, the AWS CLI and Node are there, and a virtual environment can be made', async () => {
    const { result, output } = await build(
      local,
      spec([
        'python3 -c "import sys; print(sys.prefix)"',
        'aws --version >/dev/null 2>&1',
        'pip --version >/dev/null',
        'node -p "process.versions.node"',
        'python3 -m venv --without-pip .venv',
        '. .venv/bin/activate',
        'python -c "import sys; print(sys.prefix)"',
        'echo "$PWD/.venv"',
      ]),
    );
    expect(result.failure).toBeUndefined();
    expect(output.slice(0, 2)).toEqual([local.context.venv, process.versions.node]);
    expect(output[2]).toBe(output[3]);
  }, 30_000);

  test('the build’s folder is outside the user’s project and gone afterwards', async () => {
    const { output } = await build(
      local,
      spec(['pwd', "node -p \"require.resolve.paths('x').filter((p) => require('fs').existsSync(p)).join()\""]),
    );
    expect(output[0]?.startsWith(local.context.stateDir)).toBe(false);
    expect(existsSync(output[0] ?? '/')).toBe(false);
  });

  test('exported variables: those a child process sees', async () => {
    const { result } = await build(
      local,
      spec(['export A="x y"', 'B=plain', '(export D=inner)'], {
        env: { 'exported-variables': ['A', 'B', 'D', 'CODEBUILD_BUILD_ID'] },
      }),
    );
    expect(result.exportedVariables).toEqual({ A: 'x y', CODEBUILD_BUILD_ID: result.id });
  });

  test('runtime versions are reported; a runtime the machine lacks is an error', async () => {
    const install = (versions: object) => ({
      version: 0.2,
      phases: { install: { 'runtime-versions': versions }, build: { commands: ['true'] } },
    });
    const good = await build(local, install({ nodejs: 22 }));
    expect(good.lines.join('\n')).toContain(
      `Runtime nodejs: 22 is asked for, this machine's ${process.version} is used`,
    );
    const bad = await build(local, install({ cobol: 1 }));
    expect(bad.result.failure).toMatchObject({
      phase: 'DOWNLOAD_SOURCE',
      message: expect.stringContaining('unknown runtime "cobol"'),
    });
  });

  test('reserved names and a missing buildspec fail with a clear reason', async () => {
    const reserved = await build(local, spec(['true']), {}, { variables: [{ name: 'CODEBUILD_X', value: '1' }] });
    expect(reserved.result.failure?.message).toBe(
      'Variable CODEBUILD_X: names that begin with CODEBUILD_ are reserved.',
    );
    const missing = await build(local, 'buildspec.yml');
    expect(missing.result.failure?.message).toContain(
      'the source has no file buildspec.yml, which project tests names as its buildspec',
    );
  });

  test('the log is kept with phases and commands', async () => {
    const { result } = await build(local, spec(['echo hello']));
    expect(result.logPath).toBe(`${local.context.stateDir}/logs/codebuild/tests-1.log`);
    const log = readFileSync(result.logPath, 'utf8');
    expect(log).toMatch(
      /Entering phase BUILD\n.*Running command echo hello\nhello\n.*Phase complete: BUILD State: SUCCEEDED/,
    );
  });
});

test('a machine’s package settings are passed on, the running npm’s and its folders are not', () => {
  const env = machineEnvironment(
    {
      PATH: '/repo/node_modules/.bin:/usr/bin',
      HOME: '/home/me',
      npm_config_registry: 'http://mirror',
      npm_config_local_prefix: '/repo',
      PIP_INDEX_URL: 'http://pip',
      HTTPS_PROXY: 'http://proxy',
      NO_PROXY: 'corp',
      AWS_PROFILE: 'mine',
      NODE_OPTIONS: '--inspect',
      GITHUB_TOKEN: 's',
    },
    '/tools',
    '/tmp/x',
  );
  expect(env).toEqual({
    PATH: '/tools:/usr/bin',
    HOME: '/home/me',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp/x',
    npm_config_registry: 'http://mirror',
    PIP_INDEX_URL: 'http://pip',
    HTTPS_PROXY: 'http://proxy',
    NO_PROXY: 'corp,127.0.0.1,localhost',
    no_proxy: 'corp,127.0.0.1,localhost',
  });
});
