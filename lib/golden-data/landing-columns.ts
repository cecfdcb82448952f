import { didYouMean } from '../core/nearest';
import { TableError } from '../engines/table-error';

/**
 * A landed file has the columns of the contract, in any order.
 *
 * @param name of the file, for people
 * @throws TableError naming the first column that is missing or unknown
 */
export function checkLandedColumns(name: string, header: readonly string[], contract: readonly string[]): void {
  const unknown = header.filter((column) => !contract.includes(column));
  const missing = contract.find((column) => !header.includes(column));
  if (missing !== undefined) {
    const hint = didYouMean(missing, unknown);
    throw new TableError(`${name}: has no column "${missing}"${hint}; it has ${header.join(', ')}`);
  }
  const [extra] = unknown;
  if (extra === undefined) return;
  const hint = didYouMean(extra, contract);
  throw new TableError(
    `${name}: has the column "${extra}"${hint}, which dataset.columns does not have; it has ${contract.join(', ')}`,
  );
}

/** @throws TableError for a name that is no CSV's: what lands is text, packed or not */
export function checkLandedName(name: string): void {
  if (/\.csv(\.gz)?$/i.test(name)) return;
  throw new TableError(`${name}: landed files are CSV: a name that ends in .csv or .csv.gz`);
}
