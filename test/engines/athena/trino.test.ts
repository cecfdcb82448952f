import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { casesIn } from '../../../lib/cli/conformance';
import { pythonRegex } from '../../../lib/core/data/regex';
import { parseText } from '../../../lib/core/data/table';
import { cellAs } from '../../../lib/core/sql/cells';
import { joinSql, literal, sql } from '../../../lib/core/sql/sql';
import { TRINO } from '../../../lib/core/sql/trino';
import { trinoCellAs } from '../../../lib/core/sql/trino-cells';
import { joniPattern } from '../../../lib/core/sql/trino-regex';
import { AthenaAnswerer } from '../../../lib/engines/athena/answerer';
import { AthenaSession, type AthenaSessionOptions } from '../../../lib/engines/athena/session';
import { type CaseTable, caseBase, caseColumns } from '../../../lib/engines/data/conformance/case-table';
import {
  type Came,
  type Case,
  caseProblem,
  duckDbCase,
  judgeCases,
} from '../../../lib/engines/data/conformance/run-case';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { CELL_TYPES, CELLS } from '../../trino/cells';
import { awkwardTables, SUITE } from '../../trino/random';
import { NO_TRINO, startTrino, type Trino } from '../../trino/server';
import { memoryTable } from '../../trino/tables';

/** Cases that nobody here wrote; they lie beside the project, not in it. */
const CASES = join(__dirname, '..', '..', '..', '..', 'shared', 'data', 'gx-cases');

if (NO_TRINO !== undefined) console.warn(NO_TRINO);
const where = NO_TRINO === undefined ? describe : describe.skip;

