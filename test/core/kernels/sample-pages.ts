import { type Asked, DONE, unpackGuarded } from './guarded-unpack';
import * as p from './parquet-pages';

export const INT64: Omit<Asked, 'rows'> = { type: 'INT64', snappy: false, optional: false };
export const whole = (values: Buffer): bigint[] =>
  Array.from({ length: values.length / 8 }, (_, at) => values.readBigInt64LE(8 * at));
export const VALUES = [5n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 0n, 7n, 8n, 9n, 10n, 11n];
export const PLAIN_PAGE = p.dataPage(10, p.PLAIN, p.int64s(VALUES));
export const DICTIONARY = p.dictionaryPage(10, p.int64s(VALUES));

/** What comes out of pages of whole numbers, a row each for as many as are wanted; or how it was refused. */
export function numbers(
  pages: readonly (readonly number[])[],
  rows: number,
  asked: Partial<Asked> = {},
): bigint[] | number {
  const { status, values } = unpackGuarded(Uint8Array.from(pages.flat()), { ...INT64, ...asked, rows });
  return status === DONE ? whole(values) : status;
}
