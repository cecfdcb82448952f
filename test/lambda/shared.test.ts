import { GetObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { findAction } from '../../lambda/shared/action-history';
import { pinnedImage } from '../../lambda/shared/pinned-image';
import { RunDocuments } from '../../lambda/shared/run-documents';
import { oneLine, requiredEnv } from '../../lambda/shared/text';
import { BUCKET, fakeRun, RUN } from './documents';

describe('documents of a run', () => {
  const documents = () => new RunDocuments(BUCKET, RUN);

  test('carry the digest of their bytes', async () => {
    fakeRun({ 'a.json': '{"x": 1}' });
    expect(await documents().read('a.json')).toEqual({
      document: { x: 1 },
      s3Uri: `s3://${BUCKET}/runs/${RUN}/a.json`,
      // printf '{"x": 1}' | sha256sum
      digest: 'sha256:613fe5aa65343dbb1b9abe6abac6773f5c91bd60d3f2ffb7e2eae69e1db8b227',
    });
  });

  test('can be missing, which only `find` accepts', async () => {
    fakeRun({});
    expect(await documents().find('a.json')).toBeUndefined();
    await expect(documents().read('a.json')).rejects.toThrow(`s3://${BUCKET}/runs/${RUN}/a.json does not exist`);
  });

  test('that cannot be read or parsed are errors, not missing', async () => {
    const { s3 } = fakeRun({ 'a.json': '{' });
    await expect(documents().find('a.json')).rejects.toThrow('a.json is not valid JSON');
    s3.on(GetObjectCommand).rejects(
      new S3ServiceException({
        name: 'AccessDenied',
        $fault: 'client',
        message: 'no',
        $metadata: { httpStatusCode: 403 },
      }),
    );
    await expect(documents().find('a.json')).rejects.toThrow('no');
  });

  test('are written under the run', async () => {
    const run = fakeRun({});
    await documents().write('b.json', { y: [1] });
    expect(run.written('b.json')).toEqual({ y: [1] });
  });
});

test.each([
  ['repo:1.0', 'repo:1.0'],
  ['repo:1.0@sha256:ab', 'repo@sha256:ab'],
  ['host:5000/repo@sha256:ab', 'host:5000/repo@sha256:ab'],
  ['host:5000/repo:1.0@sha256:ab', 'host:5000/repo@sha256:ab'],
])('the image %s is given to SageMaker as %s', (image, expected) => {
  expect(pinnedImage(image)).toBe(expected);
});

test('the latest execution of an action counts', () => {
  const entry = (actionName: string, status: 'Failed' | 'Succeeded', minute: number) => ({
    stageName: 'S',
    actionName,
    status,
    startTime: new Date(2026, 0, 1, 0, minute),
  });
  const history = [
    entry('A', 'Failed', 1),
    entry('A', 'Failed', 3),
    entry('B', 'Failed', 9),
    entry('A', 'Succeeded', 5),
  ];
  expect(findAction(history, { stage: 'S', action: 'A', status: 'Failed' })).toBe(history[1]);
  expect(findAction(history, { stage: 'S', status: 'Failed' })).toBe(history[2]);
  expect(findAction(history, { stage: 'T', status: 'Failed' })).toBeUndefined();
});

test('reasons are one line of bounded length', () => {
  expect(oneLine(' a\n\tb  c ')).toBe('a b c');
  expect(oneLine('x'.repeat(20), 10)).toBe(`${'x'.repeat(9)}…`);
});

test('a missing variable is named', () => {
  expect(() => requiredEnv('ASSAY_TEST_UNSET')).toThrow('the environment variable ASSAY_TEST_UNSET is not set');
});