where('on a real Trino, through the SDK', () => {
  let trino: Trino;
  let athena: AthenaSession;
  let duck: DuckDbSession;
  const open = (options: Partial<AthenaSessionOptions> = {}) =>
    new AthenaSession({ client: trino.client, workGroup: 'tests', database: 'default', firstPoll: 2, ...options });

  beforeAll(async () => {
    [trino, duck] = await Promise.all([startTrino(), DuckDbSession.open({ threads: 1 })]);
    athena = open();
  }, 240_000);
  jest.setTimeout(30_000);
  afterAll(async () => {
    duck.close();
    await trino.stop();
  });

  /** What both engines say of expectations of one type, side by side. */
  async function both(table: CaseTable, type: string, args: readonly Case['in'][]): Promise<readonly [Came, Came][]> {
    const base = await memoryTable(athena, caseColumns(table));
    const ours = { table: base.info, engine: new AthenaAnswerer(athena, base), dialect: TRINO };
    const found = await judgeCases(ours, type, args);
    const wanted = await judgeCases(duckDbCase(duck, await caseBase(duck, table)), type, args);
    return found.map((came, i) => [came, wanted[i] as Came]);
  }

  (existsSync(CASES) ? test : test.skip)(
    `every case of ${CASES} comes out as it must, and as on DuckDB (skipped where the folder is absent)`,
    async () => {
      const problems: string[] = [];
      let judged = 0;
      for (const { expectation_type: type, datasets } of casesIn(CASES)) {
        for (const { tests, ...table } of datasets) {
          const results = await both(
            table,
            type,
            tests.map((one) => one.in),
          );
          for (const [i, one] of tests.entries()) {
            judged += 1;
            const [came, wanted] = results[i] as [Came, Came];
            const problem = caseProblem(came, one) ?? difference(came, wanted);
            if (problem !== undefined) problems.push(`${type}, ${one.title}: ${problem}`);
          }
        }
      }
      expect(problems).toEqual([]);
      expect(judged).toBeGreaterThanOrEqual(245);
    },
    400_000,
  );

  test('random tables: success, counts, values and examples are DuckDB’s', async () => {
    for (const data of fc.sample(awkwardTables, { numRuns: 2, seed: 20250101 })) {
      for (const [type, args] of SUITE) {
        for (const [came, wanted] of await both({ data }, type, args)) {
          expect([type, data, wanted.exception]).toEqual([type, data, undefined]);
          expect([type, data, difference(came, wanted)]).toEqual([type, data, undefined]);
        }
      }
    }
  }, 240_000);

  test.each(CELL_TYPES)('texts are read as %s exactly where parseText does, with DuckDB’s values', async (type) => {
    const rows = joinSql(
      CELLS.map((text, i) => sql`(${literal(i)}, ${literal(text)})`),
      ', ',
    );
    const value = sql`"c"`;
    const select = (cell: ReturnType<typeof sql>) =>
      sql`SELECT "i", ${cell} AS "v" FROM (VALUES ${rows}) AS t("i", "c") ORDER BY "i"`;
    const found = await athena.rows(select(trinoCellAs(value, 'text', type)));
    const wanted = await duck.rows(select(cellAs(value, { held: 'text', type: 'VARCHAR' }, type)));
    const beside = (list: readonly { readonly v?: unknown }[]) => list.map(({ v }, i) => [CELLS[i], v]);
    expect(beside(found)).toEqual(beside(wanted));
    expect(found.map(({ v }) => v !== null)).toEqual(CELLS.map((text) => parseText(text, type) !== undefined));
  });

  test('patterns match as in JavaScript, or are left to it', async () => {
    const texts = [
      'a',
      'ab',
      'a\n',
      'b',
      '',
      '12',
      '1d',
      '٣',
      'é',
      'a b',
      'a.b',
      '[x]',
      'A-1',
      'x&&y',
      'a_b',
      '日本',
      '+d',
    ];
    const patterns = [
      ...['^a', 'b$', '^a$', '[0-9]', '^[+-]?[0-9]+$', '^[+-]?[^0-9]+$', '[^a-c]', '[a-z-]+[0-9]', 'a.b', 'a\\.b'],
      ...['(a|b){1,2}', 'a*?b', '^$', '.', '^.$', '日', '^(?:[A-Z]|é)'],
    ];
    const rows = joinSql(
      texts.map((text, i) => sql`(${literal(i)}, ${literal(text)})`),
      ', ',
    );
    for (const pattern of patterns) {
      const rowsOf = await athena.rows(
        sql`SELECT ${TRINO.matches(sql`"c"`, pattern)} AS "m" FROM (VALUES ${rows}) AS t("i", "c") ORDER BY "i"`,
      );
      expect(TRINO.reads(pattern)).toBe(true);
      const expression = pythonRegex(pattern);
      expect([pattern, rowsOf.map(({ m }) => m)]).toEqual([pattern, texts.map((text) => expression.test(text))]);
    }
  });

  describe('a session', () => {
    test('types of answers are DuckDB’s, over pages of 1,000 rows', async () => {
      const rows = await athena.rows(sql`SELECT n AS "n" FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n`);
      expect([rows.length, rows[0], rows[2499]]).toEqual([2500, { n: 1 }, { n: 2500 }]);
      const [row] = await athena.rows(
        sql`SELECT true AS b, 1.5E0 AS d, CAST(3 AS DECIMAL(38, 0)) AS w, CAST(9007199254740993 AS BIGINT) AS h, '' AS e, NULL AS x, DATE '2024-02-29' AS t, CAST('2024-01-31 10:00:00.5' AS TIMESTAMP(6)) AS m, CAST('NaN' AS DOUBLE) AS nan`,
      );
      expect(row).toEqual({
        b: true,
        d: 1.5,
        w: 3,
        h: 9007199254740993n,
        e: '',
        x: null,
        t: '2024-02-29',
        m: '2024-01-31T10:00:00.5',
        nan: Number.NaN,
      });
    });

    test('throttled calls are made again', async () => {
      await trino.throttle(3);
      expect(await athena.rows(sql`SELECT 1 AS "one"`)).toEqual([{ one: 1 }]);
    });

    test('a failed query tells Athena’s reason in one line, with its id', async () => {
      const error = await athena.rows(sql`SELECT 1 / 0`).catch((thrown: Error) => thrown);
      expect(String(error)).toMatch(/^AthenaQueryError: Athena: Division by zero \(query [0-9a-f-]{36} failed\)$/);
    });

    test('what it read is known, of failed queries too', async () => {
      const session = open();
      await session.rows(sql`SELECT 1`);
      await session.rows(sql`SELECT 1 / 0`).catch(() => undefined);
      expect(session.executed.map(({ bytesScanned }) => bytesScanned)).toEqual([10_485_760, 10_485_760]);
    });

    const LONG = sql`SELECT count(*) FROM UNNEST(sequence(1, 9000)) a(x), UNNEST(sequence(1, 9000)) b(y), UNNEST(sequence(1, 9000)) c(z) WHERE x + y + z = 1`;

    test('an interrupt stops the query', async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('stopped by Ctrl-C')), 100);
      await expect(open({ signal: controller.signal }).rows(LONG)).rejects.toThrow('stopped by Ctrl-C');
      expect(await trino.states()).not.toContain('RUNNING');
    });

    test('a query that takes too long is stopped and told', async () => {
      await expect(open({ timeout: 100 }).rows(LONG)).rejects.toThrow(/took longer than 0.1 s and was stopped/);
      expect(await trino.states()).not.toContain('RUNNING');
    });

    test('a statement that Athena would not take is told before it is sent', async () => {
      await expect(athena.rows(sql`SELECT ${literal('x'.repeat(262_144))}`)).rejects.toThrow(
        /262\d+ bytes, Athena takes 262144/,
      );
    });
  });

  test('more counters than a statement holds are split, with the same answers', async () => {
    const data = { s: ['a', 'bb', null] };
    const args = Array.from({ length: 120 }, (_, i) => ({ column: 's', value_set: ['a', 'bb', 'x'.repeat(3000 + i)] }));
    for (const [came, wanted] of await both({ data }, 'expect_column_values_to_be_in_set', args)) {
      expect(difference(came, wanted)).toBeUndefined();
    }
  }, 30_000);
});

describe('patterns beyond what both read are left to JavaScript', () => {
  test.each([
    '(?=a)',
    'a\\b',
    '(?i)a',
    '\\p{L}',
    '[a&&b]',
    '[[:alpha:]]',
    'a++',
    'a{,3}',
    '(?P<n>a)',
    '\\1',
    '[\\D]',
    '\\d+',
    '[\\w-]',
    '[à-ü]',
  ])('%s', (pattern) => {
    expect(joniPattern(pattern)).toBeUndefined();
  });
});

/**
 * Engines word their refusals differently, and the order that a person's query asks for does not outlive its being a
 * part of another: all else is the same.
 */
function difference(trino: Came, duckdb: Came): string | undefined {
  const plain = ({ success, result, exception }: Came): string => {
    const rows = (result.details?.unexpected_rows as readonly unknown[] | undefined)?.map((row) => JSON.stringify(row));
    const details = rows === undefined ? result.details : [...rows].sort();
    return JSON.stringify([success, { ...result, details }, exception?.raised_exception]);
  };
  return plain(trino) === plain(duckdb) ? undefined : `Trino: ${plain(trino)}, DuckDB: ${plain(duckdb)}`;
}
