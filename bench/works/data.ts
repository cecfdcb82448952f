import { churnFile, type Table } from '../data/tables';
import type { Scale } from '../options';
import { CLI, PYTHON, rival, SUITE } from '../paths';
import type { Contender, Figures, Row } from '../types';
import { NAIVE, RAW_READ } from './bundled';

/** The data gate beside everything that a team would write instead. */
export function dataRows({ rows }: Scale): readonly Row[] {
  const parquet = churnFile(rows.large, 'parquet');
  const csv = churnFile(rows.large, 'csv');
  const work = `data gate, 20 expectations, ${count(rows.large)} rows, Parquet`;
  const row = (id: string, beside: string, theirs: Contender, goal?: number): Row => ({
    id: `data.${id}`,
    section: 'data',
    work,
    beside,
    ours: gate(parquet),
    theirs,
    measure: 'time',
    ...(goal === undefined ? {} : { goal }),
  });
  const fromCsv = { ...row('', '', gate(csv)), work: work.replace('Parquet', 'CSV'), ours: gate(csv) };
  const naive: Contender = {
    name: 'duckdb',
    argv: [process.execPath, NAIVE, parquet.path, rival('naive.sql')],
    figures: flat,
  };
  const bytes: Contender = { name: 'bytes', argv: [process.execPath, RAW_READ, parquet.path] };
  return [
    row('gx', 'Great Expectations, same suite, pandas', { ...python('gx.py', parquet, SUITE), figures: ofGx }, 0.05),
    row('pandas', 'pandas by hand (categories)', python('pandas_suite.py', parquet), 0.25),
    row('polars', 'polars by hand, one lazy select', python('polars_suite.py', parquet), 1.1),
    row('duckdb', "one naive aggregate SELECT in DuckDB (the gate's version, Node)", naive, 0.6),
    row('duckdb-python', 'the same in the Python package', python('duckdb_suite.py', parquet)),
    row('bytes', "reading the file's bytes", bytes),
    { ...fromCsv, id: 'data.csv', beside: 'pandas', theirs: python('pandas_suite.py', csv, 'c'), goal: 0.4 },
    {
      ...fromCsv,
      id: 'data.csv-pyarrow',
      beside: "pandas, PyArrow's CSV reader",
      theirs: python('pandas_suite.py', csv, 'pyarrow'),
    },
  ];
}

/** Peak memory at a limit of 512 MB. The process holds more than DuckDB: Node, code, buffers of the reader. */
export function memoryRows({ rows }: Scale): readonly Row[] {
  const row = (table: Table, size: number, goal?: number): Row => ({
    id: `memory.${table.format}-${size}`,
    section: 'memory',
    work: `peak memory of the data gate at 512 MB, ${count(size)} rows, ${table.format === 'csv' ? 'CSV' : 'Parquet'}`,
    beside: '–',
    ours: gate(table, '--memory', '512MB'),
    measure: 'memory',
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    row(churnFile(rows.large, 'parquet'), rows.large, 600),
    row(churnFile(rows.huge, 'parquet'), rows.huge, 600),
    row(churnFile(rows.large, 'csv'), rows.large),
  ];
}

export function gate(table: Table, ...options: readonly string[]): Contender {
  return {
    name: 'assay gate data',
    argv: [process.execPath, CLI, 'gate', 'data', '--file', table.path, '--suite', SUITE, ...options, '--json'],
    figures: ofReport,
  };
}

export function count(rows: number): string {
  return rows >= 1_000_000 ? `${rows / 1_000_000} million` : rows.toLocaleString('en');
}

function python(script: string, table: Table, ...options: readonly string[]): Contender {
  return { name: script, argv: [PYTHON, rival(script), table.path, ...options], figures: flat };
}

/** Rivals written by hand print their figures as one record. */
function flat(stdout: string): Figures {
  return JSON.parse(stdout) as Figures;
}

/** What Great Expectations and the gate's evidence both hold: a config and a result in one shape. */
interface Result {
  readonly config: { readonly type: string; readonly kwargs: Readonly<Record<string, unknown>> };
  readonly result: Readonly<Record<string, unknown>>;
}

function ofGx(stdout: string): Figures {
  const { passed, results } = JSON.parse(stdout) as { passed: number; results: readonly Result[] };
  return { passed, ...figuresOf(results) };
}

function ofReport(stdout: string): Figures {
  const { checks } = JSON.parse(stdout) as {
    checks: readonly {
      verdict: string;
      evidence?: { expectation_config?: Result['config']; result?: Result['result'] };
    }[];
  };
  const results = checks.flatMap(({ verdict, evidence }) =>
    evidence?.expectation_config === undefined
      ? []
      : [{ config: evidence.expectation_config, result: evidence.result ?? {}, verdict }],
  );
  return { passed: results.filter(({ verdict }) => verdict === 'pass').length, ...figuresOf(results) };
}

/** Result fields to the names that the rivals use. */
function figuresOf(results: readonly Result[]): Figures {
  const found: [string, unknown][] = results.flatMap(({ config: { type, kwargs }, result }) => {
    const column = String(kwargs.column);
    const observed = result.observed_value;
    const unexpected = result.unexpected_count;
    const name = column === 'monthly_spend' ? 'spend' : column;
    switch (type) {
      case 'expect_table_row_count_to_be_between':
        return [['rows', observed]];
      case 'expect_column_values_to_not_be_null':
        return [[`null_${column}`, unexpected]];
      case 'expect_column_values_to_be_unique':
        return [['duplicates', unexpected]];
      case 'expect_column_mean_to_be_between':
        return [[`mean_${name}`, observed]];
      case 'expect_column_stdev_to_be_between':
        return [[`stdev_${name}`, observed]];
      case 'expect_column_max_to_be_between':
        return [[`max_${name}`, observed]];
      case 'expect_column_values_to_be_between':
        return [[`${name}_outside`, unexpected]];
      case 'expect_column_values_to_be_in_set':
        return [[`${name}_outside`, unexpected]];
      case 'expect_column_values_to_match_regex':
        return [[`${name}_unmatched`, unexpected]];
      case 'expect_column_quantile_values_to_be_between': {
        const [p50, p95] = (observed as { values?: readonly number[] } | undefined)?.values ?? [];
        return [
          [`p50_${name}`, p50],
          [`p95_${name}`, p95],
        ];
      }
      default:
        return [];
    }
  });
  return Object.fromEntries(found.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
