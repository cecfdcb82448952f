import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runConformance } from '../../lib/cli/conformance';

/** Cases that nobody here wrote; they lie beside the project, not in it. */
const CASES = join(__dirname, '..', '..', '..', 'shared', 'data', 'gx-cases');

(existsSync(CASES) ? test : test.skip)(
  `every case of ${CASES} passes (skipped where the folder is absent)`,
  async () => {
    const { passed, failed, lines } = await runConformance(CASES);
    expect(lines.filter((line) => !line.startsWith('✓'))).toEqual([`${passed} passed, 0 failed`]);
    expect([passed >= 245, failed]).toEqual([true, 0]);
  },
  30_000,
);

describe('a folder of cases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-cases-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (tests: readonly unknown[]) =>
    writeFileSync(
      join(folder, 'mean.json'),
      JSON.stringify({
        expectation_type: 'expect_column_mean_to_be_between',
        datasets: [{ data: { x: [1, 2, null], s: ['a', 'b', 'c'] }, schemas: {}, tests }],
      }),
    );

  test('tells what failed and why', async () => {
    write([
      { title: 'right', in: { column: 'x', max_value: 2 }, out: { success: true, observed_value: 1.5 } },
      { title: 'wrong', in: { column: 'x', max_value: 1 }, out: { success: true } },
      { title: 'other value', in: { column: 'x' }, out: { success: true, observed_value: 1.6 } },
      { title: 'refused', in: { column: 's', min_value: 0 }, out: { traceback_substring: 'numeric' } },
      { title: 'not refused', in: { column: 'x', min_value: 0 }, out: { traceback_substring: 'ValueError' } },
    ]);
    const { passed, failed, lines } = await runConformance(folder);
    expect([passed, failed]).toEqual([2, 3]);
    expect(lines).toEqual([
      '✗ expect_column_mean_to_be_between: 2 of 5',
      '    wrong: success is false, expected is true',
      '    other value: observed_value is 1.5, expected is 1.6',
      '    not refused: is not refused; expected is an error with "ValueError"',
      '2 passed, 3 failed',
    ]);
  });

  test('a case without an outcome wants a refusal or an answer, not a fault', async () => {
    write([
      { title: 'refused', in: { column: 's', min_value: 0 }, out: null },
      { title: 'answered', in: { column: 'x' }, out: null },
      { title: 'fault', in: { column: 'x', max_value: 1, row_condition: "x + 's' > 1" }, out: null },
    ]);
    const { lines } = await runConformance(folder);
    expect(lines[0]).toBe('✗ expect_column_mean_to_be_between: 2 of 3');
    expect(lines[1]).toMatch(/^ {4}fault: is no refusal but a fault: .*Could not convert string 's' to INT64/);
  });

  test('that is none is told', async () => {
    await expect(runConformance(join(folder, 'nowhere'))).rejects.toThrow('cannot be read');
  });
});
