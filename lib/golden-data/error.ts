/** What is wrong with golden data, in one line that names the file. */
export class GoldenDataError extends Error {
  override readonly name = 'GoldenDataError';

  /** @param file the file of the dataset that does not hold, when it is one */
  constructor(
    message: string,
    readonly file?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
