import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EntityNotFoundException, GetTableCommand, type GlueClient, type Table } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { identifier, joinSql, literal, type Sql, sql } from '../../lib/core/sql/sql';
import { AthenaSession } from '../../lib/engines/athena/session';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import type { Trino } from './server';

/** What Athena's Hive tables do, in front of Trino's tables in memory: rows come from S3 as Glue's table says. */
export interface LakeServer {
  readonly endpoint: string;
  /** Statements that were sent. */
  readonly statements: readonly string[];
  stop(): Promise<void>;
}

/** The protocol of `trino`, which finds tables of Glue by their names in a statement and loads them before it runs. */
export async function startLake(trino: Trino, glue: GlueClient, s3: S3Client): Promise<LakeServer> {
  const statements: string[] = [];
  const loaded = new Set<string>();
  const admin = new AthenaSession({ client: trino.client, workGroup: 'admin', database: 'default', firstPoll: 2 });
  let line = Promise.resolve();
  const prepare = async (statement: string): Promise<void> => {
    statements.push(statement);
    const found = /"([a-z_0-9]+)"\."(assay_[a-z_0-9]+)"/.exec(statement);
    if (found === null) return;
    const [, database = '', name = ''] = found;
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: name }));
    if (Table === undefined || loaded.has(name)) return;
    loaded.add(name);
    await load(admin, s3, database, Table);
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const target = String(request.headers['x-amz-target']);
    const headers = { 'x-amz-target': target };
    try {
      if (target.endsWith('StartQueryExecution')) {
        const { QueryString } = JSON.parse(body.toString()) as { QueryString: string };
        line = line.then(() => prepare(QueryString));
        await line;
      }
      const answer = await fetch(trino.endpoint, { method: 'POST', headers, body });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    } catch (error) {
      line = Promise.resolve();
      const gone = error instanceof EntityNotFoundException;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(
        JSON.stringify({ __type: 'InvalidRequestException', message: gone ? 'TABLE_NOT_FOUND' : String(error) }),
      );
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    statements,
    stop: () => stopped(server),
  };
}

const stopped = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

async function load(admin: AthenaSession, s3: S3Client, database: string, table: Table): Promise<void> {
  const { StorageDescriptor: storage, Parameters = {}, Name = '' } = table;
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(storage?.Location ?? '') ?? [];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  const columns = (storage?.Columns ?? []).map((one) => ({ name: one.Name ?? '', type: one.Type ?? '' }));
  const rows: Sql[] = [];
  for (const { Key = '' } of Contents) {
    if (/(^|\/)[._][^/]*$/.test(Key)) continue;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    const path = literal(`s3://${bucket}/${Key}`);
    const skip = Number(Parameters['skip.header.line.count'] ?? 0);
    const cells = storage?.InputFormat?.includes('Parquet')
      ? await parquetRows(bytes, columns)
      : lineRows(Key, bytes, skip);
    rows.push(...cells.map((row) => sql`(${joinSql([...row, path], ', ')})`));
  }
  const names = joinSql([...columns.map(({ name }) => identifier(name)), sql`"$path"`], ', ');
  const target = sql`${identifier(database)}.${identifier(Name)}`;
  const nothing = sql`(${joinSql([...columns.map(({ type }) => nullOf(type)), sql`CAST(NULL AS VARCHAR)`], ', ')})`;
  await admin.rows(sql`CREATE TABLE ${target} AS SELECT * FROM (VALUES ${nothing}) AS t (${names}) WHERE FALSE`);
  for (let at = 0; at < rows.length; at += 500) {
    await admin.rows(sql`INSERT INTO ${target} VALUES ${joinSql(rows.slice(at, at + 500), ', ')}`);
  }
}

const trinoType = (hive: string): string =>
  ({ string: 'varchar', int: 'integer', float: 'real', timestamp: 'timestamp(3)' })[hive] ?? hive;
const plainSql = (text: string): Sql => ({ text, toString: () => text });
const nullOf = (type: string): Sql => sql`CAST(NULL AS ${plainSql(trinoType(type))})`;

/** Hadoop's lines end with \n, \r or \r\n; a last one without an end counts. */
function lineRows(key: string, bytes: Buffer, skip: number): readonly (readonly Sql[])[] {
  const text = (key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(skip).map((one) => [literal(one)]);
}

async function parquetRows(bytes: Buffer, columns: readonly { readonly name: string; readonly type: string }[]) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-lake-'));
  const path = join(folder, 'part.parquet');
  writeFileSync(path, bytes);
  const session = await DuckDbSession.open({ threads: 1 });
  try {
    const cells = columns.map(({ name }) => sql`CAST(${identifier(name)} AS VARCHAR) AS ${identifier(name)}`);
    const rows = await session.rows<Record<string, string | null>>(
      sql`SELECT ${joinSql(cells, ', ')} FROM read_parquet(${literal(path)})`,
    );
    return rows.map((row) =>
      columns.map(({ name, type }) => {
        const text = row[name] ?? null;
        if (text === null) return nullOf(type);
        const written = text === 'nan' ? 'NaN' : text === 'inf' ? 'Infinity' : text === '-inf' ? '-Infinity' : text;
        return sql`CAST(${literal(written)} AS ${plainSql(trinoType(type))})`;
      }),
    );
  } finally {
    session.close();
    rmSync(folder, { recursive: true });
  }
}
