import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { casesIn } from '../../../lib/cli/conformance';
import { TRINO } from '../../../lib/core/sql/trino';
import { AthenaAnswerer } from '../../../lib/engines/athena/answerer';
import { AthenaSession } from '../../../lib/engines/athena/session';
import { caseBase, caseColumns } from '../../../lib/engines/data/conformance/case-table';
import { type Came, caseProblem, duckDbCase, judgeCases } from '../../../lib/engines/data/conformance/run-case';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { NO_TRINO, startTrino } from '../../trino/server';
import { memoryTable } from '../../trino/tables';

/** Cases that nobody here wrote; they lie beside the project, not in it. */
const CASES = join(__dirname, '..', '..', '..', '..', 'shared', 'data', 'gx-cases');

if (NO_TRINO !== undefined) console.warn(NO_TRINO);

(NO_TRINO === undefined && existsSync(CASES) ? test : test.skip)(
  `every case of ${CASES} comes out on Trino as it must, and as on DuckDB (skipped where the folder is absent)`,
  async () => {
    const trino = await startTrino();
    const athena = new AthenaSession({ client: trino.client, workGroup: 'tests', database: 'default', firstPoll: 2 });
    const duck = await DuckDbSession.open({ threads: 1 });
    const problems: string[] = [];
    let judged = 0;
    try {
      for (const { expectation_type: type, datasets } of casesIn(CASES)) {
        for (const { tests, ...table } of datasets) {
          const base = await memoryTable(athena, caseColumns(table));
          const ours = { table: base.info, engine: new AthenaAnswerer(athena, base), dialect: TRINO };
          const args = tests.map((one) => one.in);
          const found = await judgeCases(ours, type, args);
          const wanted = await judgeCases(duckDbCase(duck, await caseBase(duck, table)), type, args);
          for (const [i, one] of tests.entries()) {
            judged += 1;
            const came = found[i] as Came;
            const problem = caseProblem(came, one) ?? difference(came, wanted[i] as Came);
            if (problem !== undefined) problems.push(`${type}, ${one.title}: ${problem}`);
          }
        }
      }
    } finally {
      duck.close();
      await trino.stop();
    }
    expect(problems).toEqual([]);
    expect(judged).toBeGreaterThanOrEqual(245);
  },
  180_000,
);

/** Engines word their refusals differently; all else is the same. */
function difference(trino: Came, duckdb: Came): string | undefined {
  const plain = ({ success, result, exception }: Came): string =>
    JSON.stringify([success, result, exception?.raised_exception]);
  return plain(trino) === plain(duckdb) ? undefined : `Trino: ${plain(trino)}, DuckDB: ${plain(duckdb)}`;
}
