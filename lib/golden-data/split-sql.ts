import { literal, type Sql, sql } from '../core/sql/sql';

/**
 * Condition of the rows that are held out, as keyShare of split.ts decides: the first 48 bits of SHA-256(`<seed>:<key>`)
 * are 12 hexadecimal digits.
 *
 * @param holdout share held out, between 0 and 1
 */
export function heldOut(key: Sql, holdout: number, seed: number): Sql {
  const share = sql`CAST('0x' || substr(sha256(${literal(`${seed}:`)} || CAST(${key} AS VARCHAR)), 1, 12) AS BIGINT)`;
  return sql`${share} < CAST(${literal(holdout * 2 ** 48)} AS DOUBLE)`;
}
