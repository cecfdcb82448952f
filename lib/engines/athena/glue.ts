import { createHash, randomBytes } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  EntityNotFoundException,
  type GlueClient,
  type Column as GlueColumn,
  GlueServiceException,
  type StorageDescriptor,
} from '@aws-sdk/client-glue';
import type { FileFormat } from '../formats';
import type { ListedFile } from '../listing';
import { AthenaError } from './errors';

/** Before the names of all tables that are made here; permissions are given on it. */
const TABLE_PREFIX = 'assay_';

/** An external table on a folder of S3. */
export interface ExternalTable {
  readonly database: string;
  readonly name: string;
  /** `s3://bucket/folder/` */
  readonly location: string;
  readonly format: FileFormat;
  /** Of Parquet, in Hive's types; lines have the one column `line`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** A name for the table of these objects that no other judgement has, so that none drops another's. */
export function tableName(files: readonly ListedFile[]): string {
  const digest = createHash('sha256').update(JSON.stringify(files.map(({ name, bytes }) => [name, bytes])));
  return `${TABLE_PREFIX}${digest.digest('hex').slice(0, 16)}_${randomBytes(4).toString('hex')}`;
}

const HIVE = 'org.apache.hadoop.hive';

/**
 * Lines as they are: a delimiter and a sign for "missing" that no text holds. The SerDes for CSV and JSON would cut
 * records at line breaks in quotes, fill up short ones and drop the types of JSON values, all without a word; so lines
 * are taken apart by the statements themselves, which can tell what is wrong.
 */
const LINES: StorageDescriptor = {
  Columns: [{ Name: 'line', Type: 'string' }],
  InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  OutputFormat: `${HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat`,
  SerdeInfo: {
    SerializationLibrary: `${HIVE}.serde2.lazy.LazySimpleSerDe`,
    Parameters: {
      'field.delim': '\x01',
      'serialization.format': '\x01',
      'serialization.last.column.takes.rest': 'true',
      'serialization.null.format': '\x02',
    },
  },
};

const parquet = (columns: readonly GlueColumn[]): StorageDescriptor => ({
  Columns: [...columns],
  InputFormat: `${HIVE}.ql.io.parquet.MapredParquetInputFormat`,
  OutputFormat: `${HIVE}.ql.io.parquet.MapredParquetOutputFormat`,
  SerdeInfo: {
    SerializationLibrary: `${HIVE}.ql.io.parquet.serde.ParquetHiveSerDe`,
    Parameters: { 'serialization.format': '1' },
  },
});

/** @throws AthenaError when Glue refuses it */
export async function createTable(glue: GlueClient, table: ExternalTable): Promise<void> {
  const { database, name, location, format, columns } = table;
  const storage = format === 'parquet' ? parquet(columns.map((one) => ({ Name: one.name, Type: one.type }))) : LINES;
  const input = {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', ...(format === 'csv' ? { 'skip.header.line.count': '1' } : {}) },
    StorageDescriptor: { ...storage, Location: location },
  };
  await asked(table, () => glue.send(new CreateTableCommand({ DatabaseName: database, TableInput: input })));
}

/** A table that is gone already is no problem. @throws AthenaError when Glue refuses */
export async function dropTable(glue: GlueClient, table: Pick<ExternalTable, 'database' | 'name'>): Promise<void> {
  const { database, name } = table;
  try {
    await asked(table, () => glue.send(new DeleteTableCommand({ DatabaseName: database, Name: name })));
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof EntityNotFoundException)) throw error;
  }
}

async function asked(table: Pick<ExternalTable, 'database' | 'name'>, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof GlueServiceException)) throw error;
    const place = `${table.database}.${table.name}`;
    throw new AthenaError(`Glue: ${place}: ${error.message.split('\n')[0]} (${error.name})`, { cause: error });
  }
}
