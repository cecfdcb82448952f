import { testName } from '../../lambda/observability/build-reason';
import { writeNotice } from '../../lambda/observability/notice';

test.each([
  [{ prefix: 'tests.unit.test_x', name: 'test_y' }, 'tests/unit/test_x.py::test_y'],
  [{ prefix: 'tests.unit.test_x.TestScaling', name: 'test_y[nan]' }, 'tests/unit/test_x.py::TestScaling::test_y[nan]'],
  [
    { prefix: 'data-stack buckets are private', name: 'buckets are private' },
    'data-stack buckets are private buckets are private',
  ],
  [{ prefix: 'same', name: 'same' }, 'same'],
  [{ name: 'alone' }, 'alone'],
])('the test %j is called %s', (test, expected) => {
  expect(testName(test)).toBe(expected);
});

test('a subject is ASCII and short enough for SNS, whatever the application is called', () => {
  const { subject } = writeNotice({
    application: 'größe'.repeat(30),
    pipeline: 'p',
    region: 'r',
    runId: 'i',
    failedStage: 'Train',
    reason: 'x',
  });
  expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

test('the first line is the reason alone, however it was written', () => {
  const { message } = writeNotice({ application: 'a', pipeline: 'p', region: 'r', runId: 'i', reason: 'one\n two' });
  expect(message.split('\n').slice(0, 2)).toEqual(['one two', '']);
});
