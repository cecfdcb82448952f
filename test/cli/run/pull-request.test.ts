import { statusText } from '../../../lib/cli/run/pull-request';

test.each([
  [
    { context: 'assay', state: 'failure', description: 'test_x failed', url: 'file:///tmp/build.log' },
    '\n✘ assay: FAILURE: test_x failed\nlog: /tmp/build.log\n',
  ],
  [{ context: 'assay', state: 'success', description: 'all checks passed' }, '\n✔ assay: SUCCESS: all checks passed\n'],
  [{ context: 'assay', state: 'error', description: 'out of time' }, '\n! assay: ERROR: out of time\n'],
] as const)('the status %j is told as the host would show it', (status, text) => {
  expect(statusText(status)).toBe(text);
});
