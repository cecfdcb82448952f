import type { Check } from '../report/report';
import type { CompiledExpectation } from './compile';
import type { Outcome } from './definition';
import type { Row, TableInfo } from './table';

/**
 * Reads a table once and answers every expectation about it.
 *
 * @param prefix of the check ids, e.g. `data.train`
 * @returns one check per expectation, in order; an expectation that throws fails its check
 * @throws whatever reading the rows throws: a table that cannot be read to its end has no verdicts
 */
export async function scanTable(
  prefix: string,
  table: TableInfo,
  rows: AsyncIterable<Row>,
  expectations: readonly CompiledExpectation[],
): Promise<readonly Check[]> {
  const running = expectations.map((compiled) => new Running(compiled, table));
  for await (const row of rows) for (const run of running) run.add(row);
  return running.map((run) => run.check(prefix));
}

class Running {
  private readonly scan;
  private broken: Outcome | undefined;

  constructor(
    private readonly compiled: CompiledExpectation,
    private readonly table: TableInfo,
  ) {
    const absent = compiled.columns.filter((column) => !table.header.includes(column));
    if (absent.length > 0) {
      const reason = `${absent.join(', ')}: there is no such column`;
      this.broken = { verdict: 'fail', reason, evidence: { missing_columns: absent } };
    }
    this.scan = compiled.expectation.start(compiled.args, table);
  }

  add(row: Row): void {
    if (this.broken !== undefined) return;
    try {
      this.scan.add(row);
    } catch (error) {
      this.broken = thrown(error, row.line);
    }
  }

  check(prefix: string): Check {
    const { verdict, reason, evidence } = this.broken ?? this.outcome();
    const { id, expectation } = this.compiled;
    return {
      id: `${prefix}.${id}`,
      verdict,
      reason: `${this.table.name}: ${reason}`,
      evidence: { expectation_type: expectation.type, ...evidence },
    };
  }

  private outcome(): Outcome {
    try {
      return this.scan.outcome();
    } catch (error) {
      return thrown(error);
    }
  }
}

function thrown(error: unknown, line?: number): Outcome {
  const at = line === undefined ? '' : ` at line ${line}`;
  const message = error instanceof Error ? error.message : String(error);
  return { verdict: 'fail', reason: `could not be evaluated${at}: ${message}`, evidence: {} };
}
