import fc from 'fast-check';
import { CsvCensus, type CsvColumn, GUARD_BYTES } from '../../../lib/core/kernels/csv-census';
import { instantiate } from '../../../lib/core/kernels/wasm';

const TEXT_BYTES = 2 ** 22;
const DONE = 0;

/** Scans texts of records in turns, as several threads would. @returns undefined if it is refused */
function scan(texts: readonly string[], columns: readonly CsvColumn[], rows = 1000): CsvCensus | undefined {
  const census = CsvCensus.of({ columns, rows, textBytes: TEXT_BYTES, parts: 2 });
  if (census === undefined) throw new Error('it fits a memory');
  const kernels = instantiate(census.memory);
  const bytes = new Uint8Array(census.memory.buffer);
  const statuses = texts.map((text, turn) => {
    const part = census.parts[turn % 2];
    if (part === undefined) throw new Error('there are two parts');
    const encoded = Buffer.from(text);
    bytes.set(encoded, part.text);
    bytes.fill(0, part.text + encoded.length, part.text + encoded.length + GUARD_BYTES);
    return kernels.scanCsv(part.text, part.text + encoded.length, part.columns, columns.length, part.rows);
  });
  for (const { keys } of census.parts) for (const key of keys) statuses.push(kernels.keepKeys(key));
  return statuses.every((status) => status === DONE) ? census : undefined;
}

/** Rows by text. */
function countsOf(census: CsvCensus | undefined, column = 0): ReadonlyMap<string, number> {
  const found = census?.column(column);
  if (found?.as !== 'counted') throw new Error('the column is counted');
  const counts = new Map<string, number>();
  for (const line of found.lines.flatMap((lines) => Buffer.from(lines).toString().split('\n').slice(0, -1))) {
    const [text = '', rows] = line.split(',');
    counts.set(text, (counts.get(text) ?? 0) + Number(rows));
  }
  return counts;
}

function naiveCounts(fields: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const field of fields) if (field !== '') counts.set(field, (counts.get(field) ?? 0) + 1);
  return counts;
}

const COUNTED: CsvColumn = { as: 'counted' };
const SKIPPED: CsvColumn = { as: 'skipped' };
const key = (greatest: number): CsvColumn => ({ as: 'key', greatest: BigInt(greatest) });

/** Any text of a field that needs no quotes; lengths around 8 and 16 bytes matter. */
const field = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'true',
    'one-year',
    'month-to-month',
    'exactly-8',
    'sixteen bytes ok',
    'sixteen bytes ok!',
    'é',
    '日本語',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\p{Cc}",]/gu, '')),
);

