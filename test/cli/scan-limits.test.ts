import { scanLimits } from '../../lib/cli/scan-limits';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';

test('sizes of memory mean what they mean to DuckDB', async () => {
  const session = await DuckDbSession.open({ threads: 1 });
  const limit = async (text: string) => {
    await session.rows(sql`SET memory_limit = ${literal(text)}`);
    return session.rows(sql`SELECT current_setting('memory_limit') AS size`);
  };
  for (const size of ['512MB', '512MiB', '40000 kb', '1.5GB', '1.5GiB', '1TB', '1 TiB']) {
    expect([size, await limit(`${scanLimits({ memory: size }).memoryLimit ?? 0}B`)]).toEqual([size, await limit(size)]);
  }
  session.close();
});

test.each(['lots', '12', '31MB', '-1GB', '1PB', 'NaNMB'])('%s is refused in one line', (memory) => {
  expect(() => scanLimits({ memory })).toThrow(`--memory ${memory}: is a size of 32MB or more, e.g. 512MB or 2GB`);
});

test.each(['0', '1.5', '1000', 'two'])('%s threads are refused', (threads) => {
  expect(() => scanLimits({ threads })).toThrow(`--threads ${threads}: is a whole number, 1 to 999`);
});
