import fc from 'fast-check';
import { type ColumnType, hasType, instant, parseText, type Value } from '../../../lib/core/data/table';
import { type CellSource, cellAs, cellText } from '../../../lib/core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../../lib/core/sql/sql';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import type { PlainValue } from '../../../lib/engines/duckdb/values';

const TYPES: readonly ColumnType[] = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp'];

let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 1 });
});
afterAll(() => session.close());

/** What SQL makes of each cell as each type; dates and timestamps as milliseconds since 1970. */
async function bySql(cells: readonly Sql[], source: CellSource): Promise<readonly PlainValue[][]> {
  const value = sql`v`;
  const columns = TYPES.map((type) => {
    const cell = cellAs(value, source, type);
    return type === 'date' || type === 'timestamp' ? sql`epoch_ms(date_trunc('milliseconds', ${cell}))` : cell;
  });
  const values = joinSql(
    cells.map((cell, i) => sql`(${literal(i)}, ${cell})`),
    ', ',
  );
  const list = joinSql(
    columns.map((column, i) => sql`${column} AS ${identifier(`c${i}`)}`),
    ', ',
  );
  const rows = await session.rows(sql`SELECT ${list} FROM (VALUES ${values}) t(i, v) ORDER BY i`);
  return rows.map((row) => TYPES.map((_type, i) => (row[`c${i}`] === 0 ? 0 : (row[`c${i}`] ?? null))));
}

function asSql(value: Value | undefined, type: ColumnType): PlainValue {
  if (value === undefined || value === null) return null;
  if (type === 'date' || type === 'timestamp') return instant(String(value));
  return Object.is(value, -0) ? 0 : value;
}

const number = fc
  .tuple(
    fc.constantFrom('', '', '+', '-', ' ', '--'),
    fc.stringMatching(/^[0-9]{0,19}$/),
    fc.constantFrom('', '.', ',', '_', '.0', '.00'),
    fc.stringMatching(/^[0-9]{0,6}$/),
    fc.constantFrom('', '', 'e', 'E5', 'e+3', 'e-400', 'e400', 'd', ' '),
  )
  .map((parts) => parts.join(''));
const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
const date = fc
  .tuple(fc.constantFrom('0000', '0001', '0004', '1900', '2000', '2023', '2024', '9999', '24'), two(13), two(32))
  .map((parts) => parts.join('-'));
const timestamp = fc
  .tuple(
    date,
    fc.constantFrom('T', ' ', 't', ''),
    two(24),
    two(60),
    fc.option(two(60), { nil: undefined }),
    fc.constantFrom('', '.', '.5', '.123', '.123456', '.123456789', '.999999999'),
    fc.constantFrom(
      '',
      'Z',
      'z',
      '+00:00',
      '-0000',
      '+05:30',
      '+0530',
      '-23:59',
      '+24:00',
      '+16:00',
      '+99:99',
      '+05',
      ' UTC',
    ),
  )
  .map(([day, t, h, m, s, f, zone]) => `${day}${t}${h}:${m}${s === undefined ? '' : `:${s}${f}`}${zone}`);
const word = fc.constantFrom(
  'true',
  'TRUE',
  'False',
  't',
  'yes',
  'on',
  '1',
  '0',
  '01',
  'nan',
  'inf',
  'Infinity',
  '-inf',
  '0x10',
  'null',
  '٣',
  '１',
  '1e5.0',
  '+-3',
  '1n',
);
const text = fc
  .oneof(number, date, timestamp, word, fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }))
  .filter((t) => t !== '' && !t.includes('\0') && Buffer.from(t).toString() === t);

test('a text is read as the declared type exactly as parseText reads it', async () => {
  const texts = [...new Set(fc.sample(text, { numRuns: 4000, seed: 3 }))];
  const found = await bySql(
    texts.map((t) => literal(t)),
    { held: 'text', type: 'VARCHAR' },
  );
  expect(found.map((row, i) => [texts[i], ...row])).toEqual(
    texts.map((t) => [t, ...TYPES.map((type) => asSql(parseText(t, type), type))]),
  );
});

const json = fc
  .oneof(
    text,
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 63, 1e20, 3.5),
    fc.boolean(),
  )
  .filter((v) => typeof v !== 'number' || Number.isFinite(v));

test('a JSON value is of the declared type exactly when hasType says so', async () => {
  const values = fc.sample(json, { numRuns: 2000, seed: 3 });
  const found = await bySql(
    values.map((v) => sql`CAST(${literal(JSON.stringify(v))} AS JSON)`),
    { held: 'json', type: 'JSON' },
  );
  expect(found.map((row, i) => [values[i], ...row])).toEqual(
    values.map((v) => [v, ...TYPES.map((type) => (hasType(v, type) ? asSql(v, type) : null))]),
  );
});

test.each([
  ['1', 'UBIGINT', 'integer', 1],
  ['9007199254740993', 'BIGINT', 'integer', null],
  ['3.0', 'DECIMAL(4,1)', 'integer', 3],
  ['3.5', 'DOUBLE', 'integer', null],
  ['nan', 'DOUBLE', 'number', null],
  ['1', 'INTEGER', 'boolean', null],
  ['true', 'BOOLEAN', 'boolean', true],
  ['2024-02-29', 'DATE', 'date', '2024-02-29'],
  ['2024-02-29', 'DATE', 'timestamp', '2024-02-29T00:00:00'],
  ['2024-02-29 10:00:00.5', 'TIMESTAMP_NS', 'timestamp', '2024-02-29T10:00:00.5'],
  ['2024-02-29 10:00:00+01', 'TIMESTAMP WITH TIME ZONE', 'timestamp', '2024-02-29T09:00:00'],
  ['2024-02-29', 'VARCHAR', 'date', '2024-02-29'],
  ['12', 'INTEGER', 'string', null],
  ['12', 'VARCHAR', 'integer', null],
] as const)('a typed %s of %s as %s', async (value, type, declared, expected) => {
  const cell = sql`CAST(${literal(value)} AS ${{ text: type } as Sql})`;
  const [row] = await session.rows(
    sql`SELECT ${cellAs(sql`v`, { held: 'typed', type }, declared)} AS v FROM (SELECT ${cell} AS v)`,
  );
  expect(row?.v).toEqual(expected);
});

test('messages show a cell as it was written', async () => {
  const row = await session.rows(
    sql`SELECT ${cellText(sql`CAST('"a"' AS JSON)`, { held: 'json', type: 'JSON' })} AS j, ${cellText(sql`1.50`, { held: 'typed', type: 'DECIMAL(3,2)' })} AS d`,
  );
  expect(row).toEqual([{ j: 'a', d: '1.50' }]);
});
