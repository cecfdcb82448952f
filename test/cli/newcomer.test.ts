import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { explainError } from '../../lib/cli/exit';
import { writeTo } from '../../lib/cli/gate-output';
import { openSource } from '../../lib/engines/sources';

const scratch = mkdtempSync(join(tmpdir(), 'assay-newcomer-'));
afterAll(() => rmSync(scratch, { recursive: true }));

async function thrownBy(work: () => unknown): Promise<ReturnType<typeof explainError>> {
  try {
    await work();
  } catch (error) {
    return explainError(error);
  }
  throw new Error('nothing was thrown');
}

test('a file that is not there is a mistake of the caller, not a finding about data', async () => {
  expect(await thrownBy(() => openSource('none.csv'))).toEqual({
    code: 64,
    message: 'none.csv: there is no such file',
  });
  expect(await thrownBy(() => openSource('none/*.csv'))).toEqual({ code: 64, message: 'none/*.csv: no file matches' });
});

test('a report that cannot be written is told by the path, in one line', async () => {
  const file = join(scratch, 'file');
  writeFileSync(file, '');
  const { code, message } = await thrownBy(() => writeTo(join(file, 'report.html'), ''));
  expect(code).toBe(64);
  expect(message).toMatch(/file\/report\.html: cannot be written: \w+:? /);
  expect(message).not.toContain('\n');
});

test('an endpoint without a region is told by its option', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `K${i},${i},${i % 2}`).join('\n');
  writeFileSync(join(scratch, 'holdout.csv'), `id,x,y\n${rows}\n`);
  writeFileSync(
    join(scratch, 'gates.yaml'),
    [
      'version: 1',
      'dataset: { name: g, version: "1", path: ., key: id, label: y, columns: { id: string, x: integer, y: integer } }',
      'model: { metrics: { roc_auc: { min: 0.5 } } }',
      'behaviour: { tests: [{ name: a, type: minimum-functionality, expect: { max: 1 } }] }',
    ].join('\n'),
  );
  const args = ['--import', 'tsx', 'bin/assay.ts', 'gate', 'behaviour', '--workload', scratch, '--endpoint', 'nope'];
  const { code, err } = await new Promise<{ code: unknown; err: string }>((done) => {
    const env = { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', HOME: scratch };
    execFile(process.execPath, args, { cwd: resolve(__dirname, '../..'), env, timeout: 30_000 }, (error, _, stderr) =>
      done({ code: error?.code, err: stderr }),
    );
  });
  const hint = 'an endpoint is asked with the region and the credentials that the AWS command line takes';
  expect([code, err]).toEqual([64, `assay: --endpoint nope: Region is missing: ${hint}\n`]);
}, 30_000);
