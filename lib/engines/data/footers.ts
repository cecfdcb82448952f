import type { Answered, Ask, Source } from '../../core/data/plan';
import type { TableColumn, Value } from '../../core/data/table';
import type { KeySpan } from '../../core/kernels/keys';
import { joinSql, literal, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';

/** What the footers of Parquet files say of one column, or whoever knows it without them. */
export interface ColumnFooter {
  readonly rows: number;
  /** Absent where a row group does not say. */
  readonly missing?: number | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  /** Whether most of it is written as places in a dictionary of its distinct values. */
  readonly dictionary: boolean;
}

/** Whole numbers only: footers of texts may be cut, those of doubles leave out NaN and may not tell −0 from 0. */
const EXTREMES: ReadonlySet<string> = new Set([
  'INTEGER',
  'BIGINT',
  'SMALLINT',
  'TINYINT',
  'UINTEGER',
  'USMALLINT',
  'UTINYINT',
]);

const typesOf = (columns: readonly TableColumn[]): ReadonlyMap<string, string> =>
  new Map(columns.map(({ name, stored }) => [name, stored]));

/** Row count, missing values and extremes, where they are certain before a table is looked at. */
export class Footers {
  private constructor(
    readonly rows: number,
    private readonly columns: ReadonlyMap<string, ColumnFooter>,
    private readonly types: ReadonlyMap<string, string>,
    private readonly source: Source,
  ) {}

  /** What was counted while the files were read as text. */
  static of(rows: number, found: ReadonlyMap<string, ColumnFooter>, columns: readonly TableColumn[]): Footers {
    return new Footers(rows, found, typesOf(columns), 'value counts');
  }

  static async read(
    session: DuckDbSession,
    files: readonly string[],
    columns: readonly TableColumn[],
  ): Promise<Footers> {
    const list = sql`[${joinSql(
      files.map((file) => literal(file)),
      ', ',
    )}]`;
    const found = await session.rows<Record<string, string | number | boolean | null>>(sql`
      SELECT path_in_schema AS name, sum(num_values) AS row_count, sum(stats_null_count) AS gaps,
        count(*) = count(stats_null_count) AS has_gaps, count(*) AS parts,
        count(*) FILTER (WHERE min_is_exact AND max_is_exact AND stats_min_value IS NOT NULL AND stats_max_value IS NOT NULL) AS exact,
        count(*) FILTER (WHERE stats_null_count = num_values) AS empty,
        coalesce(sum(num_values) FILTER (WHERE encodings IN ('RLE_DICTIONARY', 'PLAIN_DICTIONARY')), 0) > 0.9 * sum(num_values) AS in_dictionary,
        min(TRY_CAST(stats_min_value AS HUGEINT))::VARCHAR AS low, max(TRY_CAST(stats_max_value AS HUGEINT))::VARCHAR AS high
      FROM parquet_metadata(${list}) GROUP BY path_in_schema`);
    const [{ total } = { total: 0 }] = await session.rows<{ total: number }>(
      sql`SELECT coalesce(sum(num_rows), 0) AS total FROM parquet_file_metadata(${list})`,
    );
    const named = found.map((row): [string, ColumnFooter] => {
      const certain = Number(row.exact) + Number(row.empty) === Number(row.parts);
      return [
        String(row.name),
        {
          rows: Number(row.row_count),
          missing: row.has_gaps ? Number(row.gaps) : undefined,
          min: certain && row.low !== null ? String(row.low) : undefined,
          dictionary: row.in_dictionary === true,
          max: certain && row.high !== null ? String(row.high) : undefined,
        },
      ];
    });
    return new Footers(Number(total), new Map(named), typesOf(columns), 'file statistics');
  }

  /** Columns that certainly repeat their values: a writer gives a dictionary up when it does not pay. */
  repeating(): readonly string[] {
    return [...this.columns].flatMap(([name, { dictionary }]) => (dictionary ? [name] : []));
  }

  /** Undefined for what the footers do not say for certain. */
  answer({ statistic, where }: Ask): Answered | undefined {
    if (where !== undefined) return undefined;
    const { source } = this;
    if (statistic.kind === 'extreme') {
      const value = this.extreme(statistic.side, statistic.column);
      return value === undefined ? undefined : { value, source };
    }
    if (statistic.kind !== 'count' || statistic.fault.kind !== 'row') return undefined;
    const { when, columns } = statistic.fault;
    if (when.text === 'TRUE') return { value: this.rows, source };
    const [column = ''] = columns;
    const footer = this.columns.get(column);
    if (
      columns.length !== 1 ||
      !this.types.has(column) ||
      footer?.missing === undefined ||
      !when.text.endsWith(' IS NULL')
    )
      return undefined;
    if (when.text !== `"${column.replaceAll('"', '""')}" IS NULL` || footer.rows !== this.rows) return undefined;
    return { value: footer.missing, source };
  }

  /** Number of rows, and the bounds of a column of whole numbers where they are certain. */
  span(column: string): KeySpan {
    const { min, max } = this.columns.get(column) ?? {};
    const known = EXTREMES.has(this.types.get(column) ?? '') && min !== undefined && max !== undefined;
    return { rows: this.rows, ...(known ? { low: BigInt(min), high: BigInt(max) } : {}) };
  }

  private extreme(side: 'min' | 'max', column: string): Value | undefined {
    if (!EXTREMES.has(this.types.get(column) ?? '')) return undefined;
    const text = this.columns.get(column)?.[side];
    if (text === undefined) return undefined;
    return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
  }
}
