import { type Candidate, resolveRelease } from '../../../lib/core/lineage/resolve';

const arn = (version: number) => `arn:aws:sagemaker:us-east-1:111122223333:model-package/churn/${version}`;
const release = (version: number, commit: string, runId: string): Candidate => ({
  releaseId: String(version),
  modelPackageArn: arn(version),
  commit,
  runId,
});
const KNOWN = [
  release(3, '1234567abcdef', 'run-c'),
  release(2, 'beef000000000', 'run-b'),
  release(1, 'beef111111111', '0a1b2c3d-1111'),
];

const found = (id: string) => {
  const resolution = resolveRelease(id, KNOWN);
  return resolution.kind === 'found' ? resolution.candidate.releaseId : resolution.kind;
};

test.each([
  ['2', '2'],
  [arn(1), '1'],
  ['run-c', '3'],
  ['0a1b', '1'],
  ['beef0', '2'],
  ['BEEF1', '1'],
  ['1234567', '3'],
  ['beef', 'ambiguous'],
  ['bee', 'unknown'],
  ['4', 'unknown'],
  ['', 'unknown'],
  [arn(9), 'unknown'],
])('%s means %s', (id, expected) => {
  expect(found(id)).toBe(expected);
});

test('a number that is a version is no commit', () => {
  const commit = release(5000, 'cafe', 'x');
  const other = release(7, '5000aaaa', 'y');
  expect(resolveRelease('5000', [other, commit])).toEqual({ kind: 'found', candidate: commit });
});

test('a run whose stage was retried may have several versions', () => {
  const resolution = resolveRelease('run-x', [release(8, 'cafe', 'run-x'), release(7, 'cafe', 'run-x')]);
  expect(resolution).toMatchObject({
    kind: 'ambiguous',
    reason: '"run-x" may be 2 releases: 8 (commit cafe, run run-x); 7 (commit cafe, run run-x)',
  });
});

test('an unknown one is told with the nearest, with what an id is, and with the latest', () => {
  expect(resolveRelease('run-d', KNOWN)).toEqual({
    kind: 'unknown',
    reason:
      'there is no release "run-d" (did you mean "run-c"?): a version, an ARN, a run id, or the beginning of a run id or commit; the latest are 3, 2, 1',
  });
  expect(resolveRelease('bee', KNOWN)).toMatchObject({
    reason: expect.stringContaining('; a prefix has 4 characters or more;'),
  });
  expect(resolveRelease('1', [])).toMatchObject({ reason: expect.stringMatching(/the registry has none$/) });
});
