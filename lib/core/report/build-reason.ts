/** A test of a build's report, as far as a reason needs it. */
export interface ReportedTest {
  readonly prefix?: string | undefined;
  readonly name?: string | undefined;
  readonly message?: string | undefined;
}

/** Statuses of a test that make a build red. */
export const RED_TESTS = ['FAILED', 'ERROR'] as const;

/** Longest message of a test that is quoted. */
const LONGEST_MESSAGE = 300;

/** The first of the failed tests, with what it said; undefined where none failed. */
export function reasonOfTests(failed: readonly ReportedTest[]): string | undefined {
  const [first] = failed;
  if (first === undefined) return undefined;
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  const message = (first.message ?? '').replace(/\s+/g, ' ').trim();
  const cut = message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE - 1)}…`;
  return `${testName(first)} failed${others}${cut === '' ? '' : `: ${cut}`}`;
}

/** `tests/unit/test_x.py::test_y` for pytest, whose report names `tests.unit.test_x`; otherwise prefix and name. */
export function testName({ prefix = '', name = 'a test' }: ReportedTest): string {
  const parts = prefix.split('.');
  const file = parts.findIndex((part) => /^test_|_test$/.test(part));
  if (file >= 0) return [`${parts.slice(0, file + 1).join('/')}.py`, ...parts.slice(file + 1), name].join('::');
  return prefix === '' || prefix === name ? name : `${prefix} ${name}`;
}
