import { Readable } from 'node:stream';
import type { Column } from '../../lib/core/data/table';
import { openTable, type Row } from '../../lib/engines/rows';

const columns: readonly Column[] = [
  { name: 'id', type: 'string' },
  { name: 'n', type: 'integer' },
  { name: 'f', type: 'number' },
  { name: 'b', type: 'boolean' },
  { name: 't', type: 'timestamp' },
];

async function read(name: string, text: string) {
  const table = await openTable(name, Readable.from([Buffer.from(text)]), columns);
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  return { header: table.header, rows };
}

describe('CSV', () => {
  test('reads declared types; an empty field is null, quoting and a byte order mark are understood', async () => {
    const { header, rows } = await read(
      't.csv',
      '\uFEFFid,n,f,b,t\r\n"a,""x""\nz",3,-1.5e3,true,2024-02-29T10:00:00Z\r\nb,,,,\r\n',
    );
    expect(header).toEqual(['id', 'n', 'f', 'b', 't']);
    expect(rows).toEqual([
      { line: 2, values: { id: 'a,"x"\nz', n: 3, f: -1500, b: true, t: '2024-02-29T10:00:00Z' }, unreadable: [] },
      { line: 4, values: { id: 'b', n: null, f: null, b: null, t: null }, unreadable: [] },
    ]);
  });

  test.each([
    ['n', '3.5'],
    ['n', '9007199254740993'],
    ['n', ' 3'],
    ['f', 'NaN'],
    ['f', '1e999'],
    ['f', ' '],
    ['b', 'yes'],
    ['t', '2023-02-29 10:00'],
    ['t', '2023-02-28T25:00:00Z'],
  ])('%s cannot be %j: the text stays and is marked', async (column, text) => {
    const fields = ['id', 'n', 'f', 'b', 't'].map((name) => (name === column ? `"${text}"` : ''));
    const { rows } = await read('t.csv', `id,n,f,b,t\n${fields.join(',')}\n`);
    expect(rows[0]?.unreadable).toEqual([column]);
    expect(rows[0]?.values[column]).toBe(text);
  });

  test.each([
    ['a ragged row, with its line', 'id,n\na,1\nb,2,3\n', 't.csv:3: has 3 fields, the header has 2 (id, n)'],
    ['a column twice', 'id,id\n', 't.csv:1: the header names the column "id" twice'],
    ['an open quote', 'id,n\n"a,1\n', 't.csv: is no valid CSV'],
    ['nothing', '', 't.csv: is empty'],
  ])('refuses %s', async (_what, text, message) => {
    await expect(read('t.csv', text)).rejects.toThrow(message);
  });

  test('a stream that breaks is an error, not the end of the table', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('id,n\na,1\n');
        throw new Error('connection lost');
      })(),
    );
    const table = await openTable('t.csv', broken, columns).catch((error: unknown) => error);
    const drain = async () => {
      if (table instanceof Error || typeof table !== 'object' || table === null) throw table;
      for await (const _row of (table as { rows: AsyncIterable<Row> }).rows);
    };
    await expect(drain()).rejects.toThrow('connection lost');
  });
});

describe('JSON Lines', () => {
  test('keeps types and checks them', async () => {
    const { rows } = await read('t.jsonl', '{"id":"a","n":1,"b":true}\n\n{"id":2,"n":"1","b":null}\n');
    expect(rows).toEqual([
      { line: 1, values: { id: 'a', n: 1, b: true }, unreadable: [] },
      { line: 3, values: { id: 2, n: '1', b: null }, unreadable: ['id', 'n'] },
    ]);
  });

  test.each([
    ['text that is no JSON', '{"id":1}\n{oops\n', 't.jsonl:2: is no JSON: {oops'],
    ['a list', '[1]\n', 't.jsonl:1: every line is one JSON object, found [1]'],
    ['a stray field', '{"id":"a"}\n{"idd":"b"}\n', 't.jsonl:2: has the field "idd", which the first line lacks (id)'],
  ])('refuses %s', async (_what, text, message) => {
    await expect(read('t.jsonl', text)).rejects.toThrow(message);
  });
});

test('another kind of file is refused by name', async () => {
  await expect(read('t.parquet', 'x')).rejects.toThrow('found ".parquet"');
});