describe('the census of a plain CSV text', () => {
  it('counts every text, whatever its length', () => {
    const record = fc.tuple(field, field);
    const turns = fc.array(fc.array(record, { maxLength: 30 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(turns, (parts) => {
        const texts = parts.map((records) => records.map((fields) => `${fields.join(',')}\n`).join(''));
        const census = scan(texts, [COUNTED, COUNTED]);
        const records = parts.flat();
        expect(census?.rows()).toBe(records.length);
        for (const column of [0, 1]) {
          const fields = records.map((each) => each[column] ?? '');
          expect(new Map([...countsOf(census, column)].sort())).toEqual(new Map([...naiveCounts(fields)].sort()));
          expect(census?.column(column)?.missing).toBe(fields.filter((text) => text === '').length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('counts more texts than its first tables hold', () => {
    const fields = Array.from(
      { length: 60_000 },
      (_, row) => `${(row * 7919) % 20_011}${row % 3 === 0 ? '-with-a-long-end' : ''}`,
    );
    const [first, second] = [fields.slice(0, 40_000), fields.slice(40_000)].map((part) =>
      part.map((text) => `${text}\n`).join(''),
    );
    const census = scan([first ?? '', second ?? ''], [COUNTED]);
    expect(new Map([...countsOf(census)].sort())).toEqual(new Map([...naiveCounts(fields)].sort()));
  });

  it('gives up on more texts than there is room for', () => {
    const texts = Array.from({ length: 330_000 }, (_, row) => `${row}\n`).join('');
    expect(scan([texts], [COUNTED])).toBeUndefined();
    const long = (turn: number) =>
      Array.from({ length: 18_000 }, (_, row) => `${18_000 * turn + row} ${'and so on '.repeat(20)}\n`).join('');
    expect(scan([0, 1, 2, 3].map(long), [COUNTED])).toBeDefined();
    expect(scan([0, 1, 2, 3, 4, 5, 6, 7, 8].map(long), [COUNTED])).toBeUndefined();
  });

  it.each([
    ['a quote', '1,"a"\n'],
    ['a carriage return', '1,a\r\n'],
    ['a tab', '1,a\tb\n'],
    ['too few fields', '1\n'],
    ['too many fields', '1,a,b\n'],
    ['a blank line', '1,a\n\n'],
    ['no line feed at its end', '1,a'],
    ['a character of several bytes in a column that nobody reads', '1,é\n'],
  ])('refuses a text with %s', (_what, text) => {
    expect(scan(['1,a\n'], [COUNTED, SKIPPED])).toBeDefined();
    expect(scan([text], [COUNTED, SKIPPED])).toBeUndefined();
  });

  it('refuses a blank line where there is one column', () => {
    expect(scan(['a\n\nb\n'], [COUNTED])).toBeUndefined();
    expect(countsOf(scan(['a\nb\n'], [COUNTED])).size).toBe(2);
  });

  it('tells whether keys differ, and their extremes', () => {
    const number = fc.oneof(fc.nat(30), fc.nat(999_999_999), fc.integer({ min: 0, max: 999_999_999_999_999 }));
    fc.assert(
      fc.property(fc.array(fc.array(number, { maxLength: 20 }), { minLength: 1, maxLength: 4 }), (parts) => {
        const census = scan(
          parts.map((keys) => keys.map((each) => `${each}\n`).join('')),
          [key(999_999_999_999_999)],
        );
        const keys = parts.flat();
        const span =
          keys.length === 0 ? {} : { span: { low: BigInt(Math.min(...keys)), high: BigInt(Math.max(...keys)) } };
        expect(census?.column(0)).toEqual({
          as: 'key',
          missing: 0,
          ...span,
          differ: new Set(keys).size === keys.length,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('finds the one key of many that stands twice, in whichever part', () => {
    const keys = Array.from({ length: 50_000 }, (_, row) => (row * 48_271) % 2_147_483_647);
    const text = (of: readonly number[]) => of.map((each) => `${each},x\n`).join('');
    const columns = [key(2_147_483_646), COUNTED];
    const [first, second] = [keys.slice(0, 30_000), keys.slice(30_000)];
    const differ = (...texts: readonly string[]) => {
      const found = scan(texts, columns, 50_000)?.column(0);
      return found?.as === 'key' && found.differ;
    };
    expect(differ(text(first), text(second))).toBe(true);
    expect(differ(text(first), text([...second, keys[7] ?? 0]))).toBe(false);
    expect(differ(text([...first, keys[7] ?? 0]), text(second))).toBe(false);
  });

  it('counts gaps of a key, and refuses what is no whole number of at most 15 digits', () => {
    const columns = [key(100), COUNTED];
    expect(scan(['1,a\n,b\n0,c\n'], columns)?.column(0)).toEqual({
      as: 'key',
      missing: 1,
      span: { low: 0n, high: 1n },
      differ: true,
    });
    for (const text of ['-1', '+1', '1.0', ' 1', '1e3', 'a', '1234567890123456', '12345678a', 'é']) {
      expect([text, scan([`${text},a\n`], columns)]).toEqual([text, undefined]);
    }
  });

  it('proves nothing of keys beyond those that it made room for', () => {
    expect(scan(['9999999,a\n'], [key(100), COUNTED])).toBeUndefined();
    const many = Array.from({ length: 5_000 }, (_, row) => `${row}\n`).join('');
    const crowded = scan([many, many], [key(9_999)], 10);
    expect(crowded === undefined || crowded.column(0)).toEqual(
      crowded === undefined ? true : expect.objectContaining({ differ: false }),
    );
  });
});
