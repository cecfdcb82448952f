import { build, type Machine, machine } from './harness';

/** Buildspec semantics with real shells. */
describe('phases', () => {
  let local: Machine;
  beforeEach(() => {
    local = machine();
  });
  afterEach(() => local.close());

  const spec = (phases: object, env: object = {}) => ({ version: 0.2, env, phases });

  test.each(['bash', '/bin/sh'])(
    '%s: folder, exports, variables and functions persist from command to command',
    async (shell) => {
      const { result, output } = await build(
        local,
        spec(
          {
            install: {
              commands: ['mkdir sub', 'cd sub', 'export KEPT=yes; PLAIN=also', 'greet() { echo "hello $1"; }'],
            },
            build: { commands: ['basename "$PWD"', 'echo "$KEPT $PLAIN"', 'greet you'] },
          },
          { shell },
        ),
      );
      expect(output).toEqual(['sub', 'yes also', 'hello you']);
      expect(result.status).toBe('SUCCEEDED');
    },
  );

  test.each([
    ['a command that fails', 'sh -c "exit 3"', 3],
    ['a command that ends the shell', 'exit 4', 4],
    ['a shell with -e', 'set -e; false; echo never', 1],
    ['an unknown program', 'no-such-program-here', 127],
    ['a syntax error', 'if true; then', 2],
    ['a killed shell', 'kill -9 $$', 137],
  ])('%s fails the phase with its exit status', async (_, command, status) => {
    const { result, output } = await build(
      local,
      spec({ build: { commands: [command, 'echo not reached'], finally: ['echo finally'] } }, { shell: 'bash' }),
    );
    expect(result.status).toBe('FAILED');
    expect(result.failure).toEqual({
      phase: 'BUILD',
      code: 'COMMAND_EXECUTION_ERROR',
      message: `Error while executing command: ${command}. Reason: exit status ${status}`,
    });
    expect(output).not.toContain('not reached');
    expect(output).toContain('finally');
  });

  test('what a command exported before it ended the shell is there in the next phase', async () => {
    const { output } = await build(
      local,
      spec({
        build: { commands: ['mkdir deep && cd deep', 'export LATE="a b"; exit 1'] },
        post_build: { commands: ['echo "$LATE in $(basename "$PWD")"'] },
      }),
    );
    expect(output).toEqual(['a b in deep']);
  });

  test('only the last command of a multi-line item decides', async () => {
    const { result } = await build(local, spec({ build: { commands: ['false\ntrue'] } }));
    expect(result.status).toBe('SUCCEEDED');
  });

  test.each([
    ['install', { BUILD: undefined, POST_BUILD: undefined, UPLOAD_ARTIFACTS: undefined }],
    ['pre_build', { INSTALL: 'SUCCEEDED', BUILD: undefined, UPLOAD_ARTIFACTS: undefined }],
    ['build', { PRE_BUILD: 'SUCCEEDED', BUILD: 'FAILED', POST_BUILD: 'SUCCEEDED', UPLOAD_ARTIFACTS: 'SUCCEEDED' }],
    ['post_build', { BUILD: 'SUCCEEDED', POST_BUILD: 'FAILED', UPLOAD_ARTIFACTS: 'SUCCEEDED' }],
  ])('after a failed %s phase CodeBuild’s transitions follow', async (phase, expected) => {
    const { result, states } = await build(local, spec({ [phase]: { commands: ['false'] } }));
    expect(result.status).toBe('FAILED');
    expect({ ...expected, ...states }).toEqual({ ...states, ...expected });
    expect(states.FINALIZING).toBe('SUCCEEDED');
  });

  test('CODEBUILD_BUILD_SUCCEEDING tells post_build about the build', async () => {
    const print = { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] };
    const { output } = await build(
      local,
      spec({ pre_build: print, build: { commands: ['false'] }, post_build: print }),
    );
    expect(output).toEqual(['succeeding: 1', 'succeeding: 0']);
  });

  test('a failure in finally fails the phase; the first failure is the reason', async () => {
    const { result } = await build(local, spec({ build: { commands: ['exit 5'], finally: ['exit 6'] } }));
    expect(result.failure?.message).toContain('exit status 5');
    const second = await build(local, spec({ build: { commands: ['true'], finally: ['exit 6'] } }));
    expect(second.result.failure?.message).toContain('exit status 6');
  });

  test('on-failure ABORT skips post_build, CONTINUE goes on and leaves the build failed', async () => {
    const abort = await build(
      local,
      spec({ build: { 'on-failure': 'ABORT', commands: ['false'] }, post_build: { commands: ['echo post'] } }),
    );
    expect(abort.output).toEqual([]);
    const next = await build(
      local,
      spec({ install: { 'on-failure': 'CONTINUE', commands: ['false'] }, build: { commands: ['echo built'] } }),
    );
    expect(next.output).toEqual(['built']);
    expect(next.result.status).toBe('FAILED');
  });

  test.each([
    ['RETRY', 4],
    ['RETRY-1', 2],
    ['RETRY-2-exit status 9', 3],
    ['RETRY-2-something else', 1],
    ['RETRY-exit status 9', 4],
  ])('on-failure %s makes %i attempts', async (onFailure, attempts) => {
    const { output, result } = await build(
      local,
      spec({ build: { 'on-failure': onFailure, commands: ['echo try', 'sh -c "exit 9"'] } }),
    );
    expect(output).toHaveLength(attempts);
    expect(result.status).toBe('FAILED');
  });

  test('a retry that succeeds makes the build succeed', async () => {
    const { result } = await build(
      local,
      spec({ build: { 'on-failure': 'RETRY', commands: ['test -f seen || { touch seen; exit 1; }'] } }),
    );
    expect(result.status).toBe('SUCCEEDED');
  });

  test('output of both streams comes in order, also without a final newline and under set -x', async () => {
    const { output } = await build(
      local,
      spec(
        { build: { commands: ['echo out; echo err >&2; printf tail', 'set -x', 'echo traced'] } },
        { shell: 'bash' },
      ),
    );
    expect(output.slice(0, 3)).toEqual(['out', 'err', 'tail']);
    expect(output).toContain('traced');
    expect(output.join('\n')).not.toContain('__assay_status');
  });

  test('stopping and the timeout end every process of the build', async () => {
    const stopping = new AbortController();
    const started = Date.now();
    const running = build(
      local,
      spec({ build: { commands: ['sleep 60 & sleep 60'] } }),
      {},
      {
        signal: stopping.signal,
        onLine: (line) => {
          if (line.includes('Running command')) setTimeout(() => stopping.abort(), 50);
        },
      },
    );
    const { result } = await running;
    expect(result.status).toBe('STOPPED');
    const timed = await build(local, spec({ build: { commands: ['sleep 60'] } }), { TimeoutInMinutes: 0.005 });
    expect(timed.result).toMatchObject({ status: 'TIMED_OUT', failure: { phase: 'BUILD' } });
    expect(Date.now() - started).toBeLessThan(8000);
  });
});
