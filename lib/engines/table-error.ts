/** A file that is no table at all: no header, a ragged row, text that is not JSON. The message names file and line. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/** Nothing lies where the user said. */
export class NoSuchFile extends TableError {}

/** A column that was asked for is not there. */
export class NoSuchColumn extends TableError {
  constructor(
    message: string,
    readonly column: string,
  ) {
    super(message);
  }
}
