import { testName } from '../../../lib/core/report/build-reason';

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
