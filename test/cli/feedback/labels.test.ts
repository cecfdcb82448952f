import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { putLabels } from '../../../lib/cli/feedback/put';
import { lastQualityReport, qualityText } from '../../../lib/cli/feedback/quality';
import { UsageError } from '../../../lib/release/environment';
import { type Moto, startMoto } from '../../support/moto';

// The emulator answers slowly beside other tests.
jest.setTimeout(60_000);

let moto: Moto;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-labels-'));
  moto = await startMoto();
  await moto.createBucket('monitoring', false);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await moto.stop();
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const put = (path: string) => putLabels(moto.s3, 'monitoring', path);

describe('assay labels put', () => {
  it('stores the file byte by byte, once for one content, and tells lines that cannot be read', async () => {
    const content = '\uFEFFrow,inference_id,label\r\n0,a,1\r\n"1","b,c",true\r\nx,d,0\r\n';
    const path = file('may labels.csv', content);
    const lines = await put(path);
    expect(lines[0]).toMatch(/^s3:\/\/monitoring\/labels\/[0-9a-f]{16}-may-labels\.csv: 2 labels$/);
    expect(lines[1]).toBe('1 line cannot be read and will not count:');
    expect(lines[2]).toContain('line 4: row is "x"; a whole number from 0 is allowed');
    const [stored = ''] = lines[0]?.split(': ') ?? [];
    const again = [`${stored}: has these labels already; nothing was stored`];
    expect(await put(path)).toEqual(again);
    expect(await put(file('another name.csv', content))).toEqual(again);
    const { Contents = [] } = await moto.s3.send(new ListObjectsV2Command({ Bucket: 'monitoring', Prefix: 'labels/' }));
    expect(Contents).toHaveLength(1);
    const { Body } = await moto.s3.send(new GetObjectCommand({ Bucket: 'monitoring', Key: Contents[0]?.Key }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(Buffer.from(content));
  });

  it.each([
    ['labels.txt', 'inference_id,label\na,1\n', 'labels are files named .csv, .jsonl, .ndjson'],
    [
      'header.csv',
      'inferenceid,label\na,1\n',
      'line 1: the header has no column "inference_id" (did you mean "inferenceid"?)',
    ],
    ['empty.csv', 'inference_id,label\n', 'has no label: it has no line with inference_id and label'],
    ['bad.jsonl', '{"inference_id": "a"}\n', 'has no label: line 1: label is missing'],
  ])('refuses %s', async (name, content, message) => {
    const refused = put(file(name, content));
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(message);
  });

  it('refuses a file that is not there', async () => {
    await expect(put(join(folder, 'nowhere.csv'))).rejects.toThrow('there is no such file');
  });
});

describe('assay quality', () => {
  it('shows the last report, a line for each metric', async () => {
    expect(await lastQualityReport(moto.s3, 'monitoring', 'churn-production')).toBeUndefined();
    const write = (time: string, reason: string) =>
      moto.s3.send(
        new PutObjectCommand({
          Bucket: 'monitoring',
          Key: `quality/churn-production/${time}.json`,
          Body: JSON.stringify({
            verdict: 'fail',
            reason,
            createdAt: time,
            checks: [
              { id: 'release-7.metrics.roc_auc', verdict: 'fail', reason: 'ROC AUC is 0.7; at least 0.75 is required' },
              { id: 'labels.files', verdict: 'pass', reason: '10 labels of 1 new file taken' },
            ],
          }),
        }),
      );
    await write('2026-11-21T05:00:00.000Z', 'second');
    await write('2026-11-20T05:00:00.000Z', 'first');
    const last = await lastQualityReport(moto.s3, 'monitoring', 'churn-production');
    if (last === undefined) throw new Error('there is a report');
    expect(qualityText(last, 'churn-production')).toBe(
      [
        'churn-production: failed: second',
        '  ✗ release-7.metrics.roc_auc: ROC AUC is 0.7; at least 0.75 is required',
        '  ✓ labels.files: 10 labels of 1 new file taken',
        '  checked 2026-11-21T05:00:00.000Z, s3://monitoring/quality/churn-production/2026-11-21T05:00:00.000Z.html',
        '',
      ].join('\n'),
    );
  });
});
