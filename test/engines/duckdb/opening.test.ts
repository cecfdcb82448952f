import { existsSync, readdirSync } from 'node:fs';
import { sql } from '../../../lib/core/sql/sql';
import { judgeFiles } from '../../../lib/engines/data/gate';
import { OpeningSession } from '../../../lib/engines/duckdb/opening';

describe('a session that opens beside this thread', () => {
  test('is closed without having been used, and once only', async () => {
    const opening = new OpeningSession({ threads: 1 });
    expect(existsSync(opening.spillFolder)).toBe(true);
    await Promise.all([opening.close(), opening.close()]);
    await opening.close();
    expect(existsSync(opening.spillFolder)).toBe(false);
    await expect((await opening.session).rows(sql`SELECT 1 AS one`)).rejects.toThrow();
  });

  test('tells why it does not open whoever asks, and leaves nothing behind', async () => {
    const opening = new OpeningSession({ memoryLimit: Number.NaN });
    await opening.close();
    await expect(opening.session).rejects.toThrow('Failed to set config');
    expect(existsSync(opening.spillFolder)).toBe(false);
  });

  test('is closed by a judgement that throws before it asks anything', async () => {
    const opening = new OpeningSession({ threads: 1 });
    const input = { prefix: 'data', name: 't.csv', files: ['/nowhere/t.csv'], expectations: [] };
    await expect(judgeFiles(input, opening)).rejects.toThrow();
    expect(existsSync(opening.spillFolder) ? readdirSync(opening.spillFolder) : 'gone').toBe('gone');
  });
});
