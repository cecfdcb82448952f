/** A file of a table. */
export interface TableFile {
  readonly path: string;
  /** For people; tells format and packing. */
  readonly name: string;
}
