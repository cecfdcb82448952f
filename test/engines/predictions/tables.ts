import { DuckDBInstance } from '@duckdb/node-api';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { scratchFolder } from '../../support/folder';

/** Parquet files in a folder of the test file's own, and a session of two threads that reads them; both go after its last test. */
export function parquetTables() {
  const { at } = scratchFolder();
  const session = DuckDbSession.open({ threads: 2 });
  const writer = DuckDBInstance.create().then((instance) => instance.connect());
  afterAll(async () => {
    (await session).close();
    (await writer).closeSync();
  });
  let made = 0;
  const writeTo = async (path: string, query: string, options: string): Promise<void> => {
    await (await writer).run(`COPY (${query}) TO '${path}' (FORMAT parquet, ${options})`);
  };
  return {
    at,
    session,
    writeTo,
    /** @param query rows, in SQL @returns a new file */
    write: async (query: string, options: string): Promise<string> => {
      made += 1;
      const path = at(`table-${made}.parquet`);
      await writeTo(path, query, options);
      return path;
    },
  };
}
