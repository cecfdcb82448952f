import fc from 'fast-check';
import { type CsvRecord, csvRecords } from '../../lib/engines/csv-records';

async function* cut(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < data.length; i += size) yield data.subarray(i, i + size);
}

async function read(text: string | Buffer, size = 1 << 16): Promise<readonly CsvRecord[]> {
  const found: CsvRecord[] = [];
  for await (const records of csvRecords(cut(Buffer.from(text), size))) found.push(...records);
  return found;
}

const QUOTED = '\uFEFFid,n\r\n"a,""\r\n\n""",1\r\n\r\nb,2';

test.each([1, 2, 3, 7, 65_536])('records and their lines, read %i bytes at a time', async (size) => {
  expect(await read(QUOTED, size)).toEqual([
    { line: 1, fields: 2 },
    { line: 2, fields: 2 },
    { line: 5, fields: 0 },
    { line: 6, fields: 2 },
  ]);
});

test.each([
  ['a quote that stays open', 'id,n\n"a,1\nb,2\n', 2, 'has a quote that is not closed'],
  ['text after a quote', 'id,n\n"a"b,1\n', 2, 'has text after a closing quote'],
  ['bytes that are no UTF-8', Buffer.from('id\na\n\xff\n', 'latin1'), 3, 'is not UTF-8 text'],
  ['line ends that change', 'id\r\na\r\nb\n', 3, 'ends with LF, lines before it with CRLF'],
  ['line ends that change the other way', 'id\na\r\n', 2, 'ends with CRLF, lines before it with LF'],
  ['an endless record', `id\n"${'x'.repeat(2_100_000)}`, 2, 'is longer than 2 MB'],
])('%s', async (_what, text, line, problem) => {
  const records = await read(text);
  expect(records.filter((record) => record.problem !== undefined)).toEqual([
    { line, fields: expect.any(Number), problem: expect.stringContaining(problem) },
  ]);
});

test('fields and lines of any table are found again', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', ' ') });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      async (rows, size) => {
        const lines: number[] = [];
        let line = 1;
        const text = rows.map((row) => {
          lines.push(line);
          const record = `${row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\n`;
          line += record.split('\n').length - 1;
          return record;
        });
        expect(await read(text.join(''), size)).toEqual(rows.map((row, i) => ({ line: lines[i], fields: row.length })));
      },
    ),
    { seed: 5 },
  );
});
