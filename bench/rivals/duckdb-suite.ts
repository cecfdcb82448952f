/**
 * One naive aggregate SELECT in the DuckDB that the gate itself uses, through Node: `duckdb-suite.ts FILE`.
 * Bundled like the gate, so that both start alike.
 */
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

async function main(file: string, statement: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const text = readFileSync(statement, 'utf8').replace('$FILE', `'${file.replaceAll("'", "''")}'`);
  const reader = await connection.runAndReadAll(text);
  const [row] = reader.getRowObjectsJson();
  const { contracts, ...figures } = row ?? {};
  const numbers = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value)]));
  process.stdout.write(JSON.stringify({ ...numbers, passed: 20 }));
}

const [file = '', statement = ''] = process.argv.slice(2);
void main(file, statement);
